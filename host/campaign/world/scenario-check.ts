import { BUGS, MEMBERS, MEMBER_COMMANDS, OPTIONS, SCRUB_REPAIR } from "../../../assembly/layout.js";
import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import { PIECES_PER_SECTOR } from "../../sdcard-emulator/sector-contents.js";
import { arrayGeometry } from "./array-geometry.js";
import { DIRECT_BUFFER_SECTORS } from "./scenario-threads.js";
import {
  ACTION_CARD,
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_DISCARD,
  ACTION_FUA,
  ACTION_KINDS,
  ACTION_MEMBER,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  CARDS,
  CARD_NONE,
  ENDS,
  HAPPENINGS,
  HAPPENS_INSERTED,
  HAPPENS_SPOILS,
  type Action,
  type Scenario,
} from "./scenario.js";

const BOOTS_MAX = 1024;
const ACTIONS_MAX = 1 << 16;

/**
 * Checks that a scenario from outside can be run at all.
 * @throws Error of one sentence that names the field and what it may be
 */
export function checkScenario(scenario: Scenario): void {
  const { cardSectors, regionShift, metadataStride, sectorsPerPage } = scenario.geometry;
  check("sectorsPerPage", sectorsPerPage, 1, cardSectors);
  check("metadataStride", metadataStride, 1, cardSectors);
  check("regionShift", regionShift, 0, 15);
  const { dataSectors, regions } = arrayGeometry(cardSectors, regionShift, metadataStride);
  check("bug", scenario.bug, 0, BUGS - 1);
  check("tickUs", scenario.tickUs, 1, Number.MAX_SAFE_INTEGER);
  check("number of sync kinds", scenario.syncKinds.length, 1, 64);
  for (const kind of scenario.syncKinds) check("sync kind", kind, 0, SYNC_DIRTY_ONLY);
  for (const [option] of scenario.options ?? []) check("option", option, 0, OPTIONS - 1);
  check("empty", scenario.empty ?? 0, 0, 1);
  check("collides", scenario.collides ?? 0, 0, 1);
  check("number of boots", scenario.boots.length, 1, BOOTS_MAX);
  const size = { dataSectors, sectorsPerPage, pages: Math.ceil(dataSectors / sectorsPerPage), regions };
  scenario.boots.forEach((boot, index) => {
    check(`number of actions of boot ${index}`, boot.actions.length, 0, ACTIONS_MAX);
    check(`end of boot ${index}: topology`, boot.end.topology, 0, ENDS - 1);
    for (const card of boot.slots ?? []) check(`boot ${index}: card`, card, 0, CARDS);
    const [a, b] = boot.slots ?? [CARD_NONE, CARD_NONE];
    if (a === b && a !== CARD_NONE) throw new Error(`boot ${index}: card ${a} cannot be in both slots`);
    check(`boot ${index}: choice`, boot.choose ?? 0, 0, MEMBERS);
    boot.actions.forEach((action, at) => checkAction(`boot ${index}, action ${at}`, action, size));
  });
}

interface DataSize {
  readonly dataSectors: number;
  readonly sectorsPerPage: number;
  readonly pages: number;
  readonly regions: number;
}

function checkAction(place: string, action: Action, size: DataSize): void {
  const { kind, page, sector, piece, amount } = action;
  check(`${place}: kind`, kind, 0, ACTION_KINDS - 1);
  if (kind === ACTION_SYNC) {
    check(`${place}: sync kind`, amount, 0, SYNC_DIRTY_ONLY);
  } else if (kind === ACTION_DIRECT) {
    check(
      `${place}: sectors of a direct write`,
      amount,
      1,
      Math.min(DIRECT_BUFFER_SECTORS, size.dataSectors),
    );
    check(`${place}: first sector`, page, 0, size.dataSectors - amount);
  } else if (kind === ACTION_FUA || kind === ACTION_DISCARD) {
    check(`${place}: sectors`, amount, 1, size.dataSectors);
    check(`${place}: first sector`, page, 0, size.dataSectors - amount);
  } else if (kind === ACTION_MEMBER) {
    check(`${place}: member`, page, 0, MEMBERS - 1);
    check(`${place}: command`, amount, 0, MEMBER_COMMANDS - 1);
  } else if (kind === ACTION_CARD) {
    check(`${place}: slot`, page, 0, MEMBERS - 1);
    check(`${place}: happening`, amount, 0, HAPPENINGS - 1);
    if (amount === HAPPENS_INSERTED) check(`${place}: card`, sector, 0, CARD_NONE);
    if (amount === HAPPENS_SPOILS) check(`${place}: sector`, sector, 0, size.dataSectors - 1);
  } else if (kind === ACTION_SCRUB) {
    check(`${place}: mode`, amount, 0, SCRUB_REPAIR);
    check(`${place}: region`, page, 0, size.regions - 1);
  } else if (kind === ACTION_DIRECT_STORE) {
    check(`${place}: sector of the direct buffer`, sector, 0, DIRECT_BUFFER_SECTORS - 1);
    check(`${place}: piece`, piece, 0, PIECES_PER_SECTOR - 1);
  } else {
    check(`${place}: page`, page, 0, size.pages - 1);
    if (kind !== ACTION_STORE) return;
    check(`${place}: sector of the page`, sector, 0, size.sectorsPerPage - 1);
    check(`${place}: piece`, piece, 0, PIECES_PER_SECTOR - 1);
  }
}

function check(field: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new Error(`${field} is ${value}: expected a whole number from ${least} to ${most}`);
}
