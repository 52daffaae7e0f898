import type { LazyCommand } from "./lazy-commands.js";

/** The commands of `syncgate`, in the order in which they are listed. */
export const COMMANDS: readonly LazyCommand[] = [
  {
    term: "demo [options]",
    summary: "the corruption that started it all, and its cure, in seconds",
    load: async () => (await import("./demo-command.js")).demoCommand,
  },
  {
    term: "torture [options]",
    summary: "cut the power at every moment, and compare the clearing policies",
    load: async () => (await import("./torture-command.js")).tortureCommand,
  },
  {
    term: "enumerate [options]",
    summary: "all short workloads, the shortest first: the smallest way to break a policy, without a hint",
    load: async () => (await import("./enumerate-command.js")).enumerateCommand,
  },
  {
    term: "merge [options] <files...>",
    summary: "join the results of a campaign's shards, and judge them",
    load: async () => (await import("./merge-command.js")).mergeCommand,
  },
  {
    term: "replay [options] <id>",
    summary: "see one case again, by its id",
    load: async () => (await import("./replay-command.js")).replayCommand,
  },
  {
    term: "bugs [options]",
    summary: "prove that the rig can fail: seeded mistakes of the driver must be caught",
    load: async () => (await import("./bugs-command.js")).bugsCommand,
  },
  {
    term: "bench",
    summary: "what the driver costs, and how fast the rig is",
    load: async () => (await import("./bench-command.js")).benchCommand,
  },
  {
    term: "profile",
    summary: "classes of real cards: their figures, and how well the model meets them",
    load: async () => (await import("./profile-command.js")).profileCommand,
  },
  {
    term: "card",
    summary: "emulated cards in files: make one, look at one",
    load: async () => (await import("./card-command.js")).cardCommand,
  },
  {
    term: "export",
    summary: "the driver as C, for any firmware",
    load: async () => (await import("./export-command.js")).exportCommand,
  },
  {
    term: "firmware",
    summary: "firmware for the RP2040 on an emulated board with two SD cards",
    load: async () => (await import("./firmware-command.js")).firmwareCommand,
  },
  {
    term: "image",
    summary: "make and inspect the images of two cards",
    load: async () => (await import("./image.js")).imageOfTerminal,
  },
  {
    term: "nbd [options]",
    summary: "serve an emulated card as a network block device",
    load: async () => (await import("./nbd-command.js")).nbdCommand,
  },
];
