import type { CardAdapter } from "../../host/dut/adapter-dut.js";
import type { CardPort } from "../../host/dut/card-port.js";
import { UnreadableSector } from "../../host/dut/crash-state.js";

/** What differs between firmwares that keep a counter on two cards. */
export interface CounterOptions {
  /** Waits for both cards, and flushes them, before it promises. */
  readonly careful: boolean;
  readonly workload?: number;
}

interface Counter {
  readonly cards: readonly CardPort[];
  count: number;
}

const MAGIC = 0x5a;
const SLOTS = 2;

/** A counter in two slots of each card, written in turns; the newest readable one of either card counts. */
export function counterOnTwoCards({ careful, workload = 4 }: CounterOptions): CardAdapter<Counter> {
  return {
    name: careful ? "careful counter" : "hasty counter",
    cards: 2,
    sectors: 16,
    workload,
    boot: async (cards) => {
      let count = 0;
      for (const card of cards) {
        for (let slot = 0; slot < SLOTS; slot++) {
          try {
            const bytes = await card.read(slot, 1);
            if (bytes.every((byte) => byte === bytes[1]! || byte === MAGIC) && bytes[0] === MAGIC)
              count = Math.max(count, bytes[1]!);
          } catch (error) {
            if (!(error instanceof UnreadableSector)) throw error;
          }
        }
      }
      return { cards, count };
    },
    run: async (counter, mark, steps) => {
      for (let i = 0; i < steps; i++) {
        const next = counter.count + 1;
        const bytes = new Uint8Array(512).fill(next);
        bytes[0] = MAGIC;
        const writes = counter.cards.map(async (card) => {
          await card.write(next % SLOTS, bytes);
          if (careful) await card.flush();
        });
        if (careful) await Promise.all(writes);
        else await Promise.race(writes);
        counter.count = next;
        mark(`count ${next}`);
      }
    },
    check: async ({ count }, marks) => {
      await Promise.resolve();
      const promised = Number(marks.at(-1)?.split(" ")[1] ?? 0);
      return count < promised ? `it promised ${promised} and counts ${count}` : null;
    },
  };
}
