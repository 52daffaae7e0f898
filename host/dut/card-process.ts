/** Commands of the user's that are a NBD client of an emulated card. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CardExport } from "../nbd/card-export.js";
import { NbdServer } from "../nbd/nbd-server.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { CrashState } from "./crash-state.js";
import {
  DutError,
  DutHang,
  type CardSetting,
  type DeviceUnderTest,
  type Recovery,
} from "./device-under-test.js";
import { LogRecorder } from "./log-recorder.js";
import { endText, filledIn, runCommand, type CommandEnd } from "./shell-command.js";
import type { WriteLog } from "./write-log.js";

/** Real time that a command may take. */
export const DEADLINE_MS = 10_000;

/** A process that recovers as a device's recovery. @throws DutError for a command without {socket} */
export function recoveryBy(command: string, deadlineMs: number): NonNullable<DeviceUnderTest["recover"]> {
  needsSocket(command);
  return async ({ images }: CrashState, setting: CardSetting): Promise<Recovery> => {
    const [first, ...more] = images;
    if (more.length > 0) throw new DutError("a process recovers one card, and these are two: use an adapter");
    const { image, contents } = first!;
    try {
      const { log, end } = await runOnCard(command, {}, image.fork(), { ...setting, contents }, deadlineMs);
      return end.code === 0 ? { log } : { wrong: `the recovery fails: ${endText(end)}` };
    } catch (error) {
      if (error instanceof DutHang)
        return { wrong: `the recovery did not end within ${deadlineMs / 1000} s` };
      throw error;
    }
  };
}

/** @throws DutError for a command without {socket} */
export function needsSocket(command: string): void {
  if (!command.includes("{socket}"))
    throw new DutError(
      `the command "${command}" has no {socket}: say where it is to be given the card's socket`,
    );
}

/** Runs a command with a card to its end. @throws DutError if it cannot be started; DutHang */
export async function runOnCard(
  command: string,
  values: Readonly<Record<string, string>>,
  media: CardImage,
  { characteristics, seed, contents }: CardSetting & { readonly contents: SectorContents },
  deadlineMs: number,
): Promise<{ log: WriteLog; end: CommandEnd }> {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-"));
  const socket = path.join(folder, "card.sock");
  const recorder = new LogRecorder(media.sectors);
  const server = new NbdServer(new CardExport({ characteristics, seed, contents, media }, recorder));
  try {
    await server.listen({ unix: socket });
    const filled = filledIn(command, { socket, ...values });
    const end = await runCommand(filled, deadlineMs, (line) => recorder.mark(line));
    if (server.failure !== null) throw server.failure;
    return { log: recorder.log(), end };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
