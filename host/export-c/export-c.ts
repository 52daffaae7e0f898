import { createHash } from "node:crypto";
import {
  BITMAP_PLANE_BYTES,
  REGIONS_MAX,
  REGIONS_PER_BITMAP_SECTOR,
  SECTOR_BYTES,
} from "../../assembly/layout.js";
import { readDriver } from "../mirror/driver-binary.js";
import { readAbi, type AbiDescription, type ExportedBuild } from "./abi.js";
import { headerText, type MemoryShape } from "./c-header.js";
import { CSource } from "./c-source.js";
import { readModule } from "./module.js";

export interface CExportOptions {
  /** With the SPI driver for both cards, or without; default without. */
  readonly spi?: boolean;
  /** Regions of the largest array that is used, 1 to 30,720; default all. */
  readonly regions?: number;
  /** Whether every access to memory is checked; default true. */
  readonly boundsChecks?: boolean;
}

/** The driver as C. */
export interface CExport {
  /** Text of syncgate.c. */
  readonly source: string;
  /** Text of syncgate.h. */
  readonly header: string;
  /** Bytes of its memory, all static. */
  readonly memoryBytes: number;
}

/** Where the tables of the regions begin is a multiple of this, bytes (SPEC.md section 1). */
const TABLES_ALIGNED = 16;
const SPDX = "/* SPDX-License-Identifier: MIT */\n";

/**
 * The driver of this package as one C file and its header: C99, no library, no allocation. The same module gives the same
 * text on every machine.
 * @throws RangeError for a number of regions that no array has
 * @throws PackageFileMissing when the package was not built
 */
export function exportC({
  spi = false,
  regions = REGIONS_MAX,
  boundsChecks = true,
}: CExportOptions = {}): CExport {
  const build = spi ? "spi" : "production";
  return exportModule(readDriver(build), readAbi(), { build, regions, boundsChecks });
}

/**
 * The same of the bytes of a module.
 * @throws ExportError when it uses what cannot be exported, or is not the one that `abi` describes
 */
export function exportModule(
  binary: Uint8Array,
  abi: AbiDescription,
  { build, regions, boundsChecks }: { build: ExportedBuild; regions: number; boundsChecks: boolean },
): CExport {
  if (!Number.isInteger(regions) || regions < 1 || regions > REGIONS_MAX)
    throw new RangeError(`an array has 1 to ${REGIONS_MAX} regions, not ${regions}`);
  const module = readModule(binary);
  const memory = memoryShape(binary);
  const digest = createHash("sha256").update(binary).digest("hex");
  const header = headerText(module, abi, { build, memory, regions, boundsChecks, digest });
  const described = new Map(abi.modules[build].exports.map((each) => [each.name, each]));
  const source = SPDX + new CSource(module, described).text();
  return { source, header, memoryBytes: memoryBytes(memory, regions) };
}

/** Regions that cards of this size have at most; the metadata is not taken off. */
export function regionsOf(cardBytes: number, regionBytes: number): number {
  return Math.min(REGIONS_MAX, Math.max(1, Math.floor(cardBytes / regionBytes)));
}

/** Smallest region: one sector. */
export const REGION_BYTES_MIN = SECTOR_BYTES;

function memoryShape(binary: Uint8Array): MemoryShape {
  return {
    fixedBytes: Math.ceil(staticBytes(binary) / TABLES_ALIGNED) * TABLES_ALIGNED,
    bytesPerBitmapSector: REGIONS_PER_BITMAP_SECTOR / 2 + BITMAP_PLANE_BYTES,
    regionsPerBitmapSector: REGIONS_PER_BITMAP_SECTOR,
    regionsMax: REGIONS_MAX,
  };
}

function memoryBytes(shape: MemoryShape, regions: number): number {
  return shape.fixedBytes + shape.bytesPerBitmapSector * Math.ceil(regions / shape.regionsPerBitmapSector);
}

/** The module itself says where its data ends. */
function staticBytes(binary: Uint8Array): number {
  const module = new WebAssembly.Module(new Uint8Array(binary));
  const imports: Record<string, Record<string, () => void>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    (imports[from] ??= {})[name] = () => {};
  const { exports } = new WebAssembly.Instance(module, imports);
  return (exports as { staticBytes: () => number }).staticBytes();
}
