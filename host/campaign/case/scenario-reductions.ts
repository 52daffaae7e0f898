import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import { PLAIN_SETTINGS } from "../world/plain-scenario.js";
import {
  ACTION_DIRECT,
  ACTION_MEMBER,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  type Action,
  type Boot,
  type Scenario,
} from "../world/scenario.js";

/** Proposes simpler forms of one thing in a scenario, the simplest first. None may be the scenario itself. */
export type Reduction = (scenario: Scenario) => Scenario[];

/** Times are rounded down to these, us. */
const STEPS_US = [5000, 1000, 500, 100, 10];
/** Settings that are tried at their plain value, each by itself. */
const NUMBERS = ["bug", "dirtyAgeUs", "epochMs", "tickUs", "writeBackUs", "syncDelayUs"] as const;
/** Profiles from the simplest on. */
const SIMPLE_PROFILES = ["slc", "mlc"];
/** Seeds of the cards' timing that are tried from 0 on: by themselves, and with an action dropped. */
const TIMINGS = 4;
const RETIMINGS = 12;

/** Every simplification of a scenario's values; its boots and actions stay as many as they are. */
export function reductionsOf(scenario: Scenario): Reduction[] {
  const perAction = scenario.boots.flatMap(({ actions }, boot) =>
    actions.flatMap((_, at) => actionReductions(boot, at)),
  );
  const perBoot = scenario.boots.flatMap((_, boot) => endReductions(boot));
  return [
    simplerProfiles,
    plainSettings,
    ...NUMBERS.map(plainSetting),
    shorterSyncKinds,
    smallerTiming,
    denserPages,
    earlierActions,
    roundedTimes,
    ...perBoot,
    ...perAction,
  ];
}

function simplerProfiles(scenario: Scenario): Scenario[] {
  const [a, b] = scenario.profiles;
  const both = SIMPLE_PROFILES.map((name) => [name, name] as const);
  const one = SIMPLE_PROFILES.flatMap((name) => [[name, b] as const, [a, name] as const]);
  const simplicity = rank(a) + rank(b);
  return [...both, [b, b] as const, [a, a] as const, ...one]
    .filter(([x, y]) => rank(x) + rank(y) < simplicity)
    .map((profiles) => ({ ...scenario, profiles }));
}

function rank(profile: string): number {
  const index = SIMPLE_PROFILES.indexOf(profile);
  return index < 0 ? SIMPLE_PROFILES.length : index;
}

function plainSettings(scenario: Scenario): Scenario[] {
  const { geometry, bug } = scenario;
  return [{ ...scenario, ...PLAIN_SETTINGS, geometry, bug }];
}

function plainSetting(setting: (typeof NUMBERS)[number]): Reduction {
  return (scenario) => [{ ...scenario, [setting]: PLAIN_SETTINGS[setting] }];
}

function shorterSyncKinds(scenario: Scenario): Scenario[] {
  const { syncKinds } = scenario;
  const shorter = Array.from({ length: SYNC_DIRTY_ONLY + 1 }, (_, kind) => [kind]);
  for (let length = 2; length < syncKinds.length; length++) shorter.push(syncKinds.slice(0, length));
  const isSimplest = syncKinds.length === 1 ? syncKinds[0]! : SYNC_DIRTY_ONLY + 1;
  return shorter
    .filter((kinds) => kinds.length > 1 || kinds[0]! < isSimplest)
    .map((kinds) => ({ ...scenario, syncKinds: kinds }));
}

/**
 * The scenario without one action, with other timings of the cards: what raced may have raced only because the
 * dropped action had moved the cards' next delays.
 */
export function retimedWithoutAction(scenario: Scenario): Scenario[] {
  return scenario.boots.flatMap((boot, at) =>
    boot.actions.flatMap((_, dropped) => {
      const actions = boot.actions.toSpliced(dropped, 1);
      const shorter = withBoot(scenario, at, { ...boot, actions });
      return Array.from({ length: RETIMINGS }, (_timing, timing) => ({ ...shorter, timing }));
    }),
  );
}

function smallerTiming(scenario: Scenario): Scenario[] {
  const timings = Array.from({ length: Math.min(TIMINGS, scenario.timing) }, (_, timing) => timing);
  return timings.map((timing) => ({ ...scenario, timing }));
}

/** Pages and sectors 0, 1, 2 ... instead of the ones there are; all of them 0 first. */
function denserPages(scenario: Scenario): Scenario[] {
  if (scenario.boots.some(({ actions }) => actions.some(({ kind }) => kind >= ACTION_MEMBER))) return [];
  const pages = new Set<number>();
  for (const { actions } of scenario.boots) for (const { page } of actions) pages.add(page);
  const dense = [...pages].toSorted((x, y) => x - y);
  return [
    mapActions(scenario, (action) => ({ ...action, page: 0 })),
    mapActions(scenario, (action) => ({ ...action, page: dense.indexOf(action.page) })),
  ];
}

/** Each boot's first action comes at once, the others as much earlier. */
function earlierActions(scenario: Scenario): Scenario[] {
  return [
    mapBoots(scenario, (boot) => {
      const firstUs = boot.actions.reduce((least, { atUs }) => Math.min(least, atUs), boot.end.atUs);
      const actions = boot.actions.map((action) => ({ ...action, atUs: action.atUs - firstUs }));
      return { ...boot, actions };
    }),
  ];
}

function roundedTimes(scenario: Scenario): Scenario[] {
  return STEPS_US.map((step) =>
    mapActions(scenario, (action) => ({ ...action, atUs: roundedDown(action.atUs, step) })),
  );
}

function endReductions(boot: number): Reduction[] {
  const change = (propose: (boot: Boot) => Boot[]): Reduction => {
    return (scenario) => propose(scenario.boots[boot]!).map((changed) => withBoot(scenario, boot, changed));
  };
  return [
    change(({ slots, choose, ...rest }) =>
      slots === undefined && choose === undefined
        ? []
        : [rest, ...(slots === undefined || choose === undefined ? [] : [{ ...rest, slots }])],
    ),
    change((old) => [
      { ...old, end: { ...old.end, topology: END_POWER, pick: 0 } },
      { ...old, end: { ...old.end, topology: END_POWER } },
      { ...old, end: { ...old.end, pick: 0 } },
      ...[1, 2, 3]
        .filter((pick) => pick < old.end.pick)
        .map((pick) => ({ ...old, end: { ...old.end, pick } })),
    ]),
    change((old) =>
      STEPS_US.map((step) => ({ ...old, end: { ...old.end, atUs: roundedDown(old.end.atUs, step) } })),
    ),
  ];
}

function actionReductions(boot: number, at: number): Reduction[] {
  const change = (propose: (action: Action) => Action[]): Reduction => {
    return (scenario) => {
      const old = scenario.boots[boot]!;
      return propose(old.actions[at]!).map((action) =>
        withBoot(scenario, boot, { ...old, actions: old.actions.with(at, action) }),
      );
    };
  };
  return [
    change((action) => (action.kind >= ACTION_MEMBER ? [] : [{ ...action, page: 0 }])),
    change((action) => (action.kind >= ACTION_MEMBER ? [] : [{ ...action, sector: 0, piece: 0 }])),
    change((action) => smallerAmounts(action).map((amount) => ({ ...action, amount }))),
    change((action) => STEPS_US.map((step) => ({ ...action, atUs: roundedDown(action.atUs, step) }))),
  ];
}

/** `amount` is a delay, a kind of sync, a number of sectors or a switch. */
function smallerAmounts({ kind, amount }: Action): number[] {
  if (kind === ACTION_DIRECT) return Array.from({ length: amount - 1 }, (_, i) => i + 1);
  if (kind === ACTION_SYNC) return Array.from({ length: amount }, (_, i) => i);
  if (kind >= ACTION_MEMBER) return [];
  if (kind === ACTION_STORE) return [0, ...STEPS_US.map((step) => roundedDown(amount, step))];
  return [0];
}

function roundedDown(us: number, step: number): number {
  return us - (us % step);
}

function mapBoots(scenario: Scenario, change: (boot: Boot) => Boot): Scenario {
  return { ...scenario, boots: scenario.boots.map(change) };
}

function mapActions(scenario: Scenario, change: (action: Action) => Action): Scenario {
  return mapBoots(scenario, (boot) => ({ ...boot, actions: boot.actions.map(change) }));
}

function withBoot(scenario: Scenario, at: number, boot: Boot): Scenario {
  return { ...scenario, boots: scenario.boots.with(at, boot) };
}
