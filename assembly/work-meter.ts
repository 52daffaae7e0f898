import { COUNTER_BYTES_PER_CALL_MAX, COUNTER_SUBMITS_PER_CALL_MAX } from "./layout";
import { METER_WORDS } from "./driver/hot-words";
import { countMax } from "./counters";

/** Work of the export call under way: card commands started, and bytes of sectors gone through in linear memory. */
const METER = METER_WORDS;

/** A card command was started. */
export function meterSubmit(): void {
  store<u32>(METER, load<u32>(METER) + 1);
}

/** Bytes of a sector or a plane were read, written, compared or checksummed. */
export function meterBytes(bytes: u32): void {
  store<u32>(METER, load<u32>(METER, 4) + bytes, 4);
}

/** The call is over, and the next one begins with nothing. */
export function endMetering(): void {
  if (load<u64>(METER) == 0) return;
  countMax(COUNTER_SUBMITS_PER_CALL_MAX, load<u32>(METER));
  countMax(COUNTER_BYTES_PER_CALL_MAX, load<u32>(METER, 4));
  store<u64>(METER, 0);
}
