import { MEMBER_IN_SYNC, MEMBER_REBUILDING } from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";

/** What the driver says of its two members; what is true of the cards is told by MemberTruth. */
export class MemberStates {
  constructor(private readonly driver: DriverModule) {}

  /** MEMBER_... of the member in a slot. */
  readonly of = (slot: number): number => this.driver.exports.memberState(slot);

  isInSync(slot: number): boolean {
    return this.of(slot) === MEMBER_IN_SYNC;
  }

  /** Both members are in sync. */
  get isWhole(): boolean {
    return this.isInSync(0) && this.isInSync(1);
  }

  /** Somebody is left who holds everything. */
  get anyInSync(): boolean {
    return this.isInSync(0) || this.isInSync(1);
  }

  /** A member is copied to from one that holds everything. */
  get isRebuilding(): boolean {
    return this.anyInSync && [0, 1].some((slot) => this.of(slot) === MEMBER_REBUILDING);
  }
}
