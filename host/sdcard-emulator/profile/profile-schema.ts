/**
 * What a file of a card profile says: who the card is, what it can do to data, how its flash is built, how long that
 * takes, and what was measured on real cards of the class. Every figure stands beside its source.
 */
import { z } from "zod";

const KIB_PER_SECTOR = 0.5;
/** Pages of an erase block, and blocks of a cache: what a model of a card still handles at speed. */
const PAGES_MAX = 4096;
const CACHE_BLOCKS_MAX = 4096;

/** A whole number within limits. The message is the remedy: what to write instead. */
const whole = (least: number, most: number): z.ZodNumber => {
  const error = `write a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};
const number = (least: number, most: number): z.ZodNumber => {
  const error = `write a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const flag = z.boolean({ error: "write true or false" });
const choice = <T extends string>(...names: readonly T[]): z.ZodEnum<{ [K in T]: K }> =>
  z.enum(names, { error: `write one of ${names.map((name) => `"${name}"`).join(", ")}` });
const text = (most: number): z.ZodString => {
  const error = `write a text of 1 to ${most} characters`;
  return z.string({ error }).min(1, { error }).max(most, { error });
};
const exactly = (length: number): z.ZodString => {
  const error = `write ${length} printable ASCII characters`;
  return z.string({ error }).regex(new RegExp(`^[\\x20-\\x7e]{${length}}$`), { error });
};
const sourceText = text(400);
const FIGURE = `write {"value": ..., "source": "where it comes from, or why it is assumed"}`;

/** A figure beside its source. */
const figure = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, source: sourceText }, { error: FIGURE });

const US_MAX = 10_000_000;
const us = figure(whole(0, US_MAX));

const identity = z.strictObject({
  source: sourceText,
  generation: choice("sdsc1", "sdsc2", "sdhc", "sdxc"),
  manufacturerId: whole(0, 255),
  oemId: exactly(2),
  productName: exactly(5),
  revision: z.tuple([whole(0, 15), whole(0, 15)], { error: "write [major, minor], 0 to 15 each" }),
  /** Reported in the SSR (4.10.2.4 to 4.10.2.6): erased in units of this, within the timeout. */
  allocationUnitKiB: choice("16", "32", "64", "128", "256", "512", "1024", "2048", "4096"),
  eraseSize: whole(1, 0xffff),
  eraseTimeoutSeconds: whole(1, 63),
  performanceExtension: flag,
});

const faults = z.strictObject({
  atomicSector: figure(flag),
  cache: figure(choice("none", "unordered", "ordered")),
  collateral: figure(choice("none", "row", "block")),
  openBlock: figure(flag),
  flush: figure(choice("honest", "lying", "never-ends")),
  rollback: figure(flag),
  misdirectPerMille: figure(whole(0, 1000)),
  settleUs: us,
});

const wire = z.strictObject({ commandUs: us, pieceUs: us, jitterPercent: figure(whole(0, 50)) });

const flash = z.strictObject({
  pageKiB: figure(number(KIB_PER_SECTOR, 1024)),
  eraseBlockKiB: figure(number(KIB_PER_SECTOR, 65_536)),
  bitsPerCell: figure(whole(1, 3)),
  openUnits: figure(whole(1, 64)),
  anyOrder: figure(flag),
  sparePerMille: figure(whole(0, 500)),
  enduranceErases: figure(whole(1, 10_000_000)),
  readDisturbReads: figure(whole(1, 1_000_000_000)),
  refreshes: figure(flag),
  slcCacheKiB: figure(whole(0, 4_194_304)),
  slcBypassKiB: figure(number(0, 65_536)),
  writeBufferKiB: figure(number(0, 65_536)),
  eraseByte: figure(
    z.union([z.literal(0), z.literal(255)], { error: "write 0 or 255: what erased cells read as" }),
  ),
});

const timing = z.strictObject({
  readOverheadUs: us,
  writeOverheadUs: us,
  pageReadUs: us,
  pageProgramUs: us,
  blockEraseUs: us,
  slcReadUs: us,
  slcProgramUs: us,
  parallelPages: figure(whole(1, 64)),
  pipelined: figure(flag),
  jitterPercent: figure(whole(0, 50)),
  housekeepingPages: figure(whole(0, 1_000_000)),
  housekeepingMinUs: us,
  housekeepingMaxUs: us,
});

/** MB/s (10^6 bytes) of the bus on which something was measured. */
const busMBs = number(0.01, 1000);
const positive = number(0.000_001, 1_000_000_000);
const chunkKiB = number(KIB_PER_SECTOR, 65_536);
const fitted = flag.optional();
const cited = { value: positive, source: sourceText, fitted };

/** What was measured on real cards; `fitted` where a figure of the profile was chosen by it. */
const measured = z.discriminatedUnion(
  "what",
  [
    /** Busy after a single sector (CMD24), sectors in order, µs. */
    z.strictObject({ what: z.literal("cmd24-busy-median-us"), ...cited }),
    z.strictObject({ what: z.literal("cmd24-busy-p99-us"), ...cited }),
    /** From the command to the first byte of a random sector, µs. */
    z.strictObject({ what: z.literal("read-access-median-us"), ...cited }),
    /** Whole time of a write within an erase block, the wire included, µs. */
    z.strictObject({
      what: z.literal("write-median-us"),
      ...cited,
      order: choice("in-order", "each-once"),
      chunkKiB,
      busMBs,
    }),
    /** MB/s of one stream. */
    z.strictObject({ what: z.literal("sequential-write-mb-s"), ...cited, chunkKiB, busMBs }),
    /** MB/s of several streams in turn, each in an erase block of its own. */
    z.strictObject({
      what: z.literal("streams-write-mb-s"),
      ...cited,
      streams: whole(1, 64),
      chunkKiB,
      busMBs,
    }),
    /** How many times longer a write takes with so many streams than with one fewer. */
    z.strictObject({
      what: z.literal("stream-factor"),
      ...cited,
      streams: whole(2, 64),
      chunkKiB,
      busMBs,
    }),
    /** Writes a second. each-once: all of an erase block in random order; uniform: anywhere in the range. */
    z.strictObject({
      what: z.literal("random-write-iops"),
      ...cited,
      order: choice("each-once", "uniform"),
      chunkKiB,
      rangeMiB: number(1, 65_536),
      busMBs,
    }),
    z.strictObject({
      what: z.literal("random-read-iops"),
      ...cited,
      chunkKiB,
      rangeMiB: number(1, 65_536),
      busMBs,
    }),
  ],
  { error: "choose a kind of measurement that the model can repeat; docs/sdcard.md lists them" },
);

export const profileSchema = z
  .strictObject({
    version: z.literal(1, { error: "write 1: this build reads version 1 of the format" }),
    name: text(40),
    /** The class of card, in a sentence. */
    about: text(300),
    /** Name of a profile from which everything that this one does not say is taken. */
    basedOn: text(40).optional(),
    capacitiesMiB: z.array(whole(1, 65_536), { error: "write a list of sizes in MiB" }).min(1, {
      error: "write at least one size in MiB",
    }),
    identity,
    faults,
    wire,
    flash,
    timing,
    measured: z.array(measured, { error: "write a list of measurements" }).min(1, {
      error: "write at least one measurement with its source, so that the model can be judged",
    }),
  })
  .superRefine((profile, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: path.split("."), message });
    };
    const { faults: fault, flash: cells, timing: times } = profile;
    const page = cells.pageKiB.value;
    const block = cells.eraseBlockKiB.value;
    if (page % KIB_PER_SECTOR !== 0) refuse("flash.pageKiB.value", "write a multiple of 0.5, a sector");
    if (block % page !== 0 || block / page > PAGES_MAX)
      refuse("flash.eraseBlockKiB.value", `write 1 to ${PAGES_MAX} times pageKiB, which is ${page}`);
    if (cells.slcCacheKiB.value % block !== 0 || cells.slcCacheKiB.value / block > CACHE_BLOCKS_MAX)
      refuse("flash.slcCacheKiB.value", `write a multiple of eraseBlockKiB, which is ${block}, or 0`);
    else if (cells.slcCacheKiB.value > 0 && cells.slcCacheKiB.value < 3 * block)
      refuse("flash.slcCacheKiB.value", `write at least 3 erase blocks, ${3 * block}, or 0`);
    if (cells.writeBufferKiB.value % page !== 0)
      refuse("flash.writeBufferKiB.value", `write a multiple of pageKiB, which is ${page}, or 0`);
    if ((fault.cache.value === "none") !== (cells.writeBufferKiB.value === 0))
      refuse(
        "flash.writeBufferKiB.value",
        `write ${fault.cache.value === "none" ? "0, because faults.cache is none" : "1 page or more, because faults.cache is not none"}`,
      );
    if (fault.cache.value === "none" && fault.flush.value === "lying")
      refuse(
        "faults.flush.value",
        `write "honest": without a cache there is nothing for a flush to lie about`,
      );
    if (times.housekeepingMaxUs.value < times.housekeepingMinUs.value)
      refuse("timing.housekeepingMaxUs.value", "write no less than housekeepingMinUs");
  });

/** A profile as it stands in its file, with everything that it takes from others. */
export type CardProfile = z.infer<typeof profileSchema>;
/** One cited measurement. */
export type Measurement = CardProfile["measured"][number];
