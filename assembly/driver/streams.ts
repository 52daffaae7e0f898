import { OPTION_MARK_AHEAD, REGION_CLEAN } from "../layout";
import { STREAMS_STATE } from "./cleared-state";
import { isMarkDurable } from "../bitmap/write-intent";
import { bitmapSectorOf, keepMark, leaveBehind, regionState } from "../bitmap/regions";
import { noteLeftOver } from "../bitmap/kept-marks";
import { option } from "../options";
import { regionShift, regions } from "./geometry";
import { LOOK, take } from "./scan-budget";

/**
 * Sequential writers. One that comes to a region without a mark gets marks for the next ones by the same record; what
 * it leaves behind is not worth keeping marked.
 */
const STREAMS: u32 = 4;

@unmanaged
class Stream {
  /** Data sector at which it will go on. */
  next: u32;
  /** Writes that followed each other so far, up to RUN_MIN. */
  run: u32;
}

const TABLE = STREAMS_STATE;
/** The stream that gives way to a new one. */
const OLDEST: usize = STREAMS_STATE + 32;
if (STREAMS * offsetof<Stream>() != 32) ERROR("sizes drifted");

/** Writes in a row that make a stream. */
const RUN_MIN: u32 = 2;

function stream(index: u32): Stream {
  return changetype<Stream>(TABLE + <usize>(index * <u32>offsetof<Stream>()));
}

/** A write is submitted; called before it touches its regions. */
export function noteStream(sector: u32, count: u32): void {
  if (option(OPTION_MARK_AHEAD) == 0) return;
  for (let index: u32 = 0; index < STREAMS; index++) {
    const found = stream(index);
    if (found.next != sector || found.run == 0) continue;
    found.next = sector + count;
    if (found.run < RUN_MIN) found.run++;
    else goesOn(sector, count);
    return;
  }
  const index = load<u32>(OLDEST);
  store<u32>(OLDEST, index + 1);
  const oldest = stream(index % STREAMS);
  oldest.next = sector + count;
  oldest.run = 1;
}

function goesOn(sector: u32, count: u32): void {
  const region = (sector + count - 1) >> regionShift();
  const before = (sector - 1) >> regionShift();
  if (region == before) return;
  leaveBehind(before);
  if (isMarkDurable(region)) return;
  const end = min(region + 1 + option(OPTION_MARK_AHEAD), regions());
  take((end - region) * LOOK);
  for (let ahead = region + 1; ahead < end; ahead++) {
    if (regionState(ahead) != REGION_CLEAN) continue;
    keepMark(ahead, true);
    noteLeftOver(bitmapSectorOf(ahead));
  }
}
