import { describe, expect, it } from "vitest";
import type { FlashGeometry } from "../../../host/sdcard-emulator/flash/flash-geometry.js";
import { loadCardProfile } from "../../../host/sdcard-emulator/profile/load-profile.js";
import {
  characteristicsOf,
  identityOf,
  physicsOf,
} from "../../../host/sdcard-emulator/profile/profiled-card.js";
import { ROUND, smallFlash } from "../flash/small-flash.js";
import { pattern, SpiHost, steady } from "./spi-host.js";

const ACCEPTED = 0x05;
const WRITE_ERROR = 0x0d;
const BLOCK_TOKEN = 0xfe;

function onFlash(geometry: Partial<FlashGeometry>, name = "mlc") {
  const flash = smallFlash(geometry, {}, { filled: true, sectors: 1024 });
  const options = { physics: flash, characteristics: steady(name), sectors: 1024 };
  return { flash, host: new SpiHost(options).initialise(true) };
}

/** Busy after the last block, µs. */
function busyUs(host: SpiHost): number {
  const before = host.time.nowNs;
  host.ready();
  return (host.time.nowNs - before) / 1000;
}

describe("an SPI card on flash", () => {
  it("programs a page once in a stream, and for each block of its own", () => {
    const { host, flash } = onFlash({});
    host.command(25, 0);
    for (let i = 0; i < 8; i++) {
      host.sendBlock(pattern(i), 0xfc);
      host.ready();
    }
    host.byte(0xfd);
    host.byte();
    host.ready();
    const ofHost = () => flash.work.programs - flash.work.copies;
    expect(ofHost()).toBe(2);
    for (let i = 0; i < 8; i++) host.writeSector(i, pattern(i));
    expect(ofHost()).toBe(2 + 8);
  });

  it("is busy for a merge when a unit too many is opened", () => {
    const { host } = onFlash({});
    const unit = 32;
    for (const sector of [0, unit]) {
      host.command(24, sector);
      host.sendBlock(pattern(sector));
      expect(Math.abs(busyUs(host) - ROUND.writeOverheadUs - ROUND.pageProgramUs)).toBeLessThan(2);
    }
    host.command(24, 2 * unit);
    host.sendBlock(pattern(2));
    expect(busyUs(host)).toBeGreaterThan(8 * ROUND.pageProgramUs);
  });

  it("answers a block with a write error once the spare blocks are used up, and keeps what it had", () => {
    const { host, flash } = onFlash({ enduranceErases: 6 });
    let answer = ACCEPTED;
    let writes = 0;
    while (answer === ACCEPTED && writes < 20_000) {
      host.command(24, (writes % 2) * 32);
      answer = host.sendBlock(pattern(writes++)) & 0x1f;
      host.ready();
    }
    expect(answer).toBe(WRITE_ERROR);
    expect(flash.worn).toBe(true);
    const refused = writes - 1;
    expect(host.readSector((refused % 2) * 32).data).toEqual(pattern(refused - 2));
  });

  it("reads a sector that read disturb took as an error", () => {
    const { host } = onFlash({ readDisturbReads: 20, refreshes: false });
    for (let sector = 0; sector < 32; sector++) host.writeSector(sector, pattern(sector));
    const tokens = (): number[] => Array.from({ length: 32 }, (_, sector) => host.readSector(sector).token);
    expect(tokens().every((token) => token === BLOCK_TOKEN)).toBe(true);
    for (let i = 0; i < 20; i++) host.readSector(0);
    const bad = tokens().filter((token) => token !== BLOCK_TOKEN);
    expect(bad.length).toBeGreaterThan(0);
  });

  it("forgets its write cache with the power", () => {
    const { host, flash } = onFlash({ bufferPages: 8 }, "tlc-cached");
    host.writeSector(0, pattern(0));
    host.card.cutPower(host.card.crashSpace().map(() => 0));
    flash.flushUs();
    expect(flash.work.programs).toBe(0);
  });

  it("comes from a profile, registers and erase value included", () => {
    const profile = loadCardProfile("consumer-tlc");
    const host = new SpiHost({
      characteristics: characteristicsOf(profile),
      identity: identityOf(profile),
      physics: physicsOf(profile, { sectors: 8192, seed: 1 }),
    }).initialise(true);
    host.writeSector(3, pattern(3));
    expect(host.readSector(3).data).toEqual(pattern(3));
    // DATA_STAT_AFTER_ERASE is bit 55 of 64 (5.6): erased cells read as ones, also where nothing was written.
    host.application(51);
    expect(host.block(8).data[1]! >> 7).toBe(1);
    host.command(32, 2);
    host.command(33, 4);
    host.command(38);
    host.ready();
    for (const sector of [2, 3, 4]) {
      expect(host.readSector(sector).data).toEqual(new Uint8Array(512).fill(0xff));
    }
    expect(host.readSector(5).data).toEqual(new Uint8Array(512));
  });
});
