import type { BlockRequest } from "../../clients/block-request.js";
import type { WorkloadFamily } from "../workload/workload-family.js";
import { Draw } from "../world/draw.js";
import { blockGeometry } from "./block-geometry.js";
import { blockWorkload } from "./block-workload.js";
import { namedParameters, type Parameter } from "./named-parameters.js";

/** A block is a page, of 1 KiB. */
const SECTORS_PER_BLOCK = 2;
const SALT = 0x5e9;

const OPS: Parameter = { name: "ops", plain: 60, least: 1, most: 2000 };
const BLOCKS: Parameter = { name: "blocks", plain: 32, least: 2, most: 4096 };
const EVERY: Parameter = { name: "every", plain: 3000, least: 1, most: 1_000_000 };
const SYNC: Parameter = { name: "sync", plain: 8, least: 0, most: 2000 };
const MODIFIED: Parameter = { name: "modified", plain: 30, least: 0, most: 100 };
const COMMON: readonly Parameter[] = [OPS, BLOCKS, EVERY, SYNC];

/** What a synthetic workload knows when it makes request number `index`. */
interface Step {
  readonly index: number;
  readonly blocks: number;
  readonly draw: Draw;
  parameter(name: string): number;
}

interface Synthetic {
  readonly name: string;
  readonly title: string;
  readonly kind: "write" | "direct";
  /** Beside the common ones; one of the same name replaces it. */
  readonly parameters: readonly Parameter[];
  /** The block that is written. */
  block(step: Step): number;
}

const SYNTHETIC: readonly Synthetic[] = [
  {
    name: "seq",
    title: "block after block, from the first one again after the last",
    kind: "write",
    parameters: [MODIFIED],
    block: ({ index, blocks }) => index % blocks,
  },
  {
    name: "random",
    title: "any block",
    kind: "write",
    parameters: [MODIFIED],
    block: ({ blocks, draw }) => draw.below(blocks),
  },
  {
    name: "hotspot",
    title: "most writes go to few blocks",
    kind: "write",
    parameters: [
      MODIFIED,
      { name: "hot", plain: 10, least: 1, most: 100 },
      { name: "share", plain: 90, least: 0, most: 100 },
    ],
    block: ({ blocks, draw, parameter }) => {
      const isHot = draw.percent(parameter("share"));
      return draw.below(isHot ? Math.max(1, Math.floor((blocks * parameter("hot")) / 100)) : blocks);
    },
  },
  {
    name: "append",
    title:
      "a log: each block is written some times while it fills, each time followed by a sync, then the next one",
    kind: "write",
    parameters: [{ ...SYNC, plain: 1 }, MODIFIED, { name: "fills", plain: 4, least: 1, most: 64 }],
    block: ({ index, blocks, parameter }) => Math.floor(index / parameter("fills")) % blocks,
  },
  {
    name: "direct-reuse",
    title: "direct I/O from one buffer that is used again as soon as the last write is answered",
    kind: "direct",
    // A write with its marks takes about 9 ms.
    parameters: [
      { ...EVERY, plain: 10_000 },
      { ...MODIFIED, plain: 100 },
    ],
    block: ({ blocks, draw }) => draw.below(blocks),
  },
  {
    name: "mmap",
    title: "threads go on storing into a few mapped pages, with an msync now and then",
    kind: "write",
    parameters: [
      { ...BLOCKS, plain: 8 },
      { ...EVERY, plain: 1000 },
      { ...SYNC, plain: 20 },
      { ...MODIFIED, plain: 100 },
    ],
    block: ({ blocks, draw }) => draw.below(blocks),
  },
];

/** `seq`, `random`, `hotspot`, `append`, `direct-reuse`, `mmap`, each with its parameters. */
export const SYNTHETIC_FAMILIES: readonly WorkloadFamily[] = SYNTHETIC.map((synthetic) => {
  const { name, title } = synthetic;
  const own = new Set(synthetic.parameters.map((parameter) => parameter.name));
  const parameters = [...COMMON.filter((parameter) => !own.has(parameter.name)), ...synthetic.parameters];
  return {
    name,
    form: `${name}[:${parameters.map((parameter) => `${parameter.name}=${parameter.plain}`).join(":")}]`,
    title,
    make: (text) => {
      const values = namedParameters(name, text, parameters);
      const parameter = (key: string): number => values.get(key)!;
      return blockWorkload({
        name: text === "" ? name : `${name}:${text}`,
        title,
        geometry: blockGeometry(parameter("blocks") * SECTORS_PER_BLOCK, SECTORS_PER_BLOCK),
        modifiedPercent: parameter("modified"),
        requests: (seed) => requestsOf(synthetic, parameter, new Draw(seed, SALT)),
      });
    },
  };
});

function requestsOf(
  { kind, block }: Synthetic,
  parameter: (name: string) => number,
  draw: Draw,
): BlockRequest[] {
  const blocks = parameter("blocks");
  const everyUs = parameter("every");
  const sync = parameter("sync");
  return Array.from({ length: parameter("ops") }, (_, index) => index).flatMap((index) => {
    const atUs = index * everyUs;
    const sector = block({ index, blocks, draw, parameter }) * SECTORS_PER_BLOCK;
    const write: BlockRequest = { atUs, kind, sector, sectors: SECTORS_PER_BLOCK };
    const syncs = sync > 0 && (index + 1) % sync === 0;
    return syncs ? [write, { atUs, kind: "sync", sector: 0, sectors: 0 }] : [write];
  });
}
