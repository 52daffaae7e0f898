/** What a power cut at every byte of an operation over SPI may leave, class of card by class of card. */
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import type { CardPhysics } from "../sdcard-emulator/card-physics.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { characteristicsOf, identityOf, physicsOf } from "../sdcard-emulator/profile/profiled-card.js";
import { SectorContents, UNREADABLE } from "../sdcard-emulator/sector-contents.js";
import { cardIdentity, type CardIdentity } from "../sdcard-emulator/spi/card-identity.js";
import { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import { packetOf, SpiHost } from "./spi-host.js";

/** What a sector may hold after a cut; halves are named in their order. */
export const CUT_STATES = [
  "old",
  "new",
  "new, old",
  "old, new",
  "unreadable",
  "neighbour unreadable",
  /** A flush was answered, the settle time is over, and the old version may come back all the same. */
  "old after flush",
] as const;
export type CutState = (typeof CUT_STATES)[number];

export const CUT_OPERATIONS = ["CMD24", "CMD25", "CMD38", "flush"] as const;
export type CutOperation = (typeof CUT_OPERATIONS)[number];

export interface CutRow {
  readonly card: string;
  readonly operation: CutOperation;
  /** Places at which the power was cut: before each byte, and after the last. */
  readonly cuts: number;
  /** In how many of the cuts, over their outcomes, some sector is so. */
  readonly states: Readonly<Record<CutState, number>>;
  /** Allowed to this class and never met. */
  readonly missing: readonly CutState[];
  /** Met and not allowed. */
  readonly forbidden: readonly CutState[];
}

/** A card to be cut. */
export interface CutSubject {
  /** What the card is judged by. */
  readonly stated: CardCharacteristics;
  /** What it is made of; default: what is stated. Where the two differ the table must show it. */
  readonly built?: CardCharacteristics;
  readonly identity?: Partial<CardIdentity>;
  /** Its flash; default: none. Made anew for each operation. */
  readonly makePhysics?: (sectors: number) => CardPhysics;
}

const CARD_SECTORS = 8192;
/** In the second page of pages of 16 KiB, the first of which shares a row of cells with it. */
const FIRST = 33;
const COUNT = 3;
/** Written long before, near what is written now: its page is programmed with the companion's, in the same open block. */
const NEIGHBOUR = 27;
const COMPANION = 26;
const WAIT_NS = 400;
const NS_PER_US = 1000;
/** Enough for the flush of a profile, so that its end is seen. */
const FLUSH_POLLS = 40;
/** Polls of a flush whose bit stays. */
const ENDLESS_POLLS = 4;
/** Longer than any card takes to settle or to write its cache out. */
const REST_NS = 3e9;

/** Every operation on every card. */
export function cutTable(subjects: readonly CutSubject[]): CutRow[] {
  return subjects.flatMap((subject) => CUT_OPERATIONS.map((operation) => cutRow(subject, operation)));
}

/** A class without flash, with times of a few bytes, so that every part of an operation is short. */
export function classSubject(card: CardCharacteristics): CutSubject {
  const settleUs = Math.min(card.settleUs, 20);
  const quick = { commandUs: 1, programUs: 3, flushUs: 800, jitterPercent: 0, stallPercent: 0 };
  return { stated: { ...card, ...quick, settleUs } };
}

/** A profile, with its flash, its times and its registers. */
export function profileSubject(profile: CardProfile): CutSubject {
  return {
    stated: characteristicsOf(profile),
    identity: identityOf(profile),
    makePhysics: (sectors) => physicsOf(profile, { sectors, seed: 1 }),
  };
}

function cutRow(subject: CutSubject, operation: CutOperation): CutRow {
  const { stated, built = stated, makePhysics } = subject;
  const identity = cardIdentity(subject.identity);
  const contents = new SectorContents();
  const media = new CardImage(CARD_SECTORS);
  for (let i = 0; i < COUNT; i++) media.set(FIRST + i, contents.internSector(sectorOf(i), 0));
  for (const sector of [COMPANION, NEIGHBOUR]) media.set(sector, contents.internSector(sectorOf(sector), 0));
  const before = media.fork();
  const after = media.fork();
  const erased = contents.internSector(new Uint8Array(SECTOR_BYTES).fill(identity.erasedByte), 0);
  for (let i = 0; i < (operation === "CMD24" ? 1 : COUNT); i++) {
    const fresh = operation === "CMD38" ? erased : contents.internSector(sectorOf(100 + i), 0);
    after.set(FIRST + i, fresh);
  }
  const states = Object.fromEntries(CUT_STATES.map((state) => [state, 0])) as Record<CutState, number>;
  let cuts = 0;
  let looking = false;
  const time = { nowNs: 0 };
  const spi = new SpiCard({
    time,
    contents,
    media,
    characteristics: built,
    seed: 1,
    identity,
    ...(makePhysics && { physics: makePhysics(CARD_SECTORS) }),
  });
  const look = (): void => {
    if (!looking) return;
    cuts++;
    for (const state of statesOf(spi, contents, before, after)) states[state]++;
  };
  const host = new SpiHost(spi, time, WAIT_NS, look).initialise();
  if (makePhysics !== undefined) rewriteCompanion(host, time, identity);
  if (operation === "flush") write(host, true);
  looking = true;
  if (operation === "CMD38") erase(host);
  else if (operation === "flush") flush(host, stated, identity);
  else write(host, operation === "CMD25");
  look();
  if (operation === "flush") {
    time.nowNs += stated.settleUs * NS_PER_US + 1;
    if (statesOf(spi, contents, before, after).has("old")) states["old after flush"]++;
  }
  const allowed = allowedStates(stated, operation);
  return {
    card: stated.name,
    operation,
    cuts,
    states,
    missing: allowed.filter((state) => states[state] === 0),
    forbidden: CUT_STATES.filter((state) => states[state] > 0 && !allowed.includes(state)),
  };
}

/** The page before is programmed into the open block, and the card has rested long since. */
function rewriteCompanion(host: SpiHost, time: { nowNs: number }, identity: CardIdentity): void {
  host.command(24, COMPANION);
  host.sendPacket(packetOf(sectorOf(COMPANION)), false);
  if (identity.performanceExtension) host.flush(FLUSH_POLLS);
  time.nowNs += REST_NS;
}

/** A card without the performance register takes a flush for an illegal command; there is nothing to flush. */
function flush(host: SpiHost, card: CardCharacteristics, identity: CardIdentity): void {
  if (identity.performanceExtension) host.flush(card.flush === "never-ends" ? ENDLESS_POLLS : FLUSH_POLLS);
  else host.command(49, 0);
}

function write(host: SpiHost, stream: boolean): void {
  host.command(stream ? 25 : 24, FIRST);
  for (let i = 0; i < (stream ? COUNT : 1); i++) host.sendPacket(packetOf(sectorOf(100 + i)), stream);
  if (stream) host.endStream();
}

function erase(host: SpiHost): void {
  host.command(32, FIRST);
  host.command(33, FIRST + COUNT - 1);
  host.command(38, 0);
  host.awaitReady();
}

/** What the sectors may be after a cut at this moment. @throws Error for a sector that is nothing that was ever written */
function statesOf(
  spi: SpiCard,
  contents: SectorContents,
  before: CardImage,
  after: CardImage,
): Set<CutState> {
  const found = new Set<CutState>();
  const changed = before.differences(after, COUNT);
  const add = (sector: number, content: number): void => {
    if (changed.includes(sector)) {
      found.add(stateOf(contents, content, before.get(sector), after.get(sector)));
    } else if (content === UNREADABLE) found.add("neighbour unreadable");
    else if (content !== before.get(sector))
      throw new Error(`a cut changes sector ${sector}, which was not written`);
  };
  for (const sector of changed) add(sector, spi.media.get(sector));
  for (const { options } of spi.crashSpace()) {
    for (const option of options) option.sectors.forEach((sector, i) => add(sector, option.contents[i]!));
  }
  return found;
}

function stateOf(contents: SectorContents, content: number, old: number, fresh: number): CutState {
  if (content === old) return "old";
  if (content === fresh) return "new";
  if (content === UNREADABLE) return "unreadable";
  const isOf = (whole: number, half: number): boolean =>
    contents.pieceOf(content, half) === contents.pieceOf(whole, half);
  if (isOf(fresh, 0) && isOf(old, 1)) return "new, old";
  if (isOf(old, 0) && isOf(fresh, 1)) return "old, new";
  throw new Error("a cut leaves a sector that is neither old nor new nor a mix of both");
}

/** By the fault model: F0 to F3 as far as the class has them, and F4's rollback of what was durable. */
function allowedStates(card: CardCharacteristics, operation: CutOperation): CutState[] {
  const { atomicSector, collateral, rollback } = card;
  const late: CutState[] = rollback || card.flush !== "honest" ? ["old after flush"] : [];
  const cached = card.cache !== "none";
  // Without a cache all is durable before the flush, and there is nothing to flush.
  if (operation === "flush" && !cached) return rollback ? ["old", "new", ...late] : ["new"];
  const states: CutState[] = ["old", "new"];
  // The cut takes what the cache has not written out, whole; a dishonest flush only makes that last longer. What the
  // cache is writing out may destroy what lies beside it.
  if (operation === "flush")
    return [...states, ...(collateral ? (["neighbour unreadable"] as const) : []), ...late];
  // Bytes tear while they arrive; an erase has none. Without a cache the last sector tears while it is programmed.
  if (!atomicSector && (!cached || operation !== "CMD38")) states.push("new, old", "unreadable");
  if (!atomicSector && !cached) states.push("old, new");
  if (collateral) states.push("neighbour unreadable");
  return states;
}

function sectorOf(n: number): Uint8Array {
  return Uint8Array.from({ length: SECTOR_BYTES }, (_, i) => n * 3 + 1 + (i >>> 3));
}
