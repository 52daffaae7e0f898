import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlashGeometry } from "../../../host/sdcard-emulator/flash/flash-geometry.js";
import type { FlashPhysics } from "../../../host/sdcard-emulator/flash/flash-physics.js";
import { SECTORS, SMALL, smallFlash } from "./small-flash.js";

const NOWHERE = -1;
const PAGES = SECTORS / SMALL.pageSectors;

/** What a host may do to a card. */
type Step =
  | { readonly kind: "write" | "read" | "erase"; readonly sector: number; readonly count: number }
  | { readonly kind: "flush" }
  | { readonly kind: "rest"; readonly us: number };

const range = fc
  .tuple(fc.nat(SECTORS - 1), fc.integer({ min: 1, max: 40 }))
  .map(([sector, count]) => ({ sector, count: Math.min(count, SECTORS - sector) }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: range.map((at) => ({ kind: "write" as const, ...at })) },
  { weight: 2, arbitrary: range.map((at) => ({ kind: "read" as const, ...at })) },
  { weight: 2, arbitrary: range.map((at) => ({ kind: "erase" as const, ...at })) },
  { weight: 1, arbitrary: fc.constant({ kind: "flush" as const }) },
  { weight: 2, arbitrary: fc.nat(100_000).map((us) => ({ kind: "rest" as const, us })) },
);
const geometry: fc.Arbitrary<Partial<FlashGeometry>> = fc.record({
  openUnits: fc.integer({ min: 1, max: 4 }),
  anyOrder: fc.boolean(),
  slcBlocks: fc.constantFrom(0, 3, 5),
  slcBypassSectors: fc.constantFrom(8, 1000),
  bufferPages: fc.constantFrom(0, 4),
  readDisturbReads: fc.constantFrom(5, 1_000_000),
  enduranceErases: fc.constantFrom(3, 1_000_000),
});

function apply(flash: FlashPhysics, what: Step): number {
  if (what.kind === "rest") {
    flash.rest(what.us);
    return 0;
  }
  flash.rest(0);
  if (what.kind === "write") return flash.writeUs(what.sector, what.count);
  if (what.kind === "read") return flash.readUs(what.sector, what.count);
  if (what.kind === "erase") return flash.eraseUs(what.sector, what.count);
  return flash.flushUs();
}

/** Physical page of each logical one. */
const places = (flash: FlashPhysics): number[] =>
  Array.from({ length: PAGES }, (_, page) => flash.layer.locate(page));

/** Where the blocks are: each is in exactly one of these. */
function blocksInUse(flash: FlashPhysics): { data: number[]; open: number[] } {
  const { layer } = flash;
  const data = [];
  for (let unit = 0; unit < layer.size.units; unit++) {
    if (layer.blockOf(unit) !== NOWHERE) data.push(layer.blockOf(unit));
  }
  return { data, open: [...layer.open.block].filter((block) => block !== NOWHERE) };
}

describe("the translation layer", () => {
  it("keeps every page once, and loses none: whatever is done to it", () => {
    fc.assert(
      fc.property(geometry, fc.array(step, { maxLength: 300, size: "max" }), (changes, steps) => {
        const flash = smallFlash(changes);
        const written = new Set<number>();
        for (const what of steps) {
          const before = flash.worn;
          apply(flash, what);
          if (what.kind === "write" && !before) {
            const last = Math.floor((what.sector + what.count - 1) / SMALL.pageSectors);
            for (let page = Math.floor(what.sector / SMALL.pageSectors); page <= last; page++)
              written.add(page);
          }
          if (what.kind === "erase") {
            const end = Math.floor((what.sector + what.count) / SMALL.pageSectors);
            for (let page = Math.ceil(what.sector / SMALL.pageSectors); page < end; page++)
              written.delete(page);
          }
        }
        if (flash.worn) return;
        flash.flushUs();
        if (flash.worn) return;
        const mapped = places(flash);
        const held = mapped.filter((at) => at !== NOWHERE);
        expect(new Set(held).size).toBe(held.length);
        const found = mapped.flatMap((at, page) => (at === NOWHERE ? [] : [page]));
        expect(found).toEqual([...written].toSorted((a, b) => a - b));
      }),
      { numRuns: 6000 },
    );
  });

  it("accounts for every block, and opens no unit too many", () => {
    fc.assert(
      fc.property(geometry, fc.array(step, { maxLength: 300, size: "max" }), (changes, steps) => {
        const flash = smallFlash(changes);
        const { layer } = flash;
        for (const what of steps) {
          apply(flash, what);
          const { data, open } = blocksInUse(flash);
          expect(open.length).toBe(layer.open.count);
          expect(open.length).toBeLessThanOrEqual(changes.openUnits!);
          expect(new Set([...data, ...open]).size).toBe(data.length + open.length);
          expect(layer.pool.free + layer.pool.retired + data.length + open.length).toBe(layer.size.blocks);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has valid pages only in blocks that are in use, or in the SLC cache", () => {
    fc.assert(
      fc.property(geometry, fc.array(step, { maxLength: 200, size: "max" }), (changes, steps) => {
        const flash = smallFlash(changes);
        for (const what of steps) apply(flash, what);
        const { data, open } = blocksInUse(flash);
        const used = new Set([...data, ...open]);
        const slcFrom = flash.layer.size.blocks * SMALL.pagesPerBlock;
        for (const at of places(flash)) {
          if (at === NOWHERE || at >= slcFrom) continue;
          expect(used.has(Math.floor(at / SMALL.pagesPerBlock))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("only ever wears: no block's count of erases falls, and each block that is given back has one more", () => {
    fc.assert(
      fc.property(geometry, fc.array(step, { maxLength: 200, size: "max" }), (changes, steps) => {
        const flash = smallFlash(changes);
        const { pool, size } = flash.layer;
        const wear = () => Array.from({ length: size.blocks }, (_, block) => pool.wearOf(block));
        let before = wear();
        for (const what of steps) {
          apply(flash, what);
          const now = wear();
          expect(now.every((erases, block) => erases >= before[block]!)).toBe(true);
          before = now;
        }
        expect(before.reduce((sum, erases) => sum + erases, 0)).toBe(pool.erases);
      }),
      { numRuns: 60 },
    );
  });

  it("forks: what is done to one copy does not reach the other, and both go on alike", () => {
    fc.assert(
      fc.property(
        geometry,
        fc.array(step, { maxLength: 100, size: "max" }),
        fc.array(step, { maxLength: 60, size: "max" }),
        (changes, first, then) => {
          const jitter = { jitterPercent: 20, housekeepingPages: 20, housekeepingMaxUs: 500 };
          const flash = smallFlash(changes, jitter);
          for (const what of first) apply(flash, what);
          const before = places(flash);
          const fork = flash.fork();
          const times = then.map((what) => apply(fork, what));
          expect(places(flash)).toEqual(before);
          expect(then.map((what) => apply(flash, what))).toEqual(times);
          expect(places(flash)).toEqual(places(fork));
          expect({ ...flash.work }).toEqual({ ...fork.work });
        },
      ),
      { numRuns: 60 },
    );
  });
});
