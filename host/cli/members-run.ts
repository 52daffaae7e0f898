import { caseOf } from "../campaign/case/failing-case.js";
import { encodeCase } from "../campaign/case/case-id.js";
import { shrinkCase } from "../campaign/case/shrink.js";
import { CampaignReport } from "../campaign/campaign-report.js";
import {
  MEMBER_PROFILES,
  SINGLE_PROFILES,
  runMemberCampaign,
  type MemberCampaignResult,
} from "../campaign/member-campaign.js";
import type { CleanArrays } from "../campaign/world/clean-arrays.js";
import { TransitionHits, type CellHits } from "../campaign/world/transition-hits.js";
import { DriverModule } from "../mirror/driver-module.js";
import { memberStateName } from "../mirror/member-names.js";
import { regionStateName } from "../mirror/region-names.js";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { RECORD_SCHEMES, type RecordScheme } from "./policy-rows.js";
import { styledCell } from "./style.js";
import { breathe, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import { brokenText, exitCodeOf, gravest } from "./verdict.js";

export interface MembersRunOptions {
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  readonly seed: number;
  /** Multiple of WORLDS for each class of cards. */
  readonly scale: number;
  /** One class of cards, or all of them. */
  readonly profile: string | undefined;
  /** Where the bitmap records go; `single` is run on the classes of cards that it is for. */
  readonly scheme: RecordScheme;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** Worlds of each class of cards, at scale 1. */
const WORLDS = 60;

/** `syncgate torture --members`: histories in which cards come and go. @returns the exit code */
export async function runMembers(options: MembersRunOptions): Promise<number> {
  const { binary, arrays, terminal, seed, json } = options;
  const all = options.scheme === "single" ? SINGLE_PROFILES : MEMBER_PROFILES;
  const profiles = options.profile === undefined ? all : [options.profile];
  const worlds = Math.max(1, Math.round(WORLDS * options.scale));
  const results: MemberCampaignResult[] = [];
  for (const profile of profiles) {
    await breathe();
    if (terminal.interrupted.aborted) break;
    const onProgress = (done: number): void => terminal.progress(`${profile}: ${done}/${worlds} worlds`);
    const firstSeed = seed * 100_000 + 1;
    const scheme = RECORD_SCHEMES[options.scheme];
    results.push(runMemberCampaign({ binary, arrays, profile, scheme, firstSeed, worlds, onProgress }));
  }
  terminal.progress("");
  const total = new CampaignReport();
  const hits = new TransitionHits();
  for (const result of results) {
    total.add(result.report);
    hits.add(result.hits);
  }
  const cells = hits.cells(new DriverModule(binary).exports);
  const interrupted = terminal.interrupted.aborted;
  // One class of cards, or a few worlds, need not come through every cell; nor do histories without discards.
  const isWhole = options.profile === undefined && options.scale >= 1 && options.scheme === "serial";
  const missed = isWhole ? cells.filter((cell) => cell.hits === 0) : [];
  const codes = [exitCodeOf(total, true), missed.length > 0 ? EXIT_VACUOUS : EXIT_HELD];
  const exitCode = interrupted ? EXIT_INTERRUPTED : gravest(codes);
  if (json)
    terminal.print(`${JSON.stringify({ version: 1, exitCode, ...asJson(results, cells) }, null, 2)}\n`);
  else terminal.print(asText(options, results, total, cells));
  return exitCode;
}

function asText(
  { binary, terminal, scheme }: MembersRunOptions,
  results: readonly MemberCampaignResult[],
  total: CampaignReport,
  cells: readonly CellHits[],
): string {
  const right = true;
  const table = textTable(
    [
      { title: "CARDS" },
      { title: "WORLDS", right },
      { title: "BOOTS", right },
      { title: "LOST", right },
      { title: "CUTS", right },
      { title: "OUTCOMES", right },
      { title: "DISTINCT", right },
      { title: "ALONE", right },
      { title: "BROKEN" },
      { title: "RESULT" },
    ],
    results.map(({ profile, worlds, report }) => [
      profile,
      grouped(worlds),
      grouped(report.boots),
      grouped(report.membersLost),
      grouped(report.cuts),
      grouped(report.pairs),
      grouped(report.distinct),
      grouped(report.loneRecoveries),
      brokenText(report),
      report.brokenTotal > 0
        ? styledCell("UNSAFE", "bad", terminal.colour)
        : styledCell("safe", "good", terminal.colour),
    ]),
  );
  const transitions = textTable(
    [{ title: "TABLE" }, { title: "STATE" }, { title: "EVENT", right }, { title: "HITS", right }],
    cells.map((cell) => [cell.table, stateName(cell), `${cell.event}`, grouped(cell.hits)]),
  );
  const leftOut =
    scheme === "single"
      ? "Left out: discards in histories in which a member may be rebuilt (a known fault of `single`, DESIGN.md section 9).\n"
      : "";
  const work = `At most ${total.submitsPerCallMax} commands and ${grouped(total.bytesPerCallMax)} bytes in one call of the driver.\n`;
  const told = results.flatMap(({ first }) => {
    if (first === null) return [];
    const { failing } = shrinkCase(binary, caseOf(first.scenario, first.violation));
    return [
      `${first.violation.promises.join(" ")}: ${first.violation.text}\n  syncgate replay ${encodeCase(failing)}\n`,
    ];
  });
  return `${table}\n${transitions}\n${work}${leftOut}${told.join("")}`;
}

function stateName({ table, state }: CellHits): string {
  return table === "region" ? regionStateName(state) : memberStateName(state);
}

function asJson(
  results: readonly MemberCampaignResult[],
  cells: readonly CellHits[],
): Record<string, unknown> {
  return {
    classes: results.map(({ profile, worlds, report }) => ({
      profile,
      worlds,
      boots: report.boots,
      membersLost: report.membersLost,
      cuts: report.cuts,
      pairs: report.pairs,
      distinct: report.distinct,
      loneRecoveries: report.loneRecoveries,
      broken: report.broken,
      submitsPerCallMax: report.submitsPerCallMax,
      bytesPerCallMax: report.bytesPerCallMax,
    })),
    transitions: cells,
  };
}
