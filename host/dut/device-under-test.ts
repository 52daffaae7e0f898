import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { CrashState } from "./crash-state.js";
import type { WriteLog } from "./write-log.js";
import { InputError } from "../input-error.js";

/** The cards that a device under test is run on. */
export interface CardSetting {
  readonly characteristics: CardCharacteristics;
  /** Of the cards' timing. */
  readonly seed: number;
}

/** How a device under test is run once without a cut. */
export interface RecordSetting extends CardSetting {
  readonly contents: SectorContents;
  /** How much it does, if it has a size of workload; see DeviceUnderTest.workload. */
  readonly workload: number;
}

/** What a recovery wrote; or why it could not be carried out, which is a failing state. */
export type Recovery = { readonly log: WriteLog } | { readonly wrong: string };

/**
 * Whatever writes to one or two cards and promises something about what is there after a power cut. The rig has it
 * run once, computes from the log of its writes every state that a cut may leave, and has each judged.
 */
export interface DeviceUnderTest {
  readonly name: string;
  /**
   * The size of its workload, if a smaller one can be asked for: a failing case is then looked for with a smaller
   * one.
   */
  readonly workload: number | null;
  /** What the cards hold before the first write. @throws DutError */
  base(log: WriteLog, contents: SectorContents): readonly CardImage[];
  /** Runs it without a cut. @throws DutError, DutHang */
  record(setting: RecordSetting): Promise<WriteLog>;
  /** Judges what a cut has left. @returns null when it is well, else what is wrong. @throws DutError, DutHang */
  judge(state: CrashState, setting: CardSetting): Promise<string | null>;
  /** Lets it recover from what a cut has left, without another cut. Without it no recovery can be cut. */
  recover?(state: CrashState, setting: CardSetting): Promise<Recovery>;
}

/** The device or its check cannot be used as they are, cut or no cut: one sentence with the remedy. */
export class DutError extends InputError {
  override readonly name: string = "DutError";
}

/** The device or its check did not end within its deadline. */
export class DutHang extends Error {
  override readonly name = "DutHang";
}
