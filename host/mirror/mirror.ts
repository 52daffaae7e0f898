import {
  GEOMETRY_DATA_SECTORS,
  GEOMETRY_DATA_START,
  FORMAT_KEEP,
  OPTION_CARD_A_ID_0,
  OPTION_CHOOSE,
  OPTION_START_DEGRADED,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
} from "../../assembly/layout.js";
import { ArrayRequests } from "./array-requests.js";
import { CardSlots, checkFits } from "./card-slots.js";
import { Controller } from "./controller.js";
import { readCounters, type Counters } from "./counter-names.js";
import type { DriverOptions } from "./driver-options.js";
import { Members } from "./members.js";
import type { MirrorCard } from "./mirror-card.js";
import { quietPowerLoss } from "./mirror-error.js";
import type { MirrorEvent } from "./mirror-event.js";
import type { AssemblyOptions, PowerCutOptions, Slot } from "./mirror-options.js";
import { checkSlot, policyNumber, type MirrorPlan } from "./mirror-plan.js";
import { checkBoolean, checkKnown, checkWhole } from "./option-limits.js";
import { listRegions, type RegionFilter, type RegionStatus } from "./region-status.js";
import { Scrub } from "./scrub.js";
import { untilClean } from "./until-clean.js";

/** Superblocks and slots of the bitmap: strides in front of the data. */
const METADATA_AREAS = 4;
/** A minute. */
const SKEW_US_MAX = 60_000_000;

/**
 * The production driver over two emulated cards, in virtual time: nothing waits for a real clock, and the same calls
 * with the same seed give the same bytes. A method that returns a promise hands its request to the driver at once and
 * lets virtual time pass until the answer; requests of which several are not yet awaited run at once.
 */
export class Mirror {
  /** Member commands and states. */
  readonly members: Members;
  /** Comparing and repairing. */
  readonly scrub: Scrub;
  private readonly controller: Controller;
  private readonly slots: CardSlots;
  private readonly requests: ArrayRequests;
  private policy: number;
  /** Settle time that the running driver was told, ms. */
  private settleMs = 0;

  /** Use createMirror. */
  constructor(private readonly plan: MirrorPlan) {
    this.policy = plan.policy;
    const controller = new Controller(plan.epochMs);
    this.controller = controller;
    this.requests = new ArrayRequests(controller);
    this.members = new Members(controller);
    this.scrub = new Scrub(controller);
    const bench = {
      clock: controller.loop.clock,
      contents: controller.contents,
      fingerprint: plan.fingerprint,
      metadataEnd: this.metadataSectors,
      onComplete: controller.timed.onCardDone,
    };
    this.slots = new CardSlots(bench, (slot, chip) => controller.timed.insertCard(slot, chip));
  }

  /** Puts the cards of the plan in, then formats or assembles. createMirror has done it already. */
  async begin(): Promise<void> {
    const { plan, slots } = this;
    try {
      plan.cards.forEach((card, slot) => card !== null && slots.insert(slot as Slot, card));
      if (plan.format !== null) await this.format();
      else {
        await this.reassemble(plan.choose === null ? {} : { choose: plan.choose });
        this.controller.above.work = plan.onSync;
      }
    } catch (error) {
      // Whoever gave the cards gets them back.
      this.controller.lose();
      slots.cards.forEach((card, slot) => card !== null && slots.pull(slot as Slot));
      throw error;
    }
  }

  /** The cards in the slots; null for an empty one. */
  get cards(): readonly [MirrorCard | null, MirrorCard | null] {
    return [this.slots.cards[0], this.slots.cards[1]];
  }

  /** The card in a slot. @throws Error for an empty one */
  card(slot: number): MirrorCard {
    const card = this.cards[checkSlot("the slot", slot)];
    if (card === null) throw new Error(`slot ${slot} is empty: insert() a card first`);
    return card;
  }

  /** Data sectors of SECTOR_BYTES bytes. */
  get sectors(): number {
    return this.controller.geometry(GEOMETRY_DATA_SECTORS);
  }

  /** Virtual time since the mirror was made, µs. */
  get nowUs(): number {
    return this.controller.loop.clock.nowUs;
  }

  /**
   * Makes a new array on both cards, as the mirror was made; everything on them is lost, or with "keep" what differs.
   * @throws MirrorError when the cards have no room for an array
   * @throws Error when a slot is empty, or the mirror was made to take the array on the cards
   */
  async format(): Promise<void> {
    const { plan, controller } = this;
    if (plan.format === null)
      throw new Error('the mirror was made with format: "none": make another one to format');
    if (this.cards.includes(null))
      throw new Error("a new array needs two cards: insert() the missing one first");
    controller.lose();
    this.slots.start();
    // Before the array is handed over there is nothing to write.
    controller.above.work = null;
    // Every array has an id of its own, or the records of a former one could be taken for its.
    const nonce = this.slots.nextNonce();
    const [[, idA], [, idB]] = this.slots.ids;
    await controller.format(
      { ...this.driverOptions({}), arrayId: [plan.seed, nonce, idA, idB] },
      plan.regionShift,
      nonce,
    );
    this.policy = POLICY_SYNC_GATED;
    await this.reassemble();
    if (plan.format === FORMAT_KEEP) await this.sync();
    if (plan.policy !== POLICY_SYNC_GATED) {
      await this.stop();
      this.policy = plan.policy;
      await this.reassemble();
    }
    controller.above.work = plan.onSync;
  }

  /**
   * A controller starts on the cards and assembles the array: after stop(), after cutPower(), or as a reset of the
   * controller alone. Cards without power get it back; those with power finish the command under way.
   * @throws MirrorError when the cards are no array that the driver can run: ONE_CARD, SPLIT, LINEAGE, FOREIGN, ...
   */
  async reassemble(options: AssemblyOptions = {}): Promise<void> {
    checkKnown("reassemble", options, ["policy", "choose", "startDegraded"]);
    if (options.choose !== undefined) checkSlot("choose", options.choose);
    if (options.startDegraded !== undefined) checkBoolean("startDegraded", options.startDegraded);
    if (options.policy !== undefined) this.policy = policyNumber(options.policy);
    const driverOptions = this.driverOptions(options);
    this.slots.checkMetadata(this.metadataSectors);
    this.controller.lose();
    this.slots.start();
    await this.controller.assemble(driverOptions, this.policy, this.slots.nextNonce());
  }

  /**
   * Writes whole sectors to both cards; when it resolves both have taken them, durable after a flush. The bytes are
   * sampled while the cards receive them, each at its own instants: change them meanwhile, and the cards may differ.
   * @param fua force unit access: resolve when they are durable on both cards; default false
   * @throws MirrorError, PowerLostError
   */
  write(sector: number, bytes: Uint8Array, { fua = false }: { readonly fua?: boolean } = {}): Promise<void> {
    return quietPowerLoss(this.requests.write(fua ? "durable write" : "write", sector, bytes));
  }

  /** Reads `count` sectors. @throws MirrorError when a sector can be read from neither card; PowerLostError */
  read(sector: number, count = 1): Promise<Uint8Array> {
    return quietPowerLoss(this.requests.read(sector, count));
  }

  /** Makes every write that was answered before durable on both cards. @throws MirrorError, PowerLostError */
  flush(): Promise<void> {
    return quietPowerLoss(this.requests.flush());
  }

  /**
   * Gives sectors back: every region that lies in them as a whole becomes UNWRITTEN and reads as zeros, durably when it
   * resolves. Parts of regions are left as they are.
   * @returns number of regions given back
   * @throws MirrorError, PowerLostError
   */
  discard(sector: number, count: number): Promise<number> {
    return quietPowerLoss(this.requests.discard(sector, count));
  }

  /**
   * Lets time pass until every region is CLEAN or UNWRITTEN and no rebuild is left: copies have ended, and what was
   * written went through the sync gate.
   * @throws Error when the layer above fails a sync, when a member is missing, or under a policy that does not clear
   */
  sync(): Promise<void> {
    return quietPowerLoss(this.cleaned());
  }

  /** Stops the array behind one last pass through the sync gate. What that could not prove stays marked. */
  async stop(): Promise<void> {
    this.controller.checkRunning();
    await this.controller.stop();
  }

  /**
   * The shared rail drops: the controller is gone, and each card is left with one of its crash outcomes, chosen by
   * seed (or by you: `mirror.card(0).cutPower(choice)`). Requests under way reject with PowerLostError. With a skew one
   * card keeps its power longer, and finishes the command that it has taken; or takes more, while the controller lives on.
   * @throws Error that names the option which is outside its limits
   */
  cutPower(options: PowerCutOptions = {}): void {
    checkKnown("cutPower", options, ["first", "skewUs", "controllerLivesOn"]);
    const { first = 0, skewUs = 0, controllerLivesOn = false } = options;
    checkSlot("first", first);
    checkWhole("skewUs", skewUs, 0, SKEW_US_MAX);
    checkBoolean("controllerLivesOn", controllerLivesOn);
    if (!controllerLivesOn) this.controller.lose();
    if (skewUs > 0) {
      this.slots.cutPowerOf(first);
      if (!controllerLivesOn) this.slots.resetController();
      this.advance(skewUs);
    }
    if (controllerLivesOn) this.controller.lose();
    this.slots.cutPower();
  }

  /**
   * Pulls a card out of its slot, at any moment: it loses its power there and then. The driver is not told; it notices
   * by the next command that fails, or, of one under way, by deadlineMs.
   * @throws Error for an empty slot
   */
  pull(slot: number): MirrorCard {
    return this.slots.pull(checkSlot("the slot", slot));
  }

  /**
   * Puts a card into an empty slot and gives it power. If the driver still uses that slot it is told that this card has
   * initialised itself, and drops the member. Then `members.add` or `members.replace`, or reassemble().
   * @throws Error for a slot or a card that is taken, or a card that a running array cannot use
   */
  async insert(slot: number, card: MirrorCard): Promise<void> {
    const { controller, slots } = this;
    const to = checkSlot("the slot", slot);
    if (!controller.running) return slots.insert(to, card);
    checkFits(card, controller.geometry(GEOMETRY_DATA_START) + this.sectors, this.settleMs);
    slots.insert(to, card);
    card.id.forEach((word, i) => controller.driver.exports.configure(OPTION_CARD_A_ID_0 + 2 * to + i, word));
    const state = this.members.state(to);
    if (state === "IN_SYNC" || state === "REBUILDING") await this.members.reinitialised(to);
  }

  /** Lets `us` µs of virtual time pass, with whatever is under way. A sync of the layer above waits meanwhile. */
  advance(us: number): void {
    this.controller.loop.advance(us);
  }

  /** Regions and their states; all, or those in a state, or those not in it. Empty before an assembly has ended. */
  regions(filter: RegionFilter = {}): RegionStatus[] {
    return this.controller.running ? listRegions(this.controller.driver.exports, filter) : [];
  }

  /** The driver's counters since the last assembly. */
  counters(): Counters {
    return readCounters(this.controller.driver.exports.counter);
  }

  /** What the driver noted since the last assembly, the oldest first: at most the last 4096 events. */
  events(): MirrorEvent[] {
    return this.controller.log.list();
  }

  /**
   * What each card would return for a data sector now, without the driver: null where it reads as an error, and for an
   * empty slot. Only for looking: the driver is not asked, and repairs nothing.
   */
  inspect(sector: number): [Uint8Array | null, Uint8Array | null] {
    this.controller.checkRange("a look", sector, 1);
    const at = this.controller.geometry(GEOMETRY_DATA_START) + sector;
    const [a, b] = this.cards;
    return [a?.bytesOf(at) ?? null, b?.bytesOf(at) ?? null];
  }

  /** Sectors in front of the data. */
  private get metadataSectors(): number {
    return this.plan.baseSector + METADATA_AREAS * this.plan.metadataStride;
  }

  private async cleaned(): Promise<void> {
    this.controller.checkRunning();
    if (this.policy === POLICY_NEVER) {
      throw new Error('policy "never" clears nothing before stop(): use flush() to make writes durable');
    }
    await untilClean(this.controller, this.members);
    await this.requests.flush();
  }

  private driverOptions({ choose, startDegraded }: AssemblyOptions): DriverOptions {
    const { plan, slots } = this;
    this.settleMs = plan.settleMs ?? slots.settleMs;
    const more = new Map(plan.more);
    more.set(OPTION_START_DEGRADED, (startDegraded ?? plan.startDegraded) ? 1 : 0);
    if (choose !== undefined) more.set(OPTION_CHOOSE, choose + 1);
    return {
      cardSectors: slots.sectors,
      baseSector: plan.baseSector,
      metadataStride: plan.metadataStride,
      epochMs: plan.epochMs,
      settleMs: this.settleMs,
      cardIds: slots.ids,
      ...(plan.format === null ? {} : { format: plan.format }),
      more,
    };
  }
}
