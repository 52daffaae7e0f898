/** What a fault is counted as: by the write that brought it, also when its controller is gone. */
import { describe, expect, it } from "vitest";
import { CARD_WRITE, MEMBER_IN_SYNC, STATUS_OK } from "../../../assembly/layout.js";
import { FaultCoverage } from "../../../host/campaign/coverage/fault-coverage.js";
import { WriteWatch } from "../../../host/campaign/coverage/write-watch.js";
import { BitmapRecords } from "../../../host/campaign/oracle/bitmap-record.js";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { SdCard } from "../../../host/sdcard-emulator/card.js";
import { profile } from "../../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../../host/sdcard-emulator/virtual-clock.js";

const SECTORS = 64;
const DATA_START = 16;
const GEOMETRY = { cardSectors: SECTORS, baseSector: 0, metadataStride: 2, dataStart: DATA_START };
const TOKEN = 7;
const AT = 20;

/** Two cards that tear and have no cache, and a watch over their writes. */
function bench(): {
  clock: VirtualClock;
  cards: readonly [SdCard, SdCard];
  watch: WriteWatch;
  write(token: number, sector: number, count: number): void;
  hits(): Record<string, number>;
} {
  const clock = new VirtualClock();
  const contents = new SectorContents();
  const coverage = new FaultCoverage();
  const watch = new WriteWatch({
    geometry: GEOMETRY as never,
    contents,
    records: new BitmapRecords(contents),
    memory: new Uint8Array(512),
    memberState: () => MEMBER_IN_SYNC,
    coverage,
  });
  const card = (seed: number): SdCard =>
    new SdCard({
      clock,
      contents,
      media: new CardImage(SECTORS),
      characteristics: profile("mlc"),
      seed,
      onComplete: (token) => watch.answered(token, STATUS_OK),
    });
  const cards = [card(1), card(2)] as const;
  const bytes = new Uint8Array(512).fill(0x5a);
  const samplePiece = (_: number, piece: number): number => contents.internPiece(bytes, piece * 256);
  const buffer = { samplePiece, storeSector: () => undefined };
  const write = (token: number, sector: number, count: number): void => {
    watch.commandGiven(0, CARD_WRITE, sector, count, 0, token);
    cards[0].submit(CARD_WRITE, sector, count, buffer, 0, token);
  };
  const hits = (): Record<string, number> =>
    Object.fromEntries(
      coverage
        .cells()
        .filter(({ hits: count }) => count > 0)
        .map(({ level, kind, hits: count }) => [`${level} ${kind}`, count]),
    );
  return { clock, cards, watch, write, hits };
}

/** Lets time pass until the first sector is received whole and the card is still at it. */
function untilReceived({ clock, cards: [card] }: ReturnType<typeof bench>): void {
  while (card.view(AT) === card.media.get(AT)) expect(clock.step()).toBe(true);
  expect(card.inFlight(AT)).toBe(true);
}

function cut({ cards, watch }: ReturnType<typeof bench>): void {
  watch.cut(cards, [cards[0].crashSpace(), cards[1].crashSpace()]);
}

describe("a write that a card is at", () => {
  it("may land or not (F0), or tear (F1)", () => {
    const world = bench();
    world.write(TOKEN, AT, 1);
    untilReceived(world);
    cut(world);
    expect(world.hits()).toEqual({ "F0 data": 1, "F1 data": expect.any(Number) });
  });

  it("does so too when its controller was reset meanwhile: nothing old comes back (F4)", () => {
    const world = bench();
    world.write(TOKEN, AT, 1);
    untilReceived(world);
    world.cards[0].controllerReset();
    world.watch.booted(world.cards);
    cut(world);
    expect(world.hits()).toEqual({ "F0 data": 1, "F1 data": expect.any(Number) });
  });

  it("is no more once the card has answered a later one", () => {
    const world = bench();
    world.write(TOKEN, AT, 1);
    untilReceived(world);
    world.cards[0].controllerReset();
    world.watch.booted(world.cards);
    world.write(TOKEN + 1, AT + 8, 1);
    while (world.cards[0].view(AT + 8) === world.cards[0].media.get(AT + 8)) world.clock.step();
    world.watch.cardStruck(0, world.cards[0]);
    expect(world.hits()).toEqual({ "F5 data": 1 });
  });

  it("of a card that lost its power is gone", () => {
    const world = bench();
    world.write(TOKEN, AT, 1);
    untilReceived(world);
    world.cards[0].cutPower(world.cards[0].crashSpace().map(() => 0));
    world.cards[0].powerUp();
    world.watch.booted(world.cards);
    world.write(TOKEN + 1, AT + 8, 1);
    world.watch.cardStruck(0, world.cards[0]);
    expect(world.hits()).toEqual({ "F5 data": 1 });
  });
});
