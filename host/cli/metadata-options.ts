import { REGIONS_MAX } from "../../assembly/layout.js";
import { BITMAP_SETTINGS_USUAL, type BitmapScheme } from "../bench/bitmap-settings.js";
import { settingsOf, type MetadataBenchOptions } from "../bench/metadata-bench.js";
import type { TraceName } from "../clients/trace.js";
import { PROFILES, profile, type ProfileName } from "../sdcard-emulator/characteristics.js";
import { listOf, oneOf, UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked of `bench metadata`, as texts. */
export interface MetadataTexts {
  readonly scheme: string;
  readonly trace: string;
  readonly profile: string;
  readonly epochMs?: string;
  readonly markAhead?: string;
  readonly markedMax?: string;
  readonly quietMs?: string;
  readonly writes?: string;
  readonly sweep?: boolean;
  readonly json?: boolean;
}

/** A setting of the driver that the command line varies: its limits are the driver's own. */
interface Varied {
  readonly option: string;
  readonly most: number;
  /** What the tables in DESIGN.md were measured with. */
  readonly usual: number;
  /** What --sweep tries. */
  readonly sweep: readonly number[];
}

const HOUR_MS = 3_600_000;

/** Settings by which the marks on the cards are chosen; see --help. */
export const VARIED = {
  epochMs: { option: "--epoch-ms", most: HOUR_MS, usual: BITMAP_SETTINGS_USUAL.epochMs, sweep: [1000, 5000] },
  markAhead: {
    option: "--mark-ahead",
    most: 64,
    usual: BITMAP_SETTINGS_USUAL.markAhead,
    sweep: [0, 4, 16, 32],
  },
  markedMax: {
    option: "--marked-max",
    most: REGIONS_MAX,
    usual: BITMAP_SETTINGS_USUAL.markedMax,
    sweep: [0, 576, 592, 600, 608],
  },
  quietMs: { option: "--quiet-ms", most: HOUR_MS, usual: BITMAP_SETTINGS_USUAL.quietMs, sweep: [1000, 5000] },
} as const satisfies Record<string, Varied>;

export const SCHEMES: readonly BitmapScheme[] = ["serial", "single"];
export const TRACES: readonly TraceName[] = ["seq", "rand"];
/** A run of one combination on both traces takes about a second. */
const COMBINATIONS_MAX = 1000;
const WRITES_MAX = 1 << 20;

/** @throws UsageError of one sentence that says what to give instead */
export function metadataOptions(texts: MetadataTexts): MetadataBenchOptions {
  const values = (name: keyof typeof VARIED): readonly number[] => valuesOf(texts[name], name, texts);
  const settings = settingsOf({
    scheme: listOf("bitmap scheme", texts.scheme, SCHEMES),
    epochMs: values("epochMs"),
    markAhead: values("markAhead"),
    markedMax: values("markedMax"),
    quietMs: values("quietMs"),
  });
  if (settings.length > COMBINATIONS_MAX) {
    throw new UsageError(
      `these are ${settings.length} combinations: give fewer values, for ${COMBINATIONS_MAX} at most`,
    );
  }
  return {
    settings,
    traces: listOf("trace", texts.trace, TRACES),
    characteristics: profile(oneOf("card profile", texts.profile, Object.keys(PROFILES) as ProfileName[])),
    writes: texts.writes === undefined ? null : wholeNumberIn("--writes", texts.writes, 1, WRITES_MAX),
  };
}

function valuesOf(
  text: string | undefined,
  name: keyof typeof VARIED,
  { sweep }: MetadataTexts,
): readonly number[] {
  const varied = VARIED[name];
  if (text === undefined) return sweep === true ? varied.sweep : [varied.usual];
  return [...new Set(text.split(",").map((one) => wholeNumberIn(varied.option, one, 0, varied.most)))];
}
