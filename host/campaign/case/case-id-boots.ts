import { MEMBERS } from "../../../assembly/layout.js";
import {
  digitsOf,
  digitsText,
  numberOf,
  numberText,
  numbersOf,
  numbersText,
  refuse,
} from "./case-id-text.js";
import { PLAIN_END } from "../world/plain-scenario.js";
import {
  ACTION_CARD,
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_DISCARD,
  ACTION_FORGET,
  ACTION_FUA,
  ACTION_MEMBER,
  ACTION_OVERWRITE,
  ACTION_READ,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  CARDS,
  END_ONE,
  END_POWER,
  END_RESET,
  END_SKEW,
  END_STOP,
  type Action,
  type Boot,
  type BootEnd,
} from "../world/scenario.js";

type ActionField = Exclude<keyof Action, "kind" | "atUs">;

/** An action is its letter, its time in us, then these fields, each after a dot, zeros at the end left out. */
interface ActionForm {
  readonly kind: number;
  readonly letter: string;
  /** The fields that matter first. */
  readonly fields: readonly ActionField[];
}

const ACTIONS: readonly ActionForm[] = [
  { kind: ACTION_STORE, letter: "s", fields: ["page", "piece", "amount", "sector"] },
  { kind: ACTION_FORGET, letter: "f", fields: ["page", "amount", "piece", "sector"] },
  { kind: ACTION_SYNC, letter: "y", fields: ["amount", "page", "piece", "sector"] },
  { kind: ACTION_READ, letter: "r", fields: ["page", "piece", "amount", "sector"] },
  { kind: ACTION_DIRECT, letter: "d", fields: ["page", "amount", "piece", "sector"] },
  { kind: ACTION_DIRECT_STORE, letter: "x", fields: ["sector", "piece", "amount", "page"] },
  { kind: ACTION_MEMBER, letter: "m", fields: ["amount", "page", "piece", "sector"] },
  { kind: ACTION_CARD, letter: "g", fields: ["amount", "page", "sector", "piece"] },
  { kind: ACTION_DISCARD, letter: "u", fields: ["page", "amount", "piece", "sector"] },
  { kind: ACTION_FUA, letter: "w", fields: ["page", "amount", "piece", "sector"] },
  { kind: ACTION_OVERWRITE, letter: "o", fields: ["page", "piece", "amount", "sector"] },
  { kind: ACTION_SCRUB, letter: "v", fields: ["amount", "page", "piece", "sector"] },
];
/** The end of a boot: its letter, its time in us, the pick. The letter alone is PLAIN_END. */
const END_LETTERS = new Map([
  [END_POWER, "p"],
  [END_RESET, "z"],
  [END_STOP, "q"],
  [END_SKEW, "k"],
  [END_ONE, "j"],
]);
/** What lies in the slots at the beginning of a boot: a digit each, and a third one if a person chooses. */
const START_LETTER = "i";
const CUT = /^c/;

/** Whether the boots are over. */
export function isCutSection(section: string): boolean {
  return CUT.test(section);
}

/** One section for each action and each end. The end of the last boot is left out where it is PLAIN_END. */
export function bootSections(boots: readonly Boot[]): string[] {
  if (boots.length === 0) throw new Error("a case without a boot has no id");
  return boots.flatMap((boot, index) => {
    const { actions, end } = boot;
    const sections = [...startTexts(boot), ...actions.map(actionText)];
    const isLast = index === boots.length - 1;
    if (!(isLast && isPlain(end) && sections.length > 0)) sections.push(endText(end));
    return sections;
  });
}

/** The reverse of bootSections. @throws CaseIdError */
export function bootsOf(sections: readonly string[]): Boot[] {
  const boots: Boot[] = [];
  let actions: Action[] = [];
  let start: BootStart = {};
  for (const section of sections) {
    if (section.startsWith(START_LETTER)) {
      if (actions.length > 0)
        refuse(`boot ${boots.length}`, "what lies in the slots before any action", section);
      start = startOf(section, `boot ${boots.length}`);
      continue;
    }
    const end = endOf(section);
    if (end === null) {
      actions.push(actionOf(section, `boot ${boots.length}, action ${actions.length}`));
      continue;
    }
    boots.push({ ...start, actions, end });
    actions = [];
    start = {};
  }
  if (actions.length > 0 || start.slots !== undefined) boots.push({ ...start, actions, end: PLAIN_END });
  return boots;
}

type BootStart = Pick<Boot, "slots" | "choose">;

function startTexts({ slots, choose = 0 }: Boot): string[] {
  if (slots === undefined) {
    if (choose !== 0) throw new Error("a case id says what lies in the slots where a person chooses");
    return [];
  }
  return [`${START_LETTER}${digitsText("slot", choose === 0 ? slots : [...slots, choose])}`];
}

function startOf(section: string, place: string): BootStart {
  const [a, b, choose = 0, ...more] = digitsOf(`${place}: slots`, section.slice(1));
  if (a === undefined || b === undefined || more.length > 0 || a > CARDS || b > CARDS || choose > MEMBERS) {
    return refuse(
      `${place}: slots`,
      `a digit of 0-${CARDS} for each slot, and a choice of 0-${MEMBERS}`,
      section,
    );
  }
  return choose === 0 ? { slots: [a, b] } : { slots: [a, b], choose };
}

function actionText(action: Action): string {
  const form = ACTIONS.find(({ kind }) => kind === action.kind);
  if (form === undefined) throw new Error(`a case id cannot hold an action of kind ${action.kind}`);
  const rest = numbersText(
    "a field of an action",
    form.fields.map((field) => action[field]),
  );
  return `${form.letter}${numberText("atUs", action.atUs)}${rest === "" ? "" : `.${rest}`}`;
}

function actionOf(section: string, place: string): Action {
  const form = ACTIONS.find(({ letter }) => section.startsWith(letter));
  if (form === undefined) {
    const letters = [...ACTIONS.map(({ letter }) => letter), ...END_LETTERS.values()].join(", ");
    return refuse(place, `a section that begins with one of ${letters}`, section);
  }
  const dot = section.indexOf(".");
  const time = dot < 0 ? section.slice(1) : section.slice(1, dot);
  const values = numbersOf(place, dot < 0 ? "" : section.slice(dot + 1), form.fields.length);
  const value = (field: ActionField): number => values[form.fields.indexOf(field)]!;
  return {
    atUs: numberOf(`${place}: time`, time),
    kind: form.kind,
    page: value("page"),
    sector: value("sector"),
    piece: value("piece"),
    amount: value("amount"),
  };
}

function endText(end: BootEnd): string {
  const letter = END_LETTERS.get(end.topology);
  if (letter === undefined) throw new Error(`a case id cannot hold a boot's end of topology ${end.topology}`);
  if (isPlain(end)) return letter;
  const pick = end.pick === 0 ? "" : `.${numberText("pick", end.pick)}`;
  return `${letter}${numberText("atUs", end.atUs)}${pick}`;
}

/** null for a section that ends no boot. */
function endOf(section: string): BootEnd | null {
  for (const [topology, letter] of END_LETTERS) {
    if (!section.startsWith(letter)) continue;
    if (section === letter) return { ...PLAIN_END, topology };
    const [time = "", pick = "0", ...more] = section.slice(1).split(".");
    if (more.length > 0) refuse("end of a boot", "its time and its pick", section);
    return { topology, atUs: numberOf("end of a boot: time", time), pick: numberOf("pick", pick) };
  }
  return null;
}

function isPlain(end: BootEnd): boolean {
  return end.topology === PLAIN_END.topology && end.atUs === PLAIN_END.atUs && end.pick === PLAIN_END.pick;
}
