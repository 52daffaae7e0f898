/** Operations that a power cut interrupts at a byte of the bus. */
import { expect } from "vitest";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { SectorContents } from "../../../host/sdcard-emulator/sector-contents.js";
import { pattern, SpiHost, steady, type HostOptions } from "./spi-host.js";

export const SECTORS = 2048;
export interface Scene {
  readonly name: string;
  /** Sectors that the operation touches, with what they held before. */
  readonly touched: readonly number[];
  readonly before: (sector: number) => Uint8Array;
  readonly run: (host: SpiHost) => void;
}

export const SCENES: readonly Scene[] = [
  {
    name: "CMD24",
    touched: [5],
    before: (sector) => pattern(sector),
    run: (host) => void host.writeSector(5, pattern(105)),
  },
  {
    name: "CMD25",
    touched: [5, 6, 7],
    before: (sector) => pattern(sector),
    run: (host) => {
      host.command(25, 5);
      for (const sector of [5, 6, 7]) {
        host.sendBlock(pattern(sector + 100), 0xfc);
        host.ready();
      }
      host.byte(0xfd);
      host.byte();
      host.ready();
    },
  },
  {
    name: "erase",
    touched: [5, 6, 7],
    before: (sector) => pattern(sector),
    run: (host) => {
      host.command(32, 5);
      host.command(33, 7);
      host.command(38);
      host.ready();
    },
  },
];

/** Stops the run at a byte, as a cut does. */
class Cut extends Error {}

export function start(options: HostOptions, scene: Scene): SpiHost {
  const contents = new SectorContents();
  const media = new CardImage(SECTORS);
  for (const sector of scene.touched) media.set(sector, contents.internSector(scene.before(sector), 0));
  return new SpiHost({ contents, media, ...options }).initialise(true);
}

function cutAfter(host: SpiHost, bytes: number, run: (host: SpiHost) => void): void {
  const whole = host.byte.bind(host);
  let left = bytes;
  host.byte = (mosi = 0xff): number => {
    if (left-- === 0) throw new Cut();
    return whole(mosi);
  };
  try {
    run(host);
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
  } finally {
    host.byte = whole;
  }
}

/** Runs an operation and looks before each of its bytes. @returns bytes */
export function atEveryByte(
  host: SpiHost,
  run: (host: SpiHost) => void,
  look: (byte: number) => void,
): number {
  const whole = host.byte.bind(host);
  let bytes = 0;
  host.byte = (mosi = 0xff): number => {
    look(bytes++);
    return whole(mosi);
  };
  run(host);
  host.byte = whole;
  look(bytes);
  return bytes;
}

/** Times so short that busy is a few bytes. */
export const quick = (name: string) => steady(name, { commandUs: 1, programUs: 3, flushUs: 6 });

/**
 * Cuts the power after each `step`-th byte of a scene, with a choice of outcomes that changes from byte to byte; each time
 * the card must come up again and hold what was chosen.
 * @returns how many cuts there were
 */
export function cutThroughout(scene: Scene, profileName: string, step: number): number {
  const characteristics = quick(profileName);
  const bytes = atEveryByte(start({ characteristics }, scene), scene.run, () => undefined);
  let cuts = 0;
  for (let at = 0; at <= bytes; at += step, cuts++) {
    const host = start({ characteristics }, scene);
    cutAfter(host, at, scene.run);
    const space = host.card.crashSpace();
    const choice = space.map(({ options }, axis) => (at + axis) % options.length);
    const wanted = new Map(scene.touched.map((sector) => [sector, host.card.media.get(sector)]));
    for (const [axis, { options }] of space.entries()) {
      const { sectors, contents } = options[choice[axis]!]!;
      sectors.forEach((sector, i) => wanted.set(sector, contents[i]!));
    }
    host.card.cutPower(choice);
    host.card.powerUp();
    host.initialise(true);
    const held = new Map([...wanted.keys()].map((sector) => [sector, host.card.view(sector)]));
    expect({ at, held }).toEqual({ at, held: wanted });
  }
  return cuts;
}
