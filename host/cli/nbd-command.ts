import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { cardClass } from "../dut/card-class.js";
import { readImageFile, writeImageFile } from "../dut/image-file.js";
import { writeDmLog } from "../dut/dm-log-writes.js";
import { LogRecorder } from "../dut/log-recorder.js";
import { writesOf } from "../dut/write-log.js";
import { CardExport } from "../nbd/card-export.js";
import { NbdServer, type NbdAddress } from "../nbd/nbd-server.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { sectorsOfSize } from "./sectors-of-size.js";
import type { Terminal } from "./terminal.js";
import { UsageError, wholeNumberIn } from "./usage-error.js";

const HELP = `
It listens on this machine only: a unix socket, or a port of 127.0.0.1. It ends at Ctrl-C, and what was written is gone
then, unless --save or --log says where to keep it.

Examples:
  syncgate nbd --profile tlc-cached --size 64MiB --unix /tmp/card.sock
  nbdinfo 'nbd+unix:///?socket=/tmp/card.sock'
  syncgate nbd --size 8MiB --port 10809 --image before.img --save after.img --log writes.log
`;

interface NbdTexts {
  readonly profile: string;
  readonly size: string;
  readonly image?: string;
  readonly unix?: string;
  readonly port?: string;
  readonly save?: string;
  readonly log?: string;
  readonly seed: string;
}

/** `syncgate nbd`. @param finish gets the exit code */
export function nbdCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Serves one emulated card by the NBD protocol, until Ctrl-C.")
    .option("--profile <name>", "class of the card", "mlc")
    .requiredOption("--size <size>", "of the card, 64MiB for one", sizeText)
    .option("--image <file>", "what the card holds at first; the file is only read")
    .option("--unix <path>", "listen on this socket")
    .option("--port <number>", "listen on this port of 127.0.0.1; 0 for a free one")
    .option("--save <file>", "write what the card holds at the end")
    .option("--log <file>", "write the log of all writes at the end, in dm-log-writes format")
    .option("--seed <number>", "of the card's timing", "1")
    .addHelpText("after", HELP)
    .action(async (texts: NbdTexts) => finish(await serve(texts, terminal)));
}

function sizeText(text: string): string {
  sectorsOfSize(text);
  return text;
}

async function serve(texts: NbdTexts, terminal: Terminal): Promise<number> {
  const address = addressOf(texts);
  const sectors = sectorsOfSize(texts.size);
  const seed = wholeNumberIn("--seed", texts.seed, 0, 2 ** 31);
  const contents = new SectorContents();
  const media =
    texts.image === undefined ? new CardImage(sectors) : readImageFile(texts.image, sectors, contents);
  const recorder = new LogRecorder(sectors);
  const characteristics = cardClass(texts.profile);
  const device = new CardExport(
    { characteristics, seed, contents, media },
    texts.log === undefined ? null : recorder,
  );
  const server = new NbdServer(device);
  terminal.print(`${await server.listen(address)}\n`);
  await interruption(terminal.interrupted);
  await server.close();
  if (server.failure !== null) throw server.failure;
  terminal.print(endText(texts, device, recorder));
  return EXIT_HELD;
}

function addressOf({ unix, port }: NbdTexts): NbdAddress {
  if (unix !== undefined && port === undefined) return { unix };
  if (unix === undefined && port !== undefined) return { port: wholeNumberIn("--port", port, 0, 65_535) };
  throw new UsageError("nbd listens in one place: give --unix PATH or --port N");
}

/** Saves what is to be saved; tells what becomes of the rest. */
function endText({ save, log }: NbdTexts, device: CardExport, recorder: LogRecorder): string {
  const lines = [`${grouped(device.clock.nowUs)} us of virtual time`];
  if (save === undefined) lines.push("what the card held is gone (--save FILE keeps it)");
  else {
    const unreadable = writeImageFile(save, device.card.viewImage(), device.contents);
    const bad = unreadable.length === 0 ? "" : `; unreadable: sectors ${unreadable.join(", ")}`;
    lines.push(`what the card held is in ${save}${bad}`);
  }
  if (log !== undefined) {
    const recorded = recorder.log();
    writeFileSync(log, writeDmLog(recorded));
    lines.push(`the log of ${grouped(writesOf(recorded))} writes is in ${log}`);
  }
  return `${lines.join("\n")}\n`;
}

async function interruption(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
