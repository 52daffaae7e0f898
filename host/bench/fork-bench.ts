/** What a snapshot of a card costs: of its contents and of its flash, copy-on-write, each with one change after it. */
import { CardImage } from "../sdcard-emulator/card-image.js";
import { loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import { physicsOf } from "../sdcard-emulator/profile/profiled-card.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { measureCpu } from "./measure-cpu.js";

export interface ForkRate {
  readonly of: "contents" | "flash";
  /** Of a card with every sector written. */
  readonly sectors: number;
  readonly forksPerSecond: number;
  readonly nsPerFork: number;
}

/** 72 MiB. */
const SECTORS = 147_456;
const PROFILE = "consumer-tlc";

/** @param seconds CPU time of each kind */
export function benchForks(seconds: number): ForkRate[] {
  const contents = new SectorContents();
  const media = new CardImage(SECTORS);
  for (let sector = 0; sector < SECTORS; sector++) media.set(sector, stamped(contents, 1 + (sector % 500)));
  const other = stamped(contents, 1000);
  let at = 0;
  const image = { fork: () => media.fork().set(at++ % SECTORS, other) };
  const physics = physicsOf(loadCardProfile(PROFILE), { sectors: SECTORS, seed: 1, filled: true });
  const flash = { fork: () => void physics.fork().writeUs(at++ % SECTORS, 1) };
  return [rateOf("contents", image, seconds), rateOf("flash", flash, seconds)];
}

function rateOf(of: ForkRate["of"], load: { readonly fork: () => void }, seconds: number): ForkRate {
  const { runs, cpuSeconds } = measureCpu(load, ({ fork }) => fork(), seconds);
  return { of, sectors: SECTORS, forksPerSecond: runs / cpuSeconds, nsPerFork: (cpuSeconds * 1e9) / runs };
}

function stamped(contents: SectorContents, n: number): number {
  const piece = contents.stamp(n);
  return contents.sectorOf(piece, piece);
}
