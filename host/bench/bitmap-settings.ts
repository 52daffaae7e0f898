import {
  BITMAP_SERIAL,
  BITMAP_SINGLE,
  OPTION_BITMAP_SCHEME,
  OPTION_MARK_AHEAD,
  OPTION_MARKED_MAX,
  OPTION_QUIET_MS,
  STATUS_OK,
} from "../../assembly/layout.js";
import { DriverModule } from "../mirror/driver-module.js";

/** How bitmap records are written: the driver's BITMAP_SERIAL and BITMAP_SINGLE. */
export type BitmapScheme = "serial" | "single";

/** What decides how much the bitmap costs, and how much a crash leaves to resynchronise. */
export interface BitmapSettings {
  readonly scheme: BitmapScheme;
  /** Shortest time between two sync epochs, ms. */
  readonly epochMs: number;
  /** Regions marked ahead of a sequential stream in one record. */
  readonly markAhead: number;
  /** Soft cap on the regions marked on the cards; 0 for none. */
  readonly markedMax: number;
  /** Time without writes after which kept marks are cleared, ms. */
  readonly quietMs: number;
}

/** What the figures in DESIGN.md are measured with, chosen by `syncgate bench metadata --sweep`. */
export const BITMAP_SETTINGS_USUAL: BitmapSettings = {
  scheme: "serial",
  epochMs: 1000,
  markAhead: 16,
  markedMax: 600,
  quietMs: 5000,
};

/** One option of the driver and its value. */
export type OptionValue = readonly [option: number, value: number];

/**
 * A driver that is given more options at every start of its controller than those which its user hands it: what a
 * benchmark varies, whoever boots the array.
 */
export class TunedDriver extends DriverModule {
  constructor(
    binary: Uint8Array,
    private readonly tuning: readonly OptionValue[],
  ) {
    super(binary);
  }

  /** @throws Error for an option or a value that the driver refuses */
  override reset(): void {
    super.reset();
    for (const [option, value] of this.tuning) {
      const status = this.exports.configure(option, value);
      if (status !== STATUS_OK)
        throw new Error(`the driver refuses option ${option} = ${value} (status ${status})`);
    }
  }
}

const SCHEME_NUMBERS: Readonly<Record<BitmapScheme, number>> = {
  serial: BITMAP_SERIAL,
  single: BITMAP_SINGLE,
};

/** The settings as options of the driver; the epoch is one that every user hands it himself. */
export function tuningOf({ scheme, markAhead, markedMax, quietMs }: BitmapSettings): OptionValue[] {
  return [
    [OPTION_BITMAP_SCHEME, SCHEME_NUMBERS[scheme]],
    [OPTION_MARK_AHEAD, markAhead],
    [OPTION_MARKED_MAX, markedMax],
    [OPTION_QUIET_MS, quietMs],
  ];
}
