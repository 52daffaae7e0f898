/** The whole ABI of the module. SPEC.md says who may call what, and from where. */
// First of all, so that the words of driver/hot-words.ts are first in memory.
export { staticBytes } from "./static-data";
export {
  assemble,
  complete,
  configure,
  counter,
  format,
  memberCommand,
  regionState,
  scrub,
  stop,
  submit,
  syncDone,
  tick,
} from "./driver/interface";
export { transition } from "./bitmap/region-states";
export { geometryValue as geometry } from "./driver/geometry";
export { decide as assemblyDecision } from "./driver/assembly-table";
export { eventRing } from "./event-ring";
export { memberTransition } from "./driver/member-states";
export { memberState } from "./driver/members";
export { superblockWord } from "./driver/superblock";
export { layoutDigest } from "./layout-digest";
export { trapReport } from "./trap";
