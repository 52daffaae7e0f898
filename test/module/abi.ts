/** The functions between module and host, as `readModule` lists them, sorted. A change here changes the ABI. */
export const IMPORTS: readonly string[] = [
  "card.submit: function",
  "upper.done: function",
  "upper.requestSync: function",
  "upper.zeros: function",
];

export const EXPORTS: readonly string[] = [
  "assemble: function",
  "assemblyDecision: function",
  "complete: function",
  "configure: function",
  "counter: function",
  "eventRing: function",
  "format: function",
  "geometry: function",
  "layoutDigest: function",
  "memberCommand: function",
  "memberState: function",
  "memberTransition: function",
  "memory: memory",
  "regionState: function",
  "scrub: function",
  "staticBytes: function",
  "stop: function",
  "submit: function",
  "superblockWord: function",
  "syncDone: function",
  "tick: function",
  "transition: function",
  "trapReport: function",
];
