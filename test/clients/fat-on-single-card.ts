import { CutSampler } from "../../host/campaign/search/cut-sampler.js";
import { FatClient } from "../../host/clients/fat-client.js";
import { FatDisk } from "../../host/clients/fat-disk.js";
import { FatReader } from "../../host/clients/fat-listing.js";
import { FatModel } from "../../host/clients/fat-model.js";
import { FileContents } from "../../host/clients/file-contents.js";
import { PageCache } from "../../host/page-cache/page-cache.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import { SingleCardDevice } from "./single-card-device.js";

const SECTORS = 1024;
const LENGTH_US = 1_200_000;
const CUTS = 160;
const OUTCOMES_PER_CUT = 10;

const NO_OBSERVER = {
  writeSubmitted: () => 0,
  bufferModified: () => undefined,
  writeDone: () => undefined,
  flushSubmitted: () => 0,
  flushDone: () => undefined,
  readReturned: () => undefined,
};

export interface SingleCardResult {
  /** Volumes mounted and judged after a cut. */
  mounts: number;
  /** Those that needed a sector that the cut had made unreadable. */
  unreadable: number;
  /** Mounts after cuts at which at least three files were settled. */
  withFiles: number;
  complaints: string[];
  /** Content ids of the card at the end. */
  image: Int32Array;
}

/** Runs the FAT client on one card, cuts its power at a sample of the steps, and judges what is mounted then. */
export async function fatOnSingleCard(
  profile: string,
  seed: number,
  lies: boolean,
): Promise<SingleCardResult> {
  const clock = new VirtualClock();
  const contents = new SectorContents();
  const device = new SingleCardDevice(clock, contents, SECTORS, profile, seed);
  device.lies = lies;
  const cache = new PageCache({
    clock,
    contents,
    device,
    observer: NO_OBSERVER,
    sectorsPerPage: 8,
    writeBackUs: 5000,
    dirtyAgeUs: 0,
    pagesPerPass: 64,
  });
  const files = new FileContents();
  const model = new FatModel();
  const reader = await FatReader.open(contents, files, SECTORS);
  const sampler = new CutSampler(CUTS, seed);
  const picks = new Prng(seed);
  const result: SingleCardResult = {
    mounts: 0,
    unreadable: 0,
    withFiles: 0,
    complaints: [],
    image: new Int32Array(SECTORS),
  };

  const cut = (): void => {
    const axes = device.card.crashSpace();
    for (let outcome = 0; outcome < OUTCOMES_PER_CUT; outcome++) {
      const image = Int32Array.from({ length: SECTORS }, (_, sector) => device.card.media.get(sector));
      for (const { options } of axes) {
        // The first outcome loses all that can be lost, the second one nothing, the others are random.
        const pick = outcome === 0 ? 0 : outcome === 1 ? options.length - 1 : picks.next() % options.length;
        options[pick]!.sectors.forEach((sector, i) => (image[sector] = options[pick]!.contents[i]!));
      }
      const listing = reader.list(image);
      result.mounts++;
      if (model.settledFiles >= 3) result.withFiles++;
      if (listing.unreadable) result.unreadable++;
      else if (model.complaint(listing) !== "") result.complaints.push(model.complaint(listing));
      if (axes.length === 0) break;
    }
  };
  const time = {
    step(): void {
      clock.step();
      if (sampler.due(clock.nowUs / LENGTH_US, !device.card.idle)) cut();
    },
  };
  const prng = new Prng(seed);
  const disk = new FatDisk(clock, contents, cache, time, SECTORS, prng);
  const client = await FatClient.open(disk, model, files, prng);
  client.format();
  while (clock.nowUs < LENGTH_US) client.change();
  result.image = Int32Array.from({ length: SECTORS }, (_, sector) => device.card.view(sector));
  return result;
}
