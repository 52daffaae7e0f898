import { REGIONS_PER_BITMAP_SECTOR } from "../../../assembly/layout.js";
import type { CutMoment } from "../search/cut-explorer.js";
import { CARD_NAMES } from "./event-words.js";
import type { MailFacts } from "./mail-facts.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import type { Replayed } from "./replay.js";
import { ACTION_FORGET, ACTION_STORE } from "../world/scenario.js";
import type { ValueNames } from "./value-names.js";

/** Says when something happened. */
export type MomentText = (moment: CutMoment) => string;

/**
 * A region that was cleared although its cards differ, in the eight steps of the mail that found it: write, modify,
 * dirty again, clear, cut, no resync, and two reads that disagree.
 */
export function mailSteps(replayed: Replayed, facts: MailFacts, names: ValueNames, at: MomentText): string[] {
  const steps = [
    writeStep(facts, names, at),
    takeStep(facts, names, at),
    dirtyStep(replayed, facts, at),
    clearStep(replayed.failing.scenario.policy, facts, at),
    cutStep(replayed, facts, names, at),
    recoveryStep(replayed, facts),
    ...readSteps(replayed, facts, names),
  ];
  return steps.map((step, index) => `${index + 1}. ${step}`);
}

function writeStep({ write, sector }: MailFacts, names: ValueNames, at: MomentText): string {
  const value = names.name(sector, write.contents[sector - write.sector]!);
  const buffer =
    write.page === null
      ? "The direct writer begins to write its buffer"
      : `The page cache turns off the dirty flag of page ${write.page} and begins to write its buffer`;
  return `${at(write)} ${buffer} to both cards. For sector ${sector} it holds ${value}.`;
}

function takeStep(facts: MailFacts, names: ValueNames, at: MomentText): string {
  const { sector, cards, store } = facts;
  const [a, b] = cards.map(({ tookContent }) => names.name(sector, tookContent));
  const takes = `Card A takes ${a} ${at(cards[0].taken)}, card B takes ${b} ${at(cards[1].taken)}.`;
  if (store === null) return a === b ? `Both cards take ${a}: nobody changes the buffer meanwhile.` : takes;
  const value = names.name(sector, store.content);
  return `${at(store)} A thread stores ${value} into the buffer while it is being written. ${takes}`;
}

function dirtyStep({ events }: Replayed, { write, store }: MailFacts, at: MomentText): string {
  const { page } = write;
  if (store === null) return "So nothing has to be written again.";
  if (page === null) return "The buffer belongs to no page: no dirty flag, and nobody writes it again.";
  const after = events.slice(events.indexOf(write));
  const forgotten = forgetting(events, write);
  if (forgotten !== undefined) {
    return `${at(forgotten)} Page ${page} is forgotten with what the thread stored: nobody will write it again.`;
  }
  const late = after.find(
    (event) =>
      event.kind === "action" &&
      event.action.kind === ACTION_STORE &&
      event.action.page === page &&
      event.action.amount > 0,
  );
  if (late?.kind === "action") {
    return `The thread turns the dirty flag of page ${page} on again only ${late.action.amount} us after its store.`;
  }
  return `The store turns the dirty flag of page ${page} on again: it will be written once more, later.`;
}

/** The event after which nobody has the page that the write sends, if there is one. */
function forgetting(
  events: Replayed["events"],
  write: MailFacts["write"],
): Replayed["events"][number] | undefined {
  return events
    .slice(events.indexOf(write))
    .find(
      (event) =>
        event.kind === "action" && event.action.kind === ACTION_FORGET && event.action.page === write.page,
    );
}

function clearStep(policy: PolicyChoice, { cards, region, clear }: MailFacts, at: MomentText): string {
  const { record, taken, ended } = clear;
  const held = CARD_NAMES.flatMap((card, member) => {
    const moment = ended[member] ?? taken[member];
    return moment ? [`${card} ${ended[member] ? "has" : "takes"} it ${at(moment)}`] : [];
  });
  return (
    `Card A ends the write ${at(cards[0].ended)}, card B ${at(cards[1].ended)}. ${clearReason(policy, region)} ` +
    `and turns off its bit in record ${record.sequence}: ${held.join(", ")}.`
  );
}

function clearReason(policy: PolicyChoice, region: number): string {
  const takes = "takes it for equal on both cards";
  switch (policy.name) {
    case "cooldown":
      return `After ${policy.cooldownMs} ms without a write to region ${region} the driver ${takes}`;
    case "sync-gated":
      return `The layer above has synced since the last write to region ${region}: the driver ${takes}`;
    default:
      return `All writes to region ${region} have ended: the driver ${takes}`;
  }
}

function cutStep(
  { violation, events }: Replayed,
  facts: MailFacts,
  names: ValueNames,
  at: MomentText,
): string {
  const { sector, cards, store, write, nextWrite } = facts;
  const kept = cards.map(({ tookContent, keptContent }, member) => {
    const value = names.name(sector, keptContent);
    return tookContent === keptContent
      ? `${CARD_NAMES[member]} keeps ${value}`
      : `${CARD_NAMES[member]} loses what it took and is left with ${value}`;
  });
  const what = write.page === null ? "the sector" : `page ${write.page}`;
  const before =
    nextWrite !== null
      ? `The next write of ${what} has begun, but before it is on the cards`
      : store === null || forgetting(events, write) !== undefined
        ? "Then"
        : `Before ${what} is written again,`;
  return `${at(violation!)} ${before} the power of both cards fails: ${kept.join(", ")}.`;
}

function recoveryStep({ outcome }: Replayed, { region, believed, believedOn }: MailFacts): string {
  const marked = [...outcome!.recovered.marked];
  const others = marked.length === 0 ? "nothing" : `only ${regionsText(marked)}`;
  const where = believedOn.map((member) => CARD_NAMES[member]).join(" and ");
  const bit = believed.marks[region % REGIONS_PER_BITMAP_SECTOR] === 1 ? "on" : "off";
  return (
    `After the boot the newest record is ${believed.sequence} (on ${where}); the bit of region ${region} is ` +
    `${bit}, so recovery resynchronises ${others}.`
  );
}

function regionsText(regions: readonly number[]): string {
  return regions.length === 1 ? `region ${regions[0]}` : `regions ${regions.join(", ")}`;
}

function readSteps({ outcome }: Replayed, { sector, cards }: MailFacts, names: ValueNames): [string, string] {
  const [a, b] = cards;
  const from = (content: number): string => {
    if (content === a.keptContent) return " (from card A)";
    return content === b.keptContent ? " (from card B)" : "";
  };
  const { values } = outcome!.recovered;
  const [first = a.keptContent, second = a.keptContent] = values;
  const reads = `A read of sector ${sector} returns ${names.name(sector, first)}${from(first)}: the application goes by it.`;
  if (first !== second) {
    return [reads, `A later read of the same sector returns ${names.name(sector, second)}${from(second)}.`];
  }
  const other = first === a.keptContent ? b : a;
  const name = names.name(sector, other.keptContent);
  return [
    reads,
    `The next read happens to return the same, but the other card holds ${name} for ever after.`,
  ];
}
