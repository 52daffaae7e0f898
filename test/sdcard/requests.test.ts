/** Reads, writes, streams, flushes and zeros through the SPI driver. */
import { describe, expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { TransientFaults } from "../../host/sdcard-emulator/transient-faults.js";
import { DATA_START, LiveBuffer, SpiBench } from "./spi-bench.js";

const READ = 0;
const WRITE = 1;
const FLUSH = 2;
const FUA = 3;
const DISCARD = 4;
const OK = 0;
const READ_ERROR = 4;
const RESENT = 5;
const READ_AGAIN = 8;
const STREAMS = 9;
const BLOCKS_OUT = 10;

function stamped(bench: SpiBench, sectors: number, first: number): LiveBuffer {
  const buffer = new LiveBuffer(sectors, 0);
  for (let i = 0; i < 2 * sectors; i++) buffer.pieces[i] = bench.contents.stamp(first + i);
  return buffer;
}

function contentsOf(bench: SpiBench, buffer: LiveBuffer): number[] {
  return Array.from({ length: buffer.pieces.length / 2 }, (_, i) =>
    bench.contents.sectorOf(buffer.pieces[2 * i]!, buffer.pieces[2 * i + 1]!),
  );
}

describe.each([1, 2] as const)("on %i buses", (buses) => {
  it("what is written is on both cards and is read back", () => {
    const bench = new SpiBench({ buses }).ready();
    const buffer = stamped(bench, 24, 1);
    expect(bench.request(WRITE, 5, 24, buffer)).toBe(OK);
    expect(bench.request(WRITE, 100, 1, stamped(bench, 1, 500))).toBe(OK);
    const back = new LiveBuffer(24, 0);
    expect(bench.request(READ, 5, 24, back)).toBe(OK);
    expect(back.stored).toEqual(contentsOf(bench, buffer));
    for (const { card } of bench.cards) {
      expect(Array.from({ length: 24 }, (_, i) => card.view(DATA_START + 5 + i))).toEqual(
        contentsOf(bench, buffer),
      );
    }
    expect(bench.request(FLUSH)).toBe(OK);
    bench.expectLegal();
  });

  it("what was flushed survives a cut", () => {
    const bench = new SpiBench({ buses, characteristics: profile("tlc-cached") }).ready();
    const buffer = stamped(bench, 16, 1);
    expect(bench.request(WRITE, 0, 16, buffer)).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    bench.runMs(20);
    bench.mirror.halt();
    for (const { card } of bench.cards) {
      card.cutPower(card.crashSpace().map(() => 0));
      const kept = Array.from({ length: 16 }, (_, i) => card.media.get(DATA_START + i));
      expect(kept).toEqual(contentsOf(bench, buffer));
    }
  });

  it("a discard gives zeros", () => {
    const bench = new SpiBench({ buses }).ready();
    expect(bench.request(WRITE, 0, 16, stamped(bench, 16, 1))).toBe(OK);
    expect(bench.request(DISCARD, 0, 8)).toBe(OK);
    const back = new LiveBuffer(16, 0);
    expect(bench.request(READ, 0, 16, back)).toBe(OK);
    expect(back.stored.slice(0, 8)).toEqual(new Array(8).fill(1));
    bench.expectLegal();
  });
});

function readErrors(seed: number): TransientFaults {
  return new TransientFaults({ seed, rates: { readError: 200 } });
}

/** No clearing pass comes between: every region stays marked. */
const UNCLEARED = { options: { epochMs: 3_600_000 } };

describe("sequential writes", () => {
  it("are one stream, which a flush closes", () => {
    const bench = new SpiBench(UNCLEARED).ready();
    // Every region is written once, so that nothing but data is written from here on.
    expect(bench.request(WRITE, 0, 64, stamped(bench, 64, 1))).toBe(OK);
    const streams = bench.mirror.cardWord(0, STREAMS);
    for (let i = 0; i < 8; i++) expect(bench.request(WRITE, 8 * i, 8, stamped(bench, 8, 1000 + i))).toBe(OK);
    expect(bench.mirror.cardWord(0, STREAMS)).toBe(streams + 1);
    expect(bench.request(FLUSH)).toBe(OK);
    expect(bench.request(WRITE, 64 - 8, 8, stamped(bench, 8, 2000))).toBe(OK);
    expect(bench.mirror.cardWord(0, STREAMS)).toBe(streams + 2);
    bench.expectLegal();
  });

  it("go to each card at the speed of the wire: a fifth more bytes than data at most", () => {
    const bench = new SpiBench(UNCLEARED).ready();
    expect(bench.request(WRITE, 0, 64, stamped(bench, 64, 1))).toBe(OK);
    const blocks = bench.mirror.cardWord(0, BLOCKS_OUT);
    const before = bench.cards[0]!.bytes;
    for (let i = 0; i < 8; i++) expect(bench.request(WRITE, 8 * i, 8, stamped(bench, 8, 1000 + i))).toBe(OK);
    const sent = 512 * (bench.mirror.cardWord(0, BLOCKS_OUT) - blocks);
    expect(bench.cards[0]!.bytes - before).toBeLessThan(1.2 * sent);
  });

  it("leave no stream open after a quiet time", () => {
    const bench = new SpiBench(UNCLEARED).ready();
    expect(bench.request(WRITE, 0, 16, stamped(bench, 16, 1))).toBe(OK);
    bench.runMs(100);
    // A stop token has come: the checker calls a read in an open stream illegal.
    expect(bench.request(READ, 0, 4, new LiveBuffer(4, 0))).toBe(OK);
    bench.expectLegal();
  });
});

describe("errors", () => {
  it("of the wire are met by sending the frame again", () => {
    const bench = new SpiBench().ready();
    expect(bench.request(WRITE, 0, 32, stamped(bench, 32, 1))).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    for (const card of bench.cards) {
      let frames = 0;
      let at = 0;
      card.garble = (mosi) => {
        // The argument of every ninth read.
        if (at > 0) return --at === 1 ? mosi ^ 0x10 : mosi;
        if ((mosi === 0x51 || mosi === 0x52) && ++frames % 9 === 0) at = 3;
        return mosi;
      };
    }
    for (let i = 0; i < 60; i++) expect(bench.request(READ, i % 24, 8, new LiveBuffer(8, 0))).toBe(OK);
    expect(bench.mirror.cardWord(0, RESENT) + bench.mirror.cardWord(1, RESENT)).toBeGreaterThan(3);
    expect([bench.module.exports.memberState(0), bench.module.exports.memberState(1)]).toEqual([1, 1]);
  });

  it("of passing kinds on reads are met by reading again", () => {
    const bench = new SpiBench({ transients: [readErrors(1), readErrors(2)] });
    expect(bench.format()).toBe(OK);
    expect(bench.boot()).toBe(OK);
    expect(bench.request(WRITE, 0, 32, stamped(bench, 32, 1))).toBe(OK);
    for (let i = 0; i < 40; i++) expect(bench.request(READ, i % 24, 8, new LiveBuffer(8, 0))).toBe(OK);
    const again = bench.mirror.cardWord(0, READ_AGAIN) + bench.mirror.cardWord(1, READ_AGAIN);
    expect(again).toBeGreaterThan(0);
    bench.expectLegal();
  });

  it("of a sector that cannot be read are mended from the other card", () => {
    const bench = new SpiBench().ready();
    const buffer = stamped(bench, 8, 1);
    expect(bench.request(WRITE, 0, 8, buffer)).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    bench.runMs(300);
    for (const slot of [0, 1]) bench.cards[slot]!.card.spoil(DATA_START + 2 + slot);
    for (let i = 0; i < 4; i++) {
      const back = new LiveBuffer(8, 0);
      expect(bench.request(READ, 0, 8, back)).toBe(OK);
      expect(back.stored).toEqual(contentsOf(bench, buffer));
    }
    expect([bench.module.exports.memberState(0), bench.module.exports.memberState(1)]).toEqual([1, 1]);
    bench.expectLegal();
    for (const slot of [0, 1]) bench.cards[slot]!.card.spoil(DATA_START + 5);
    expect(bench.request(READ, 5, 1, new LiveBuffer(1, 0))).toBe(READ_ERROR);
  });

  it("of a write lose the member, and the other goes on", () => {
    const transients = new TransientFaults({ seed: 1, rates: { rejected: 1000 } });
    transients.quiet = true;
    const bench = new SpiBench({ transients: [transients, undefined] }).ready();
    transients.quiet = false;
    // A fault by chance may come after the last block that is sent.
    for (let i = 0; i < 20 && bench.module.exports.memberState(0) === 1; i++) {
      expect(bench.request(WRITE, 8 * i, 8, stamped(bench, 8, 1))).toBe(OK);
    }
    expect([bench.module.exports.memberState(0), bench.module.exports.memberState(1)]).toEqual([2, 1]);
    bench.expectLegal();
  });

  it("that never end, a busy without end, lose the member within its limits", () => {
    const transients = new TransientFaults({ seed: 1, rates: { endlessBusy: 1000 } });
    transients.quiet = true;
    const bench = new SpiBench({ transients: [undefined, transients] }).ready();
    transients.quiet = false;
    const before = bench.clock.nowUs;
    expect(bench.request(FUA, 0, 8, stamped(bench, 8, 1))).toBe(OK);
    expect([bench.module.exports.memberState(0), bench.module.exports.memberState(1)]).toEqual([1, 2]);
    expect(bench.clock.nowUs - before).toBeLessThan(5_000_000);
  });
});

describe("the work of one call", () => {
  it("is a transfer for each card, of 32 bytes at most if it is a burst, and four checksums", () => {
    const bench = new SpiBench().ready();
    const { port } = bench.mirror;
    let transfers = 0;
    let checksums = 0;
    let [mostTransfers, mostChecksums] = [0, 0];
    for (const name of ["burst", "wait", "sendBlock", "receiveBlock"] as const) {
      const carriedOut = port[name].bind(port) as (...values: number[]) => void;
      port[name] = (...values: number[]) => {
        transfers++;
        carriedOut(...values);
      };
    }
    const summed = port.checksum.bind(port);
    port.checksum = (...values) => (checksums++, summed(...values));
    bench.afterStep = () => {
      mostTransfers = Math.max(mostTransfers, transfers);
      mostChecksums = Math.max(mostChecksums, checksums);
      transfers = checksums = 0;
    };
    const done = { onBlockDone: () => ended++ };
    let ended = 0;
    for (let i = 0; i < 12; i++) {
      bench.mirror.request(
        i % 3 === 0 ? READ : WRITE,
        20 * i,
        16,
        stamped(bench, 16, 40 * i + 1),
        0,
        done,
        i,
      );
    }
    transfers = checksums = 0;
    bench.run(() => ended === 12, "the load");
    expect(mostTransfers).toBe(2);
    expect(mostChecksums).toBeGreaterThan(0);
    expect(mostChecksums).toBeLessThanOrEqual(4);
    expect(port.largestBurst).toBeGreaterThan(0);
    expect(port.largestBurst).toBeLessThanOrEqual(32);
  });
});
