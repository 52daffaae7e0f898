import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { SectorContents } from "../../../host/sdcard-emulator/sector-contents.js";
import { SpiCard } from "../../../host/sdcard-emulator/spi/spi-card.js";
import { crc16, crc7, pattern, steady } from "./spi-host.js";

function newCard(time: { nowNs: number }): SpiCard {
  const card = new SpiCard({
    time,
    contents: new SectorContents(),
    media: new CardImage(1024),
    characteristics: steady("mlc", { programUs: 40, readSectorUs: 0 }),
    seed: 1,
    initialisationUs: 0,
  });
  for (let i = 0; i < 10; i++) card.exchange(0xff);
  card.select(true);
  return card;
}

function frame(index: number, argument = 0): number[] {
  const head = [0x40 | index, 0, 0, argument >> 8, argument & 0xff];
  return [...head, (crc7(head) << 1) | 1, ...Array<number>(10).fill(0xff)];
}

function packet(token: number, n: number): number[] {
  const sum = crc16(pattern(n));
  return [0xff, token, ...pattern(n), sum >> 8, sum & 0xff, 0xff, 0xff];
}

const INITIALISE = [0, 8, 55, 41].flatMap((index) => {
  const head = [0x40 | index, index === 41 ? 0x40 : 0, 0, index === 8 ? 1 : 0, index === 8 ? 0xaa : 0];
  return [...head, (crc7(head) << 1) | 1, ...Array<number>(10).fill(0xff)];
});

/** Traffic that makes sense more often than not, and bytes that make none. */
const traffic = fc.array(
  fc.oneof(
    fc.nat(20).map((sector) => [...frame(17, sector), ...Array<number>(560).fill(0xff)]),
    fc.nat(20).map((sector) => [...frame(18, sector), ...Array<number>(1200).fill(0xff), ...frame(12)]),
    fc.nat(20).map((sector) => [...frame(24, sector), ...packet(0xfe, sector)]),
    fc.nat(20).map((sector) => [...frame(25, sector), ...packet(0xfc, 1), ...packet(0xfc, 2), 0xfd, 0xff]),
    fc.constant(frame(13)),
    fc.constant(frame(59, 1)),
    fc.array(fc.nat(255), { minLength: 1, maxLength: 40 }),
  ),
  { minLength: 1, maxLength: 8 },
);

describe("exchangeBlock", () => {
  it("is a loop of exchange, byte for byte, however the traffic is cut up", () => {
    fc.assert(
      fc.property(
        traffic,
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }),
        (parts, cuts) => {
          const bytes = Uint8Array.from([...INITIALISE, ...parts.flat()]);
          const times = [{ nowNs: 0 }, { nowNs: 0 }];
          const [bulk, single] = times.map(newCard) as [SpiCard, SpiCard];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const mosi = bytes.slice(at, at + cuts[i % cuts.length]!);
            const miso = new Uint8Array(mosi.length);
            bulk.exchangeBlock(mosi, miso, mosi.length);
            expect([...miso]).toEqual([...mosi].map((byte) => single.exchange(byte)));
            for (const time of times) time.nowNs += 400 * mosi.length;
            at += mosi.length;
          }
          expect(bulk.crashSpace()).toEqual(single.crashSpace());
          expect(bulk.viewImage().hashLow).toBe(single.viewImage().hashLow);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("may receive into what it sends from", () => {
    const time = { nowNs: 0 };
    const card = newCard(time);
    const bytes = Uint8Array.from(INITIALISE);
    card.exchangeBlock(bytes, bytes, bytes.length);
    expect(bytes[7]).toBe(0x01);
  });
});
