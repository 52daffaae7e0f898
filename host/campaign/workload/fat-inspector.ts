import type { FatListing, FatReader } from "../../clients/fat-listing.js";
import type { FatModel } from "../../clients/fat-model.js";
import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { CampaignReport } from "../campaign-report.js";
import { FAULT_CLEAN_AND_FLIPS, FAULT_CLEAN_BUT_DIFFERENT, FAULT_NONE } from "../search/recovery-fault.js";
import type { RecoveryInspector } from "../search/recovery-inspector.js";
import type { Recovered } from "../search/recovery.js";
import type { ScratchPair } from "../search/scratch-pair.js";

/** The ways in which one recovered state was mounted. */
interface MountedState {
  readonly places: readonly string[];
  readonly listings: readonly FatListing[];
  /** Version of the model at which it was judged last, and the answer. */
  judgedVersion: number;
  complaint: string;
}

const CARDS = ["card A", "card B"] as const;

/**
 * Mounts the FAT volume that fills a recovered array: as the driver's reads return it, and read from each card once
 * resync is over. The same data always mount the same way, so each data state is mounted once, up to a limit.
 */
export class FatInspector implements RecoveryInspector {
  private readonly listings = new Map<number, FatListing>();
  private readonly states = new WeakMap<Recovered, MountedState>();
  private readonly image: Int32Array;
  private readonly other: Int32Array;

  /** @param mountsMax data states that are mounted at most */
  constructor(
    private readonly reader: FatReader,
    private readonly model: FatModel,
    private readonly geometry: ArrayGeometry,
    private readonly report: CampaignReport,
    private readonly mountsMax: number,
  ) {
    this.image = new Int32Array(geometry.dataSectors);
    this.other = new Int32Array(geometry.dataSectors);
  }

  get version(): number {
    return this.model.version;
  }

  stateRecovered(pair: ScratchPair, recovered: Recovered): void {
    const { fault } = recovered;
    if (fault === FAULT_CLEAN_AND_FLIPS || fault === FAULT_CLEAN_BUT_DIFFERENT) {
      this.compareCards(pair, recovered);
    }
    if (fault !== FAULT_NONE) return;
    const places: string[] = [];
    const listings: FatListing[] = [];
    const mount = (place: string, image: Int32Array): void => {
      const listing = this.listingOf(image);
      if (listing === null) return;
      places.push(place);
      listings.push(listing);
    };
    mount("the assembled array", recovered.values);
    if (recovered.resynced) {
      for (const [member, place] of CARDS.entries()) mount(place, this.imageOf(pair, member));
    }
    if (listings.length === (recovered.resynced ? 1 + CARDS.length : 1)) this.report.mountedStates++;
    if (listings.some(({ unreadable }) => unreadable)) this.report.unreadableMounts++;
    this.states.set(recovered, { places, listings, judgedVersion: -1, complaint: "" });
  }

  /** A volume that needs an unreadable sector is not judged: whether it may be one, the oracle knows. */
  judge(recovered: Recovered): string {
    const state = this.states.get(recovered);
    if (state === undefined) return "";
    if (state.judgedVersion !== this.model.version) {
      state.judgedVersion = this.model.version;
      state.complaint = this.complaintOf(state);
    }
    return state.complaint;
  }

  private complaintOf({ places, listings }: MountedState): string {
    for (const [i, listing] of listings.entries()) {
      const complaint = listing.unreadable ? "" : this.model.complaint(listing);
      if (complaint !== "") return `mounted from ${places[i]}: ${complaint}`;
    }
    return "";
  }

  private imageOf(pair: ScratchPair, member: number): Int32Array {
    const { dataStart } = this.geometry;
    for (let i = 0; i < this.image.length; i++) this.image[i] = pair.get(member, dataStart + i);
    return this.image;
  }

  /** A region called clean differs: what a person sees who gets one card or the other after resync. */
  private compareCards(pair: ScratchPair, recovered: Recovered): void {
    const { dataStart, regionShift } = this.geometry;
    const marked = new Set(recovered.marked);
    for (let i = 0; i < this.image.length; i++) {
      const a = pair.get(0, dataStart + i);
      const b = pair.get(1, dataStart + i);
      this.image[i] = a === UNREADABLE ? b : a;
      this.other[i] = marked.has(i >> regionShift) || b === UNREADABLE ? this.image[i]! : b;
    }
    const first = this.listingOf(this.image);
    const second = this.listingOf(this.other);
    if (first !== null && second !== null && !sameFiles(first, second)) this.report.filesDiffer++;
  }

  /** Null when the limit is reached and these data were not mounted before. */
  private listingOf(image: Int32Array): FatListing | null {
    const key = hashOf(image);
    const known = this.listings.get(key);
    if (known !== undefined) return known;
    if (this.listings.size >= this.mountsMax) return null;
    const listing = this.reader.list(image);
    this.listings.set(key, listing);
    this.report.mounts++;
    return listing;
  }
}

/** 53 bits of FNV-1a over content ids, in two lanes. */
function hashOf(image: Int32Array): number {
  let low = 0x811c9dc5;
  let high = 0x1000193;
  for (let i = 0; i < image.length; i++) {
    low = Math.imul(low ^ image[i]!, 0x01000193);
    high = Math.imul(high ^ (image[i]! + i), 0x85ebca6b);
    high ^= high >>> 13;
  }
  return (low >>> 0) * 0x200000 + ((high >>> 3) & 0x1fffff);
}

function sameFiles(a: FatListing, b: FatListing): boolean {
  if (a.mountError !== b.mountError || a.files.size !== b.files.size) return false;
  for (const [name, contents] of a.files) if (b.files.get(name) !== contents) return false;
  return true;
}
