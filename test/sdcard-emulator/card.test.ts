import { describe, expect, it } from "vitest";
import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  CARD_WRITE,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../../assembly/layout.js";
import { QUEUE_COMMANDS } from "../../host/sdcard-emulator/command-queue.js";
import { UNREADABLE, ZEROS } from "../../host/sdcard-emulator/sector-contents.js";
import { VERSIONS_MAX } from "../../host/sdcard-emulator/version-log.js";
import { BENCH_SECTORS, CardOnBench, LiveBuffer, exact } from "./card-on-bench.js";

describe("commands of a card", () => {
  it("reads back what was written, and zeros elsewhere", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(3, 1, 2);
    const into = new LiveBuffer();
    bench.readInto(into, 2, 4);
    bench.drain();
    expect([...into.stored]).toEqual([
      [0, ZEROS],
      [1, bench.content(1)],
      [2, bench.content(2)],
      [3, ZEROS],
    ]);
    expect(bench.answers.map((answer) => answer.status)).toEqual([STATUS_OK, STATUS_OK]);
  });

  it("runs them in order of submission and never answers inside submit", () => {
    const bench = new CardOnBench(exact("mlc"));
    const tokens = [
      bench.write(3, 1),
      bench.flush(),
      bench.readInto(new LiveBuffer(), 3, 1),
      bench.write(3, 2),
    ];
    expect(bench.answers).toEqual([]);
    expect(bench.card.idle).toBe(false);
    bench.drain();
    expect(bench.answers.map((answer) => answer.token)).toEqual(tokens);
    expect(bench.card.idle).toBe(true);
  });

  it("takes the time that its characteristics say", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(3, 1, 2);
    bench.readInto(new LiveBuffer(), 3, 2);
    bench.flush();
    bench.drain();
    const { commandUs, pieceUs, programUs, readSectorUs, flushUs } = bench.characteristics;
    const written = commandUs + 4 * pieceUs + programUs;
    const read = written + commandUs + 2 * readSectorUs;
    expect(bench.answers.map((answer) => answer.atUs)).toEqual([written, read, read + commandUs + flushUs]);
  });

  it("a cached write completes without programming time", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(3, 1);
    bench.drain();
    expect(bench.answers[0]!.atUs).toBe(bench.characteristics.commandUs + 2 * bench.characteristics.pieceUs);
  });

  it("fails a read over an unreadable sector whole, and stores nothing", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(4, 1);
    bench.steps(1);
    bench.card.cutPower([2]);
    expect(bench.card.media.get(4)).toBe(UNREADABLE);
    bench.card.powerUp();
    const into = new LiveBuffer();
    bench.readInto(into, 3, 2);
    bench.drain();
    expect(bench.answers.at(-1)!.status).toBe(STATUS_READ_ERROR);
    expect(into.stored.size).toBe(0);
  });

  it("tells which sectors a write under way covers", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(4, 1, 2);
    bench.write(8, 3);
    const covered = () => [3, 4, 5, 6, 8].filter((sector) => bench.card.inFlight(sector));
    expect(covered()).toEqual([4, 5]);
    bench.steps(5);
    expect(covered()).toEqual([8]);
    bench.drain();
    expect(covered()).toEqual([]);
  });

  it("refuses what no driver may ask for", () => {
    const { card } = new CardOnBench(exact("mlc"));
    const buffer = new LiveBuffer();
    expect(() => card.submit(CARD_READ, BENCH_SECTORS - 1, 2, buffer, 0, 1)).toThrow(
      /outside a card of 32 sectors/,
    );
    expect(() => card.submit(CARD_READ, -1, 1, buffer, 0, 1)).toThrow(/whole sectors/);
    expect(() => card.submit(CARD_WRITE, 0, 0, buffer, 0, 1)).toThrow(/whole sectors/);
    expect(() => card.submit(CARD_WRITE, 0, 1, null, 0, 1)).toThrow(/no buffer/);
    expect(() => card.submit(CARD_WRITE + CARD_OWN_BUFFER, 0, 1, buffer, 0, 1)).toThrow(/strip the flags/);
    for (let i = 0; i < QUEUE_COMMANDS; i++) card.submit(CARD_FLUSH, 0, 0, null, 0, i);
    expect(() => card.submit(CARD_FLUSH, 0, 0, null, 0, 99)).toThrow(/64 commands/);
  });

  it("writes the oldest entry out when its cache is full", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    for (let i = 0; i <= VERSIONS_MAX; i++) {
      bench.write(i % 2, i + 1);
      bench.drain();
    }
    expect(bench.durable).toEqual([[0, bench.content(1)]]);
    expect(bench.card.view(0)).toBe(bench.content(VERSIONS_MAX + 1));
  });
});

describe("live sampling", () => {
  it("a buffer changed between the two pieces gives a mixed sector", () => {
    const bench = new CardOnBench(exact("mlc"));
    const buffer = bench.buffer(1, 1);
    bench.writeFrom(buffer, 4, 2);
    bench.steps(1);
    buffer.pieces.fill(bench.contents.stamp(2));
    bench.drain();
    expect([bench.card.view(4), bench.card.view(5)]).toEqual([bench.content(1, 2), bench.content(2)]);
  });

  it("two cards that sample one buffer can end up different", () => {
    const a = new CardOnBench(exact("mlc"));
    const b = new CardOnBench(exact("mlc", { commandUs: 500 }), 2, a.clock, a.contents);
    const buffer = a.buffer(1);
    a.writeFrom(buffer, 4, 1);
    b.writeFrom(buffer, 4, 1);
    a.steps(2);
    buffer.pieces.fill(a.contents.stamp(2));
    a.drain();
    expect([a.card.media.get(4), b.card.media.get(4)]).toEqual([a.content(1), a.content(2)]);
  });
});

describe("power", () => {
  it("a cut silences the card; powered up it starts idle, with the chosen contents", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(1, 1);
    bench.drain();
    bench.write(2, 2);
    bench.flush();
    bench.steps(2);
    expect(bench.outcomes()).toEqual(["1: kept | 1=1", "2: kept | 2=2"]);
    bench.card.cutPower([0, 1]);
    expect([bench.card.view(1), bench.card.view(2)]).toEqual([ZEROS, bench.content(2)]);
    expect(bench.durable).toEqual([[2, bench.content(2)]]);
    expect(bench.clock.pending).toBe(0);
    const answers = bench.answers.length;
    bench.write(3, 3);
    bench.drain();
    expect(bench.answers).toHaveLength(answers);
    expect([bench.card.idle, bench.card.view(3)]).toEqual([true, ZEROS]);
    bench.card.powerUp();
    bench.write(3, 3);
    bench.drain();
    expect(bench.card.view(3)).toBe(bench.content(3));
    expect(() => bench.card.powerUp()).toThrow(/has power/);
  });

  it("refuses a choice that does not fit, and stays as it was", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(1, 1);
    bench.write(2, 2);
    bench.drain();
    expect(() => bench.card.cutPower([0])).toThrow(/1 axes does not fit a crash space of 2/);
    expect(() => bench.card.cutPower([1, 2])).toThrow(/axis 1 \(sector 2\) has no option 2/);
    expect(bench.outcomes()).toHaveLength(2);
    expect(bench.durable).toEqual([]);
  });

  it("may be cut from inside a completion", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(1, 1);
    bench.write(2, 2);
    const push = bench.answers.push.bind(bench.answers);
    bench.answers.push = (answer) => {
      bench.card.cutPower([]);
      return push(answer);
    };
    bench.drain();
    expect(bench.answers).toHaveLength(1);
    expect([bench.card.media.get(1), bench.card.media.get(2)]).toEqual([bench.content(1), ZEROS]);
  });
});

describe("controller reset", () => {
  it("the write under way keeps the sectors received whole and is answered with its old token", () => {
    const bench = new CardOnBench(exact("mlc"));
    const token = bench.write(4, 1, 2, 3);
    bench.write(9, 9);
    bench.steps(3);
    bench.card.controllerReset();
    expect(bench.outcomes()).toEqual(["4: kept | 4=1"]);
    expect(bench.card.idle).toBe(false);
    expect([4, 5].map((sector) => bench.card.inFlight(sector))).toEqual([true, false]);
    bench.drain();
    expect(bench.answers).toMatchObject([{ token, status: STATUS_OK }]);
    expect([4, 5, 9].map((sector) => bench.card.media.get(sector))).toEqual([bench.content(1), ZEROS, ZEROS]);
  });

  it("a sector received whole stays in flight while it is programmed", () => {
    const bench = new CardOnBench(exact("mlc"));
    bench.write(4, 1);
    bench.steps(2);
    bench.card.controllerReset();
    expect(bench.outcomes()).toEqual(["4: kept | 4=1 | 4=1/0 | 4=0/1 | 4=error"]);
  });

  it("a write of which nothing was sampled changes nothing, and is answered", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    const token = bench.write(4, 1);
    bench.card.controllerReset();
    bench.drain();
    expect(bench.answers.map((answer) => answer.token)).toEqual([token]);
    expect(bench.card.view(4)).toBe(ZEROS);
  });

  it("cached data stay, and stay losable until a flush of the new controller", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(4, 1);
    bench.drain();
    bench.card.controllerReset();
    expect(bench.outcomes()).toEqual(["4: kept | 4=1"]);
    expect(bench.card.viewImage().get(4)).toBe(bench.content(1));
    expect(bench.card.media.get(4)).toBe(ZEROS);
    bench.flush();
    bench.drain();
    expect(bench.card.media.get(4)).toBe(bench.content(1));
  });

  it("a flush under way still flushes, a read goes nowhere, and new commands queue behind", () => {
    const bench = new CardOnBench(exact("tlc-cached"));
    bench.write(4, 1);
    bench.drain();
    const flush = bench.flush();
    bench.card.controllerReset();
    const into = new LiveBuffer();
    const read = bench.readInto(into, 4, 1);
    while (bench.answers.at(-1)!.token !== flush) bench.steps(1);
    expect(bench.card.media.get(4)).toBe(bench.content(1));
    bench.card.controllerReset();
    bench.drain();
    expect(bench.answers.at(-1)!.token).toBe(read);
    expect(into.stored.size).toBe(0);
  });

  it("the settle time goes on", () => {
    const bench = new CardOnBench(exact("slow-settle"));
    bench.write(1, 1);
    bench.drain();
    const flush = bench.flush();
    while (bench.answers.at(-1)!.token !== flush) bench.steps(1);
    bench.card.controllerReset();
    expect(bench.outcomes()).toHaveLength(1);
    bench.drain();
    expect(bench.outcomes()).toEqual([]);
  });
});
