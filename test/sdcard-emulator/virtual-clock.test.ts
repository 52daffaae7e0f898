import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock, type ClockHandler } from "../../host/sdcard-emulator/virtual-clock.js";

class Recorder implements ClockHandler {
  constructor(
    private readonly clock: VirtualClock,
    private readonly trace: string[],
    private readonly name: string,
  ) {}
  onTime(what: number): void {
    this.trace.push(`${this.name}${what}@${this.clock.nowUs}`);
  }
}

describe("virtual clock", () => {
  it("runs events by time, and those of one instant as scheduled", () => {
    const clock = new VirtualClock();
    const trace: string[] = [];
    const handler = new Recorder(clock, trace, "e");
    for (const [delayUs, what] of [
      [5, 1],
      [3, 2],
      [5, 3],
      [0, 4],
      [3, 5],
    ] as const) {
      clock.schedule(delayUs, handler, what);
    }
    expect(clock.nextUs()).toBe(0);
    while (clock.step());
    expect(trace).toEqual(["e4@0", "e2@3", "e5@3", "e1@5", "e3@5"]);
    expect(clock.nextUs()).toBe(Infinity);
    expect(clock.step()).toBe(false);
    expect(clock.nowUs).toBe(5);
  });

  it("agrees with a sorted list, also when events are cancelled and scheduled on the way", () => {
    // Mostly schedules over few instants: a deep heap full of ties.
    const action = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ kind: fc.constant("schedule"), delayUs: fc.nat(9), who: fc.nat(2) }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("step") }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel"), who: fc.nat(2) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { minLength: 100, maxLength: 200, size: "max" }), (script) => {
        const clock = new VirtualClock();
        const trace: string[] = [];
        const handlers = ["a", "b", "c"].map((name) => new Recorder(clock, trace, name));
        let model: { timeUs: number; order: number; who: number }[] = [];
        const expected: string[] = [];
        const drain: typeof script = script.map(() => ({ kind: "step" }));
        [...script, ...drain].forEach((step, order) => {
          if ("delayUs" in step) {
            clock.schedule(step.delayUs, handlers[step.who]!, order);
            model.push({ timeUs: clock.nowUs + step.delayUs, order, who: step.who });
          } else if ("who" in step) {
            clock.cancel(handlers[step.who]!);
            model = model.filter((event) => event.who !== step.who);
          } else {
            const next = model.toSorted((x, y) => x.timeUs - y.timeUs || x.order - y.order)[0];
            expect(clock.step()).toBe(next !== undefined);
            if (next === undefined) return;
            model = model.filter((event) => event !== next);
            expected.push(`${"abc"[next.who]}${next.order}@${next.timeUs}`);
          }
          expect(clock.pending).toBe(model.length);
        });
        expect(trace).toEqual(expected);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("hands back negative and large numbers unchanged", () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const handler = { onTime: (what: number) => void seen.push(what) };
    clock.schedule(1, handler, -(2 ** 40));
    clock.schedule(2, handler, Number.MAX_SAFE_INTEGER);
    while (clock.step());
    expect(seen).toEqual([-(2 ** 40), Number.MAX_SAFE_INTEGER]);
  });

  it("lets a handler schedule and cancel itself while it runs", () => {
    const clock = new VirtualClock();
    let runs = 0;
    const handler: ClockHandler = {
      onTime(): void {
        runs++;
        if (runs < 3) clock.schedule(10, handler, 0);
        else clock.cancel(handler);
      },
    };
    clock.schedule(10, handler, 0);
    clock.schedule(1000, handler, 0);
    while (clock.step());
    expect([runs, clock.nowUs]).toEqual([3, 30]);
  });

  it("refuses delays that are no whole µs, and a schedule without end", () => {
    const clock = new VirtualClock();
    const handler = { onTime: () => undefined };
    for (const wrong of [-1, 0.5, NaN, Infinity]) {
      expect(() => clock.schedule(wrong, handler, 0)).toThrow(/whole number of µs/);
    }
    expect(() => {
      for (;;) clock.schedule(1, handler, 0);
    }).toThrow(/65536 events/);
    expect(clock.pending).toBe(65536);
  });
});
