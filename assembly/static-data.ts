import { HOT_WORDS_END } from "./driver/hot-words";

if (HOT_WORDS_END > 128) ERROR("the hot words are not first in memory");

/** End of the static data, bytes: the tables of the regions follow, and behind them nothing is ever used. */
export function staticBytes(): u32 {
  return <u32>__heap_base;
}
