import { MEMBERS } from "../../../assembly/layout.js";
import type { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { CardSlots } from "./card-slots.js";
import { END_ONE, END_RESET, END_SKEW, SKEW_US_MAX, type BootEnd } from "./scenario.js";

/** Whether the controller resets while a card, or both, keep power. */
export function isReset({ topology }: BootEnd): boolean {
  return topology === END_RESET || topology === END_ONE;
}

/** The controller is gone already: what becomes of the cards, which of them lose power and when. */
export function losePower(end: BootEnd, slots: CardSlots, clock: VirtualClock): void {
  const { topology, pick } = end;
  const [first, second] = pick % MEMBERS === 0 ? ([0, 1] as const) : ([1, 0] as const);
  if (isReset(end)) {
    if (topology === END_ONE) slots.cut(first, pick);
    for (const [slot, card] of slots.cards.entries()) {
      if (topology === END_RESET || slot === second) card.controllerReset();
    }
  } else if (topology === END_SKEW) {
    slots.cut(first, pick);
    slots.cards[second].controllerReset();
    const endUs = clock.nowUs + ((pick >>> 1) % SKEW_US_MAX);
    while (clock.nextUs() <= endUs) clock.step();
    slots.cut(second, pick);
  } else {
    for (const slot of [0, 1]) slots.cut(slot, pick);
  }
}
