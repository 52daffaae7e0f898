// Metadata writes of the sync gate on the recorded traces: the figures of DESIGN.md section 10.
//   npm run build && node scripts/measure-metadata.mjs
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "./repository.mjs";

const WRITE_EVERY_US = 8000;
const CUT_AT = 2000;

/** @type {typeof import("../host/index.js")} */
const { createMirror } = await import(path.join(ROOT, "dist/host/index.js"));

for (const trace of ["seq", "rand"]) {
  const blocks = (await readFile(path.join(ROOT, "traces", `${trace}.blocks`), "utf8")).trim().split("\n");
  for (const epochMs of [5000, 1000]) await measure(trace, blocks.map(Number), epochMs);
}

/**
 * @param {string} trace
 * @param {readonly number[]} blocks of 4 KiB
 * @param {number} epochMs
 */
async function measure(trace, blocks, epochMs) {
  const mirror = await createMirror({ megabytes: 73, regionKilobytes: 64, metadataStride: 128, epochMs });
  const before = mirror.counters().recordWrites;
  const startUs = mirror.nowUs;
  const page = new Uint8Array(4096);
  let marked = 0;
  for (const [i, block] of blocks.entries()) {
    const waitUs = startUs + i * WRITE_EVERY_US - mirror.nowUs;
    if (waitUs > 0) mirror.advance(waitUs);
    if (i === CUT_AT) marked = mirror.regions({ not: "CLEAN" }).length;
    await mirror.write(block * 8, page);
  }
  const records = mirror.counters().recordWrites - before;
  console.log(
    `${trace}, an epoch every ${epochMs / 1000} s: ${records} record writes on both cards, ` +
      `${marked} regions marked at write ${CUT_AT}`,
  );
}
