/** Other people's clients against the server. */
import { execFile } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWithPrograms, programPath } from "../debian-packages.js";
import { serveCard, type ServedCard } from "./served-card.js";

let served: ServedCard;

beforeEach(async () => {
  served = await serveCard({ sectors: 16_384 });
});
afterEach(async () => served.close());

/** What a program prints. Not the blocking call: the server lives in this process. */
async function output(program: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(programPath(program), args, { cwd: "/tmp", timeout: 50_000 }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(`${error.message}\n${out}\n${err}`));
    });
  });
}

describeWithPrograms({ nbdinfo: "libnbd-bin" }, "nbdinfo", () => {
  it("finds size and abilities", async () => {
    const { exports } = JSON.parse(await output("nbdinfo", "--json", served.uri)) as {
      exports: Record<string, unknown>[];
    };
    expect(exports[0]).toMatchObject({
      "export-size": 16_384 * 512,
      is_read_only: false,
      can_flush: true,
      can_fua: true,
      can_trim: true,
      can_zero: true,
      can_multi_conn: true,
      block_size_minimum: 512,
    });
  });

  it("lists the export", async () => {
    expect(await output("nbdinfo", "--list", served.uri)).toContain('export="":');
  });
});

describeWithPrograms({ "qemu-io": "qemu-utils" }, "qemu-io", () => {
  it("writes patterns, zeroes, discards, flushes, and reads what it is to read", async () => {
    const commands = [
      "write -P 0x5a 0 64k",
      "write -f -P 0x11 64k 4k",
      "write -z 8k 4k",
      "discard 1M 64k",
      "flush",
      "read -P 0x5a 0 8k",
      "read -P 0 8k 4k",
      "read -P 0x5a 12k 52k",
      "read -P 0x11 64k 4k",
    ];
    const args = commands.flatMap((command) => ["-c", command]);
    const out = await output("qemu-io", "-f", "raw", ...args, served.uri);
    expect(out).not.toMatch(/failed|error/i);
    expect(out.match(/ops; /g)).toHaveLength(8);
  });
});

describeWithPrograms({ fio: "fio" }, "fio", () => {
  it("verifies what its engine nbd wrote, with several requests under way", async () => {
    const out = await output(
      "fio",
      "--name=verify",
      "--ioengine=nbd",
      `--uri=${served.uri}`,
      "--rw=randwrite",
      "--bs=4k",
      "--iodepth=8",
      "--size=1m",
      "--fsync=16",
      "--verify=crc32c",
      "--randseed=1",
      "--output-format=json",
    );
    // fio tells of its engine before the JSON.
    const report = JSON.parse(out.slice(out.indexOf("{"))) as {
      jobs: { error: number; write: { total_ios: number }; read: { total_ios: number } }[];
    };
    expect(report.jobs[0]).toMatchObject({ error: 0, write: { total_ios: 256 }, read: { total_ios: 256 } });
  });
});
