import {
  MEMBER_ADD,
  MEMBER_FAIL,
  MEMBER_REINITIALISED,
  MEMBER_REMOVE,
  MEMBER_REPLACE,
  STATUS_ABORTED,
  STATUS_OK,
} from "../../assembly/layout.js";
import { readSuperblock, type CardSuperblock } from "./card-superblock.js";
import type { Controller } from "./controller.js";
import { lossCauseText, memberStateName, type LossCauseName, type MemberStateName } from "./member-names.js";
import { MirrorError, quietPowerLoss } from "./mirror-error.js";
import { checkSlot } from "./mirror-plan.js";

/**
 * The members of an array, by the slots of their cards. Each command resolves with the state that the member is in when
 * it has ended, and rejects with a MirrorError: BUSY while another command, a loss or a rebuild is under way, STATE when
 * the member is not in a state for it or nobody would be left who holds everything, ABORTED when the member was lost or
 * the array stopped first.
 */
export class Members {
  constructor(private readonly controller: Controller) {}

  /** State of the member in a slot. @throws Error when no array is assembled, or for what is no slot */
  state(slot: number): MemberStateName {
    this.controller.checkRunning();
    return memberStateName(this.controller.driver.exports.memberState(checkSlot("the slot", slot)));
  }

  /** States of both members. @throws Error when no array is assembled */
  states(): [MemberStateName, MemberStateName] {
    return [this.state(0), this.state(1)];
  }

  /**
   * What the card in a slot says of itself, as the driver last read or wrote it; null if it said nothing valid. Also
   * after an assembly that was refused: this is what a person looks at before reassemble({ choose }).
   */
  superblock(slot: number): CardSuperblock | null {
    return readSuperblock(this.controller.driver.exports, checkSlot("the slot", slot));
  }

  /** Drops a member at once, without a flush. Resolves when the survivor has recorded that it is alone. */
  fail(slot: number): Promise<MemberStateName> {
    return this.command("the fail", MEMBER_FAIL, slot);
  }

  /** Flushes both cards, then takes a member out, so that its card can be pulled. Resolves when that is recorded. */
  remove(slot: number): Promise<MemberStateName> {
    return this.command("the remove", MEMBER_REMOVE, slot);
  }

  /**
   * A card of this array is back in its slot: it gets what it missed. Resolves when its rebuild has ended.
   * @throws MirrorError also FOREIGN for a card of no or another array: replace() takes it
   */
  add(slot: number): Promise<MemberStateName> {
    return this.command("the add", MEMBER_ADD, slot);
  }

  /** Whatever card is in the slot becomes the member, and gets everything. Resolves when its rebuild has ended. */
  replace(slot: number): Promise<MemberStateName> {
    return this.command("the replace", MEMBER_REPLACE, slot);
  }

  /**
   * The card in a slot has initialised itself anew, and lost its cache: it is dropped. Taken at any time; while another
   * command or a loss is under way it resolves before the loss is recorded, and add() is BUSY for some ms more.
   * @throws MirrorError CARD_FAILED when it was the last one: reassemble() then
   */
  reinitialised(slot: number): Promise<MemberStateName> {
    return this.command("the report of a re-initialised card", MEMBER_REINITIALISED, slot);
  }

  private command(what: string, command: number, slot: number): Promise<MemberStateName> {
    return quietPowerLoss(this.ended(`${what} of the member in slot ${slot}`, command, slot));
  }

  private async ended(what: string, command: number, slot: number): Promise<MemberStateName> {
    const { controller } = this;
    checkSlot("the slot", slot);
    let cause: LossCauseName | null = null;
    const deaf = controller.log.listen((event) => {
      if (event.kind === "loss" && event.slot === slot) cause = event.cause;
    });
    try {
      const status = await controller.command(what, (tag) =>
        controller.timed.memberCommand(command, slot, tag),
      );
      controller.log.gather();
      if (status !== STATUS_OK) {
        throw new MirrorError(what, status, status === STATUS_ABORTED ? this.whyAborted(cause) : "");
      }
    } finally {
      deaf();
    }
    return memberStateName(controller.driver.exports.memberState(slot));
  }

  /** @param cause why the member was lost while the command was under way; null if it was not */
  private whyAborted(cause: LossCauseName | null): string {
    if (cause !== null) return `it was dropped because ${lossCauseText(cause)}`;
    return this.controller.running ? "its card failed before it was a member: is there one in the slot?" : "";
  }
}
