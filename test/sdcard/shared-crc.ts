/** Writes of a buffer that is changed while it is sent. */
import { collidingPiece } from "../../host/sdcard-emulator/fingerprint.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { DATA_START, LiveBuffer, SpiBench } from "./spi-bench.js";

const WRITE = 1;
const IN_SYNC = 1;
const CONFLICTS = 6;
const BOUNCED = 7;
const SLOTS = 12;

export interface RaceReport {
  /** Requests answered well. */
  writes: number;
  /** Sectors in which the two cards differ and CRC16 tells them apart, looked at when each request was answered. */
  unequal: number;
  /** Sectors in which they differ by what CRC16 cannot tell. */
  collided: number;
  /** Collisions put in; a few come by chance too. */
  collisions: number;
  /** Blocks rejected, of both cards. */
  rejected: number;
  /** Blocks sent from the bounce buffer, of both cards. */
  bounced: number;
  /** Members still in sync. */
  inSync: number;
  /** Illegal steps on the bus, but for blocks that do not fit their CRC16. */
  illegal: number;
}

/**
 * @param writes  requests, several at once
 * @param percent of the sends at which a piece of the buffer changes
 * @param collide whether some changes leave the CRC16 as it was
 */
export function race(
  writes: number,
  percent: number,
  collide: boolean,
  buses: 1 | 2,
  seed: number,
): RaceReport {
  const chance = new Prng(seed);
  const below = (limit: number): number => (chance.next() >>> 0) % limit;
  const buffers: LiveBuffer[] = [];
  let stamps = 1;
  let collisions = 0;
  const bench: SpiBench = new SpiBench({
    buses,
    options: { epochMs: 3_600_000 },
    onSend: () => {
      if (below(100) >= percent) return;
      const { pieces } = buffers[below(SLOTS)]!;
      const at = below(pieces.length);
      // A change between the CRC16 and the bytes, or one between the two cards.
      if (collide && below(8) === 0) {
        pieces[at] = collidingPiece(bench.contents, pieces[at]!, below(200));
        collisions++;
      } else pieces[at] = bench.contents.stamp((stamps++ % 5000) + 1);
    },
  });
  for (let i = 0; i < SLOTS; i++) buffers.push(new LiveBuffer(8, bench.contents.stamp(1)));
  bench.ready();
  const report: RaceReport = {
    writes: 0,
    unequal: 0,
    collided: 0,
    collisions: 0,
    rejected: 0,
    bounced: 0,
    inSync: 0,
    illegal: 0,
  };
  const starts: number[] = new Array<number>(SLOTS).fill(0);
  const counts: number[] = new Array<number>(SLOTS).fill(0);
  let begun = 0;
  const progress = { ended: 0 };
  const free = Array.from({ length: SLOTS }, (_, slot) => slot);
  const done = {
    onBlockDone(slot: number, status: number): void {
      progress.ended++;
      free.push(slot);
      if (status !== 0) return;
      report.writes++;
      const [a, b] = bench.cards;
      for (let i = 0; i < counts[slot]!; i++) {
        const sector = DATA_START + starts[slot]! + i;
        const [first, second] = [a!.card.view(sector), b!.card.view(sector)];
        if (first === second) continue;
        const sums = bench.contents.fingerprints("crc16");
        if (sums.crcOf(first) === sums.crcOf(second)) report.collided++;
        else report.unequal++;
      }
    },
  };
  while (progress.ended < writes) {
    while (free.length > 0 && begun < writes) {
      const slot = free.pop()!;
      // Each buffer has sectors of its own, so that what is compared was written by its request.
      counts[slot] = 1 + below(8);
      starts[slot] = slot * 16 + below(8);
      const status = bench.mirror.request(WRITE, starts[slot]!, counts[slot]!, buffers[slot]!, 0, done, slot);
      if (status !== 0) throw new Error(`a write was refused with status ${status}`);
      begun++;
    }
    const before = progress.ended;
    bench.run(() => progress.ended > before, "a racing write");
  }
  for (const slot of [0, 1]) {
    report.rejected += bench.mirror.cardWord(slot, CONFLICTS);
    report.bounced += bench.mirror.cardWord(slot, BOUNCED);
    if (bench.module.exports.memberState(slot) === IN_SYNC) report.inSync++;
    // A block whose bytes are not those that its CRC16 was taken of is what a race is.
    const { violations } = bench.cards[slot]!.checker;
    report.illegal += violations.filter(({ rule }) => rule !== "block-crc").length;
  }
  report.collisions = collisions;
  return report;
}
