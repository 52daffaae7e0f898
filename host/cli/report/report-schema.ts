import { z } from "zod";
import { FAULT_LEVELS, WRITE_KINDS } from "../../campaign/coverage/fault-coverage.js";
import { PROMISES } from "../../campaign/oracle/violation.js";

/** Counts of things and of sectors; a product of outcomes beyond what a number holds is null. */
const count = z.number().min(0);
const broken = z.record(z.enum(PROMISES as [string, ...string[]]), count);

const coverage = z
  .array(
    z.object({
      level: z.enum(FAULT_LEVELS),
      kind: z.enum(WRITE_KINDS),
      hits: count,
      impossible: z.string().nullable().describe("why this campaign cannot reach the cell"),
      missed: z.boolean().describe("it had to be reached and was not: exit code 5"),
    }),
  )
  .describe("faults of each level met by each kind of write");

const units = z
  .object({
    total: z.int().min(1),
    done: z.int().min(0),
    ended: z.enum(["complete", "budget", "interrupted"]),
    notRun: z.array(z.object({ index: z.int(), title: z.string() })),
  })
  .describe("units of work: how many were run, and which were not");

const totals = z
  .looseObject({
    moments: count.describe("moments at which the power could have been cut"),
    cuts: count,
    pairs: count.describe("(cut, outcome) pairs judged"),
    possible: count.nullable().describe("all outcomes there were"),
    bounded: count.describe("cuts of which not every outcome was tried"),
    optionPairs: count.nullable(),
    optionPairsTried: count.nullable(),
    distinct: count.describe("distinct recovered states"),
    broken,
    resyncSectorsP99: count,
    firstViolations: z.array(
      z.object({
        promises: z.array(z.string()),
        boot: z.int(),
        step: z.int(),
        timeUs: z.number(),
        sector: z.int(),
        text: z.string(),
      }),
    ),
  })
  .describe("plain numbers, no times but virtual ones");

const row = z.object({
  policy: z.string(),
  title: z.string(),
  expected: z.enum(["safe", "UNSAFE"]),
  result: z.enum(["safe", "UNSAFE", "vacuous"]),
  partial: z.boolean(),
  exitCode: z.int(),
  total: totals,
  workloads: z.record(z.string(), totals),
  case: z
    .object({
      id: z.string().regex(/^[a-z0-9:.]+$/),
      headline: z.string(),
      story: z.string(),
      actionsBefore: z.int(),
      actionsAfter: z.int(),
      replay: z.string(),
    })
    .optional(),
});

const lookedAt = z
  .array(z.enum(PROMISES as [string, ...string[]]))
  .optional()
  .describe("the promises of --promises; without it all were looked at");

const version = z.literal(1);
const exitCode = z.int().describe("of the process, see --help");

const policies = z.object({
  version,
  campaign: z.literal("policies"),
  promises: lookedAt,
  seed: z.int(),
  scale: z.number(),
  schedule: z.string().nullable(),
  exitCode,
  interrupted: z.boolean(),
  policies: z.array(row),
  holes: z.array(row),
  coverage,
  notCovered: z.array(z.string()),
  units,
});

const members = z.object({
  version,
  campaign: z.literal("members"),
  promises: lookedAt,
  exitCode,
  classes: z.array(
    z.looseObject({ profile: z.string(), worlds: z.int(), cuts: count, pairs: count, broken }),
  ),
  cellsLeftOut: count.describe("cells not reached, for which the time budget left no further histories"),
  transitions: z.array(
    z.object({ table: z.enum(["region", "member"]), state: z.int(), event: z.int(), hits: count }),
  ),
  coverage,
  units,
});

const dishonest = z.object({
  version,
  campaign: z.literal("dishonest"),
  promises: lookedAt,
  exitCode,
  rows: z.array(
    z.object({
      profiles: z.tuple([z.string(), z.string()]),
      honest: z.boolean(),
      worlds: z.int(),
      worldsBroken: z.int(),
      cuts: count,
      pairs: count,
      lies: count,
      membersLost: count,
      broken,
      case: z.string().nullable(),
    }),
  ),
  coverage,
  units,
});

const outcomes = {
  outcomesPossible: count.nullable().describe("all that the class of cards allows"),
  outcomesTried: count.describe("those whose states were judged"),
  boundedCuts: count.describe("cuts of which not all outcomes were tried"),
};
const caseId = z.string().regex(/^[a-z0-9:.]+$/);

const device = z.object({
  version,
  campaign: z.literal("device"),
  dut: z.string(),
  profile: z.string(),
  seed: z.int(),
  digest: z.string().describe("of the log"),
  writes: count,
  flushes: count,
  marks: count,
  moments: count.describe("moments at which a cut may leave something new"),
  cuts: count,
  ...outcomes,
  states: count.describe("distinct states that the first cuts leave"),
  distinct: count.describe("of those, how many were judged"),
  failing: count,
  recovery: z
    .object({
      depth: z.int().describe("cuts of one case at most, the first one included"),
      recoveries: count.describe("distinct states whose recovery was cut"),
      cuts: count,
      writes: count,
      ...outcomes,
      distinct: count.describe("states that only cuts during recovery leave"),
      failing: count,
    })
    .nullable(),
  cases: z.array(z.object({ id: caseId, wrong: z.string() })),
  shrunk: z
    .object({
      id: caseId,
      wrong: z.string(),
      workload: z.int().nullable(),
      writes: count,
      writesBefore: count,
      story: z.array(z.string()),
    })
    .nullable(),
  interrupted: z.boolean().describe("not every state was judged"),
  exitCode,
  logFile: z.string().nullable(),
  units,
});

/** What `--report json` prints; docs/report.schema.json is made of it. */
export const REPORT_SCHEMA = z
  .discriminatedUnion("campaign", [policies, members, dishonest, device])
  .describe("syncgate torture --report json, syncgate merge --report json");

/** The schema for other languages, JSON Schema 2020-12. */
export function reportJsonSchema(): unknown {
  return { title: "Report of a Syncgate campaign", ...z.toJSONSchema(REPORT_SCHEMA) };
}
