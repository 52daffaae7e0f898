/** F6: faults that pass. */
import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import { SectorContents, UNREADABLE, ZEROS } from "../../host/sdcard-emulator/sector-contents.js";
import {
  TransientFaults,
  type TransientFault,
  type TransientOptions,
} from "../../host/sdcard-emulator/transient-faults.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import { CardOnBench, LiveBuffer, exact } from "./card-on-bench.js";

function bench(options: TransientOptions, name = "mlc"): CardOnBench {
  return new CardOnBench(exact(name), 1, new VirtualClock(), new SectorContents(), {
    transients: new TransientFaults(options),
    fingerprint: "crc16",
  });
}
const scripted = (...faults: [number, TransientFault][]): CardOnBench => bench({ script: new Map(faults) });
const statuses = (card: CardOnBench): number[] => card.answers.map(({ status }) => status);

describe("a scripted fault", () => {
  it("rejects a write, which keeps the sectors accepted before, and no other", () => {
    const card = scripted([2, { kind: "rejected", accepted: 2 }], [3, { kind: "rejected" }]);
    card.write(0, 1, 2, 3);
    card.write(4, 1, 2, 3);
    card.write(8, 1, 2, 3);
    card.write(8, 1, 2);
    card.drain();
    expect(statuses(card)).toEqual([STATUS_OK, STATUS_CARD_FAILED, STATUS_CARD_FAILED, STATUS_OK]);
    expect(card.read(4, 3)).toEqual(["1", "2", "0"]);
    expect(card.answers[1]!.fingerprint).toBe(card.answers[3]!.fingerprint);
    expect(card.durable.filter(([sector]) => sector === 10)).toEqual([]);
    expect(card.durable.filter(([sector]) => sector === 8)).toHaveLength(1);
  });

  it("rejects a read, which delivers nothing, and a flush, which keeps nothing", () => {
    const card = bench(
      {
        script: new Map([
          [2, { kind: "rejected" }],
          [3, { kind: "rejected" }],
        ]),
      },
      "tlc-cached",
    );
    card.write(3, 1);
    card.drain();
    expect(card.read(3)).toBe(STATUS_CARD_FAILED);
    card.flush();
    card.drain();
    expect(card.answers.at(-1)!.status).toBe(STATUS_CARD_FAILED);
    expect(card.outcomes()).toEqual(["3: kept | 3=1"]);
    card.flush();
    card.drain();
    expect(card.outcomes()).toEqual([]);
  });

  it("fails a read of healthy sectors; the next one succeeds", () => {
    const card = scripted([2, { kind: "read-error" }]);
    card.write(3, 1);
    expect(card.read(3)).toBe(STATUS_READ_ERROR);
    expect(card.read(3)).toEqual(["1"]);
    const wrong = scripted([1, { kind: "read-error" }]);
    expect(() => wrong.write(3, 1)).toThrow(/command 1 is no read/);
  });

  it("leaves a command without its answer, carried out as far as it was accepted, and goes on", () => {
    const card = scripted(
      [1, { kind: "timeout" }],
      [2, { kind: "timeout", accepted: 1 }],
      [3, { kind: "timeout" }],
    );
    card.write(0, 1, 2);
    card.write(4, 3, 4);
    const into = new LiveBuffer();
    card.readInto(into, 0, 1);
    const last = card.write(8, 5);
    card.drain();
    expect(card.answers.map(({ token }) => token)).toEqual([last]);
    expect(into.stored.size).toBe(0);
    expect([card.read(0, 2), card.read(4, 2)]).toEqual([
      ["1", "2"],
      ["3", "0"],
    ]);
  });

  it("keeps a card busy without end, until it re-initialises or loses its power", () => {
    for (const cure of ["reinitialise", "cutPower"] as const) {
      const card = scripted([2, { kind: "endless-busy" }]);
      card.write(0, 1);
      card.write(1, 2);
      card.write(2, 3);
      card.drain();
      expect([statuses(card), card.card.idle]).toEqual([[STATUS_OK], false]);
      card.card[cure]([]);
      if (cure === "cutPower") card.card.powerUp();
      card.drain();
      expect(card.card.idle).toBe(true);
      card.write(3, 4);
      card.drain();
      expect([card.read(1), card.read(3)]).toEqual([["0"], ["4"]]);
    }
  });
});

describe("faults by chance", () => {
  const RATES = { rejected: 100, readError: 100, timeout: 100, endlessBusy: 0, latent: 200 };

  function run(seed: number, quiet = false): { trace: string; faults: TransientFaults } {
    const faults = new TransientFaults({ seed, rates: RATES });
    faults.quiet = quiet;
    const card = new CardOnBench(exact("mlc"), 1, new VirtualClock(), new SectorContents(), {
      transients: faults,
    });
    for (let i = 0; i < 200; i++) {
      card.write(i % 30, i + 1, i + 2);
      card.read(i % 30);
    }
    return { trace: JSON.stringify([card.answers, card.durable]), faults };
  }

  it("are the same for the same seed, others for another, and counted by kind", () => {
    const { trace, faults } = run(1);
    expect(run(1).trace).toBe(trace);
    expect(run(2).trace).not.toBe(trace);
    const { none, rejected, timeout, latent } = faults.met;
    expect(none + rejected + timeout + faults.met["read-error"]).toBe(400);
    for (const [kind, count] of Object.entries({ rejected, timeout, latent })) {
      expect(count, kind).toBeGreaterThan(15);
      expect(count, kind).toBeLessThan(120);
    }
    expect(faults.met["read-error"]).toBeGreaterThan(5);
  });

  it("stop when they are told to", () => {
    const { faults } = run(1, true);
    expect(faults.met).toEqual({
      none: 400,
      rejected: 0,
      "read-error": 0,
      timeout: 0,
      "endless-busy": 0,
      latent: 0,
    });
  });

  it("spoil no sector that must not be", () => {
    const card = bench({ rates: { latent: 1000 }, maySpoil: (sector) => sector === 5 });
    card.write(4, 1, 2, 3);
    card.drain();
    card.flush();
    card.drain();
    expect(card.card.overlay.sectors).toEqual([5]);
    expect(card.card.overlay.at(5)).toEqual({ cause: "latent", pristine: card.content(2) });
  });

  it("are refused above certainty", () => {
    expect(() => new TransientFaults({ rates: { rejected: 600, timeout: 401 } })).toThrow(/above 1000/);
    expect(() => new TransientFaults({ rates: { latent: 0.5 } })).toThrow(/whole number/);
  });
});

describe("a latent error", () => {
  it("makes a durable sector unreadable until it is written again", () => {
    const card = new CardOnBench(exact("mlc"));
    card.write(3, 1, 2);
    card.drain();
    const before = card.card.crashVersion;
    card.card.spoil(3);
    expect(card.card.crashVersion).not.toBe(before);
    expect([card.card.view(3), card.card.media.get(3)]).toEqual([UNREADABLE, UNREADABLE]);
    expect(card.durable.at(-1)).toEqual([3, UNREADABLE]);
    expect([card.read(3), card.read(4)]).toEqual([STATUS_READ_ERROR, ["2"]]);
    card.card.spoil(3);
    expect(card.card.overlay.at(3)!.pristine).toBe(card.content(1));
    card.write(3, 9);
    card.drain();
    expect([card.read(3), card.card.overlay.size]).toEqual([["9"], 0]);
    expect(() => card.card.spoil(99)).toThrow(/outside a card/);
  });

  it("does not reach the cache: only what a cut would leave is gone", () => {
    const card = new CardOnBench(exact("tlc-cached"));
    card.write(3, 1);
    card.drain();
    card.flush();
    card.drain();
    card.write(3, 2);
    card.drain();
    card.card.spoil(3);
    expect(card.read(3)).toEqual(["2"]);
    expect(card.outcomes()).toEqual(["3: kept | 3=2"]);
    card.card.cutPower([0]);
    expect(card.card.view(3)).toBe(UNREADABLE);
  });

  it("lies under a sector in flight, on an ordered cache too", () => {
    const card = new CardOnBench(exact("ordered-cache"));
    card.write(3, 1);
    card.drain();
    card.flush();
    card.drain();
    card.write(3, 2);
    card.steps(1);
    card.card.spoil(3);
    // What it tears over is unreadable, so a torn sector is too: nothing a cut could change.
    expect(card.outcomes()).toEqual([]);
  });

  it("leaves forks of the media alone, and is not in them when they were made before", () => {
    const card = new CardOnBench(exact("mlc"));
    card.write(3, 1);
    card.drain();
    const fork = card.card.media.fork();
    card.card.spoil(3);
    expect(fork.get(3)).toBe(card.content(1));
    expect(card.card.media.differences(fork, 9)).toEqual([3]);
    expect(card.card.overlay.pristine(card.card.media).hashLow).toBe(fork.hashLow);
    expect(fork.get(4)).toBe(ZEROS);
  });
});
