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

/** The same of the SPI module: the cards are its own affair, the buses are not. */
export const SPI_IMPORTS: readonly string[] = [
  "bus.burst: function",
  "bus.cancel: function",
  "bus.checksum: function",
  "bus.copyBlock: function",
  "bus.queueBlock: function",
  "bus.receiveBlock: function",
  "bus.select: function",
  "bus.sendBlock: function",
  "bus.speed: function",
  "bus.wait: function",
  ...IMPORTS.filter((name) => !name.startsWith("card.")),
];

export const SPI_EXPORTS: readonly string[] = [
  ...EXPORTS.filter((name) => !name.startsWith("complete:")),
  "busDone: function",
  "cardStart: function",
  "cardStateKind: function",
  "cardTransition: function",
  "cardWord: function",
  "connectBuses: function",
].toSorted();
