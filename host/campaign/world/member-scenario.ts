import {
  MEMBERS,
  MEMBER_ADD,
  MEMBER_FAIL,
  MEMBER_REMOVE,
  MEMBER_REPLACE,
  OPTION_DEADLINE_MS,
  OPTION_START_DEGRADED,
  SCRUB_REPAIR,
} from "../../../assembly/layout.js";
import { Prng } from "../../sdcard-emulator/prng.js";
import { action } from "./action.js";
import { generateScenario, type GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_CARD,
  ACTION_DISCARD,
  ACTION_FUA,
  ACTION_MEMBER,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  CARD_NONE,
  CARD_SPARE,
  ENDS,
  HAPPENS_FAILS,
  HAPPENS_INSERTED,
  HAPPENS_PULLED,
  HAPPENS_REINITIALISES,
  HAPPENS_SILENT,
  HAPPENS_SPOILS,
  type Action,
  type Boot,
  type Scenario,
} from "./scenario.js";

/** Longer than the longest stall of any profile. */
const DEADLINE_MS = 30;
const PAGES = 8;
/** Time for a rebuild of the small array. */
const REBUILD_US = 60_000;
/** Time in which a boot resynchronises the small array. */
const RESYNC_US = 15_000;
const DISCARDS = 6;
/** The way to lose a member after which another card can take its place. */
const PULL = 2;

/** What a generator of histories of members may let happen. */
export interface MemberGeneratorOptions extends GeneratorOptions {
  /** Blank cards take the place of members: in some boots, or in every one that loses a member. */
  readonly spares?: boolean | "always";
}

/**
 * A random world from a seed in which cards come and go: as generateScenario, and in most boots a member is lost in one
 * of the ways there are, comes back or is replaced, or a boot finds its cards swapped or one missing.
 */
export function generateMemberScenario(seed: number, options: MemberGeneratorOptions): Scenario {
  const base = generateScenario(seed, { ...options, bootsMax: options.bootsMax ?? 3 });
  const prng = new Prng(Math.imul(seed, 0x85ebca6b) ^ 0x3e3be2);
  const below = (limit: number): number => prng.next() % limit;
  const boots = base.boots.map((boot, index) => withMembers(boot, index, below, options.spares ?? false));
  return { ...base, boots, options: memberOptions(options.more) };
}

/** Options under which a card may die, and one go on alone. */
export function memberOptions(more: GeneratorOptions["more"] = []): (readonly [number, number])[] {
  const added = [[OPTION_DEADLINE_MS, DEADLINE_MS] as const, [OPTION_START_DEGRADED, 1] as const];
  return [...added, ...more].toSorted(([a], [b]) => a - b);
}

type Below = (limit: number) => number;

function withMembers(boot: Boot, index: number, below: Below, spares: boolean | "always"): Boot {
  const lengthUs = boot.actions.at(-1)?.atUs ?? 10_000;
  // What is clean by then is what only a whole copy gives to a blank card.
  const earliestUs = spares === "always" ? Math.floor(lengthUs / 2) : 0;
  const plot = below(100) < 80 ? lossOf(below, earliestUs + below(lengthUs - earliestUs + 1), spares) : [];
  const extras = Array.from({ length: below(3) }, () => extraOf(below, below(lengthUs + 1)));
  const discards = below(100) < 30 ? discardsOf(below, lengthUs) : [];
  // Of a rebuild that assembly began: one that a command began makes the next command wait.
  const removal =
    index > 0 && below(100) < 30
      ? [action(below(RESYNC_US), ACTION_MEMBER, below(MEMBERS), 0, 0, MEMBER_REMOVE)]
      : [];
  const actions = [...boot.actions, ...plot, ...extras, ...discards, ...removal];
  actions.sort((one, other) => one.atUs - other.atUs);
  const lastUs = actions.at(-1)?.atUs ?? 0;
  const isLong = below(100) >= 50 || spares === "always";
  const atUs = isLong ? lastUs + below(REBUILD_US) : boot.end.atUs;
  const end = { ...boot.end, topology: below(100) < 50 ? boot.end.topology : below(ENDS), atUs };
  const slots = index === 0 ? undefined : slotsOf(below);
  return slots === undefined ? { actions, end } : { slots, actions, end };
}

function slotsOf(below: Below): readonly [number, number] | undefined {
  const chance = below(100);
  if (chance < 45) return undefined;
  if (chance < 60) return [0, 1];
  if (chance < 70) return [1, 0];
  if (chance < 85) return [0, CARD_NONE];
  return [CARD_NONE, 1];
}

/** A member is lost, and often comes back while writes go on. */
function lossOf(below: Below, atUs: number, spares: boolean | "always"): Action[] {
  const slot = below(2);
  const laterUs = atUs + below(30_000);
  const backUs = laterUs + 1 + below(3000);
  const pick = below(1 << 20);
  const between = Array.from({ length: below(6) }, () =>
    action(atUs + below(backUs - atUs + 1), ACTION_STORE, below(PAGES), 0, below(2)),
  );
  const synced = below(2) === 0 ? [action(laterUs, ACTION_SYNC, 0)] : [];
  const again = below(100) < 40 ? [lostAgain(below, backUs, slot)] : [];
  const back = below(100) < 70 ? [action(backUs, ACTION_MEMBER, slot, 0, 0, MEMBER_ADD), ...again] : [];
  const replaced = [
    action(laterUs, ACTION_CARD, slot, CARD_SPARE, 0, HAPPENS_INSERTED),
    action(backUs, ACTION_MEMBER, slot, 0, 0, MEMBER_REPLACE),
  ];
  const returns =
    spares !== false && (below(100) < 40 || spares === "always")
      ? replaced
      : [action(laterUs, ACTION_CARD, slot, CARD_NONE, 0, HAPPENS_INSERTED), ...back];
  const isReplaced = spares === "always" || (spares && below(100) < 30);
  switch (isReplaced ? PULL : below(6)) {
    case 0:
      return [action(atUs, ACTION_CARD, slot, pick, 0, HAPPENS_SILENT), ...between, ...synced];
    case 1:
      return [action(atUs, ACTION_CARD, slot, pick, 0, HAPPENS_FAILS), ...between, ...synced];
    case PULL:
      return [action(atUs, ACTION_CARD, slot, pick, 0, HAPPENS_PULLED), ...between, ...synced, ...returns];
    case 3:
      return [
        action(atUs, ACTION_CARD, slot, pick, 0, HAPPENS_REINITIALISES),
        ...between,
        ...synced,
        ...back,
      ];
    case 4:
      return [action(atUs, ACTION_MEMBER, slot, 0, 0, MEMBER_FAIL), ...between, ...synced, ...back];
    default:
      return [action(atUs, ACTION_MEMBER, slot, 0, 0, MEMBER_REMOVE), ...between, ...synced, ...back];
  }
}

/** A member that has just come back is lost while it is rebuilt. */
function lostAgain(below: Below, backUs: number, slot: number): Action {
  const atUs = backUs + below(REBUILD_US / 2);
  return below(2) === 0
    ? action(atUs, ACTION_MEMBER, slot, 0, 0, MEMBER_REMOVE)
    : action(atUs, ACTION_CARD, slot, below(1 << 20), 0, HAPPENS_REINITIALISES);
}

/** Discards meet a region in any state: some come while the array is resynchronised. */
function discardsOf(below: Below, lengthUs: number): Action[] {
  return Array.from({ length: DISCARDS }, (_, index) =>
    discardOf(below, below(1 + (index % 2 === 0 ? RESYNC_US : lengthUs))),
  );
}

function discardOf(below: Below, atUs: number): Action {
  const page = below(PAGES - 1);
  return action(atUs, ACTION_DISCARD, page, 0, 0, 1 + below(PAGES - page));
}

function extraOf(below: Below, atUs: number): Action {
  switch (below(4)) {
    case 0:
      return discardOf(below, atUs);
    case 1: {
      const page = below(PAGES);
      return action(atUs, ACTION_FUA, page, 0, 0, 1 + below(Math.min(3, PAGES - page)));
    }
    case 2:
      return action(atUs, ACTION_SCRUB, 0, 0, 0, SCRUB_REPAIR);
    default:
      return action(atUs, ACTION_CARD, below(2), below(PAGES), 0, HAPPENS_SPOILS);
  }
}
