import {
  BITMAP_SINGLE,
  FINGERPRINT_CRC32C,
  FORMAT_KEEP,
  MEMBERS,
  OPTIONS,
  OPTION_BITMAP_SCHEME,
  OPTION_CHOOSE,
  OPTION_COOLDOWN_MS,
  OPTION_DEADLINE_MS,
  OPTION_EPOCH_MS,
  OPTION_FINGERPRINT,
  OPTION_FLUSH_BEFORE_CLEAR,
  OPTION_FORMAT,
  OPTION_MARK_AHEAD,
  OPTION_METADATA_STRIDE,
  OPTION_QUIET_MS,
  OPTION_RESYNC_SHARE,
  OPTION_SEEDED_BUG,
  OPTION_SETTLE_MS,
  STATUS_OK,
  STATUS_RANGE,
} from "./layout";

const VALUES: usize = memory.data(112, 16);
if (OPTIONS * 4 != 112) ERROR("sizes drifted from layout.ts");
/** Options of the rig build alone, and those that are times in ms: bit k for option k. */
const RIG_OPTIONS: u32 =
  (1 << OPTION_COOLDOWN_MS) | (1 << OPTION_FLUSH_BEFORE_CLEAR) | (1 << OPTION_SEEDED_BUG);
const TIME_OPTIONS: u32 =
  (1 << OPTION_EPOCH_MS) |
  (1 << OPTION_SETTLE_MS) |
  (1 << OPTION_COOLDOWN_MS) |
  (1 << OPTION_DEADLINE_MS) |
  (1 << OPTION_QUIET_MS);
const TIME_MAX_MS: u32 = 3_600_000;
const STRIDE_MAX: u32 = 1 << 20;
const MARK_AHEAD_MAX: u32 = 64;

/** Address of an option's value; those of the next ones follow. */
export function optionAddress(key: u32): usize {
  return VALUES + ((<usize>key) << 2);
}

/** The value of an option; 0 when never configured. */
export function option(key: u32): u32 {
  return load<u32>(optionAddress(key));
}

/**
 * Sets an option. Called before format or assemble.
 * @returns STATUS_OK, or STATUS_RANGE for an unknown option or a value outside its limits (nothing is changed then)
 */
export function setOption(key: u32, value: u32): u32 {
  if (key >= OPTIONS) return STATUS_RANGE;
  const bit: u32 = 1 << key;
  if ((bit & RIG_OPTIONS) != 0 && !RIG) return STATUS_RANGE;
  if (key == OPTION_METADATA_STRIDE && (value == 0 || value > STRIDE_MAX)) return STATUS_RANGE;
  if ((bit & TIME_OPTIONS) != 0 && value > TIME_MAX_MS) return STATUS_RANGE;
  if (key == OPTION_BITMAP_SCHEME && value > BITMAP_SINGLE) return STATUS_RANGE;
  if (key == OPTION_FORMAT && value > FORMAT_KEEP) return STATUS_RANGE;
  if (key == OPTION_FINGERPRINT && value > FINGERPRINT_CRC32C) return STATUS_RANGE;
  if (key == OPTION_CHOOSE && value > MEMBERS) return STATUS_RANGE;
  if (key == OPTION_MARK_AHEAD && value > MARK_AHEAD_MAX) return STATUS_RANGE;
  if (key == OPTION_RESYNC_SHARE && value > 100) return STATUS_RANGE;
  store<u32>(optionAddress(key), value);
  return STATUS_OK;
}
