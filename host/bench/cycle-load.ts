import {
  MEMBER_ADD,
  MEMBER_REMOVE,
  MEMBER_REPLACE,
  REGIONS_MAX,
  REGIONS_PER_BITMAP_SECTOR,
  REQUESTS,
  REQUESTS_OWN,
  REQUEST_DISCARD,
  REQUEST_FLUSH,
  REQUEST_READ,
  SCRUB_REPAIR,
  STATUS_OK,
} from "../../assembly/layout.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { CallArray } from "./call-array.js";
import type { ChipDriver } from "./chip-driver.js";
import type { CycleSamples } from "./cycle-samples.js";
import { loadPool } from "./pool-load.js";

/** Regions of the array, and those of them that are written to. */
const ARRAY = 320;
const DIRTY = 32;
const SECTORS = 8;
const DEPTH = 8;
const PASS_MS = 2000;
const TICKS_MAX = 20_000;
const TAG = 77;

/**
 * Writes of 4 KiB into regions whose marks are on the cards, `depth` of them under way. What is counted of one: its submit
 * and the completions of both cards.
 * @param onBegin called when the marks are there and the first write comes
 */
export function writeCycles(
  driver: ChipDriver,
  depth: number,
  writes: number,
  samples: CycleSamples,
  onBegin: () => void = () => undefined,
): void {
  const array = CallArray.clean(driver, ARRAY);
  const { exports } = driver;
  const tokens: number[] = [];
  const sums: number[] = [];
  const { cards } = array;
  for (let region = 0; region < DIRTY; region++) {
    array.write(region, region % depth);
    array.answerAll();
  }
  driver.connect({
    cardSubmit: (...[, , , , , , token]) => tokens.push(token),
    done: () => undefined,
    zeros: () => undefined,
    requestSync: () => undefined,
  });
  let now = 0;
  driver.onCall = (_, { cycles }) => (now = cycles);
  const submit = (i: number): void => {
    array.write((i * 5) % DIRTY, i);
    sums.push(now);
    samples.note("submit", now);
  };
  const complete = (): void => {
    let sum = sums.shift()!;
    for (const which of ["first completion", "last completion"]) {
      exports.complete(tokens.shift()!, STATUS_OK, 0);
      sum += now;
      samples.note(which, now);
    }
    samples.note("write", sum);
  };
  onBegin();
  for (let i = 0; i < depth - 1; i++) submit(i);
  for (let i = depth - 1; i < writes + depth - 1; i++) {
    submit(i);
    complete();
  }
  while (sums.length > 0) complete();
  if (tokens.length > 0) throw new Error("the driver asked the cards for more than the writes");
  driver.onCall = null;
  driver.connect(cards);
}

/** Every way through the driver that takes long; notes the cycles of all calls by the name of the export. */
export function loadEverything(driver: ChipDriver, samples: CycleSamples): void {
  driver.onCall = (name, { cycles }) => samples.note(name, cycles);
  // Format, and an assembly that finds everything marked, at the largest size.
  CallArray.marked(driver, REGIONS_MAX);
  const array = CallArray.marked(driver, 600);
  loadPool(array, 6, 1);
  array.becomeClean();
  loadPool(array, 12, 2);
  array.becomeClean();
  driver.exports.scrub(SCRUB_REPAIR, 0, TAG);
  until(array, "the scrub", () => array.cards.answers.has(TAG));
  member(array, MEMBER_REMOVE);
  loadPool(array, 4, 3);
  member(array, MEMBER_ADD);
  member(array, MEMBER_REMOVE);
  member(array, MEMBER_REPLACE);
  array.submit(REQUEST_READ, 0, SECTORS, 1);
  array.submit(REQUEST_DISCARD, 0, array.sectors, 2);
  array.submit(REQUEST_FLUSH, 0, 0, 3);
  until(array, "a discard", () => !array.isWaiting && array.notClean === 0);
  loadPool(array, 6, 4);
  array.write(array.regions - 1, 5);
  array.tick(PASS_MS);
  driver.exports.stop(TAG + 1);
  until(array, "the stop", () => array.cards.answers.has(TAG + 1));
  loadNeighbours(CallArray.marked(driver, 2 * REGIONS_PER_BITMAP_SECTOR));
  driver.onCall = null;
}

/**
 * Marked regions that follow each other, as many as a bitmap sector has and more than the cap on marks allows: copied, cleared
 * in one pass, written again without order and in it. Then a record that one card alone has, and members lost in the midst of it all.
 */
function loadNeighbours(array: CallArray): void {
  array.becomeClean();
  const prng = new Prng(5);
  for (let i = 0; i < REGIONS_PER_BITMAP_SECTOR; i++) {
    array.write(prng.next() % array.regions, 1);
    if (i % DEPTH === 0) array.answerAll();
  }
  array.answerAll();
  array.becomeClean();
  for (let region = 0; region + DEPTH < array.regions / 2; region++) {
    array.write(region, 2);
    array.answerAll();
  }
  array.becomeClean();
  array.becomeUnmarked();
  array.write(REGIONS_PER_BITMAP_SECTOR - 1, 3);
  array.cards.answerOne(array.driver.exports);
  array.reboot();
  array.write(0, 4);
  array.tick(PASS_MS);
  // As many writes as there may be, of which one card has still to take each.
  array.answerAll();
  for (let i = 0; i < REQUESTS - REQUESTS_OWN; i++) array.write(2 * i, i);
  array.answerAll();
  for (let i = 0; i < REQUESTS - REQUESTS_OWN; i++) array.write(2 * i, i);
  member(array, MEMBER_REMOVE);
  member(array, MEMBER_ADD);
}

function member(array: CallArray, command: number): void {
  array.cards.answers.delete(TAG);
  const status = array.driver.exports.memberCommand(command, 1, TAG);
  if (status !== STATUS_OK) throw new Error(`member command ${command}: status ${status}`);
  until(array, `member command ${command}`, () => array.cards.answers.has(TAG));
}

function until(array: CallArray, what: string, isDone: () => boolean): void {
  array.answerAll();
  for (let ticks = 0; !isDone(); ticks++) {
    if (ticks > TICKS_MAX) throw new Error(`${what} does not end`);
    array.tick(1);
    array.answerAll();
  }
}
