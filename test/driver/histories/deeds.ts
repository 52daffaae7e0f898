import * as layout from "../../../assembly/layout.js";
import type { Caller } from "./caller.js";
import type { Chance } from "./chance.js";
import type { DrawnArray } from "./drawn-array.js";
import type { HistoryHost } from "./history-host.js";

/** Something that may happen, and how often of `CHANCES` times. */
interface Deed {
  readonly weight: number;
  readonly act: () => void;
}

const CHANCES = 40;

/** What happens while the array runs: requests of the caller, and everything that can happen to the cards. */
export class Deeds {
  private stopping = false;
  private readonly deeds: readonly (() => void)[];

  constructor(
    private readonly host: HistoryHost,
    private readonly array: DrawnArray,
    private readonly chance: Chance,
    private readonly caller: Caller,
  ) {
    const deeds: readonly Deed[] = [
      { weight: 12, act: () => caller.write(chance.oneIn(4)) },
      { weight: 6, act: () => caller.read() },
      { weight: 2, act: () => caller.flush() },
      { weight: 3, act: () => caller.discard() },
      { weight: 1, act: () => caller.scrub() },
      { weight: 1, act: () => (chance.oneIn(2) ? this.cardFails() : this.absentCardsReturn()) },
      { weight: 1, act: () => this.cardReturns() },
      { weight: 3, act: () => this.absentCardsReturn() },
      { weight: 1, act: () => this.cardIsTakenOut() },
      { weight: 1, act: () => this.cardInitialisesItselfAnew() },
      { weight: 1, act: () => this.cardFallsSilent() },
      { weight: 1, act: () => this.sectorBecomesUnreadable() },
      { weight: 1, act: () => caller.scrub() },
      { weight: 1, act: () => host.answerSyncs() },
      { weight: 1, act: () => this.callerStops() },
    ];
    this.deeds = deeds.flatMap(({ weight, act }) => Array.from({ length: weight }, () => act));
  }

  /** The array has been assembled. */
  begin(): void {
    this.stopping = false;
  }

  /** One deed, or, a few times in `CHANCES`, none. */
  one(): void {
    this.deeds[this.chance.below(CHANCES)]?.();
  }

  private cardFails(): void {
    this.drawCard().failing = true;
  }

  private cardFallsSilent(): void {
    if (this.chance.oneIn(3)) this.drawCard().silent = true;
  }

  private cardReturns(): void {
    const member = this.drawMember();
    this.host.recoverCards();
    if (this.host.exports.memberState(member) !== layout.MEMBER_IN_SYNC) this.makeMember(member);
  }

  private absentCardsReturn(): void {
    this.host.recoverCards();
    for (let member = 0; member < layout.MEMBERS; member++) {
      const state = this.host.exports.memberState(member);
      if (state === layout.MEMBER_MISSING || state === layout.MEMBER_FAULTY) this.makeMember(member);
    }
  }

  private cardIsTakenOut(): void {
    if (!this.chance.oneIn(2)) return;
    const command = this.chance.among([layout.MEMBER_FAIL, layout.MEMBER_REMOVE]);
    this.commandMember(command, this.drawMember());
  }

  /** Never once a stop was asked for: a stopped array refuses to be told. */
  private cardInitialisesItselfAnew(): void {
    if (this.stopping || !this.chance.oneIn(3)) return;
    const member = this.drawMember();
    // Only where the other card has everything: what is lost of the last one was promised, and no driver brings it back.
    const spared =
      !this.host.bothInSync && this.host.exports.memberState(member) !== layout.MEMBER_REBUILDING;
    if (spared) return;
    this.host.reinitialise(member);
    this.commandMember(layout.MEMBER_REINITIALISED, member);
  }

  /** Only where the other card holds the same, for a sector that nobody can give proves nothing. */
  private sectorBecomesUnreadable(): void {
    if (!this.chance.oneIn(2) || !this.host.bothInSync) return;
    const sector = this.array.drawSector();
    const cardSector = this.array.dataStart + sector;
    if (this.host.cards.some((card) => card.unreadable.has(cardSector))) return;
    if (this.host.exports.regionState(this.array.regionOf(sector)) !== layout.REGION_CLEAN) return;
    this.host.log.push(`data sector ${sector} becomes unreadable on a card`);
    this.drawCard().unreadable.add(cardSector);
  }

  private callerStops(): void {
    if (this.chance.oneIn(4) && this.caller.stop()) this.stopping = true;
  }

  /** The card comes back as itself, or now and then as one that knows nothing. */
  private makeMember(member: number): void {
    this.commandMember(this.chance.oneIn(4) ? layout.MEMBER_REPLACE : layout.MEMBER_ADD, member);
  }

  private commandMember(command: number, member: number): void {
    const what = `member command ${command} for ${"AB"[member]}`;
    this.host.requests.begin(what, (tag) => this.host.exports.memberCommand(command, member, tag));
  }

  private drawMember(): number {
    return this.chance.below(layout.MEMBERS);
  }

  private drawCard(): HistoryHost["cards"][number] {
    return this.host.cards[this.drawMember()]!;
  }
}
