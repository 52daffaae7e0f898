import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { BlockRequest } from "../../host/clients/block-request.js";
import { parseIolog } from "../../host/clients/fio-iolog.js";
import { parseFioJobs } from "../../host/clients/fio-job.js";
import { fioRequests } from "../../host/clients/fio-requests.js";
import { describeWithPrograms, programPath } from "../debian-packages.js";

const SECTOR = 512;
const requestsOf = (text: string): BlockRequest[] => fioRequests(parseFioJobs(text, "mine.fio"));
const random = (seed: number): string[] =>
  done(requestsOf(`[a]\nrw=randwrite\nsize=32k\nloops=2\nrandseed=${seed}\n`));
/** What was done, without times: kind and offset in bytes. */
const done = (requests: readonly BlockRequest[]): string[] =>
  requests.map(({ kind, sector, sectors }) =>
    kind === "sync" ? kind : `${kind} ${sector * SECTOR} ${sectors * SECTOR}`,
  );

describe("a fio job file", () => {
  it("is read with its global section, comments, aliases and units", () => {
    const text =
      "; a comment\n# another\n[global]\nblocksize = 8k\nioengine=libaio\nsize=1m\n[a]\nreadwrite=randrw\nthinktime=2ms\nstonewall\n[b]\nrw=write\nbs=512\n";
    const [a, b] = parseFioJobs(text, "mine.fio");
    expect(a).toMatchObject({
      name: "a",
      rw: "randrw",
      bs: 8192,
      size: 2 ** 20,
      thinktime: 2000,
      stonewall: 1,
    });
    expect(b).toMatchObject({ name: "b", rw: "write", bs: 512, stonewall: 0, line: 11 });
  });

  it.each([
    ["", "mine.fio has no job: add a section [name] with rw= and size="],
    ["rw=write\n", 'mine.fio, line 1: "rw=write" stands in no section: write [global] or [name] before it'],
    [
      "[a]\nrw=write\nsize=1m\nverify=crc32c\n",
      'mine.fio, line 4: the key "verify" is not understood: remove it, or use rw, bs',
    ],
    ["[a]\nrw=trim\n", 'mine.fio, line 2: rw is "trim": give one of read, write, rw'],
    ["[a]\nrw=write\nbs=100\n", 'mine.fio, line 3: bs is "100": give bytes in multiples of 512'],
    ["[a]\nrw=write\nsize=10%\n", 'mine.fio, line 3: size is "10%": give bytes'],
    ["[a]\nrw=write\nsize=1m\niodepth=0\n", 'line 4: iodepth is "0": give a whole number from 1 to 64'],
    ["[a]\nrw=write\n", 'mine.fio, line 1: job "a" has no size: add size=1m or another one'],
    ["[a]\nsize=1m\n", 'mine.fio, line 1: job "a" has no rw: add rw=write or another direction'],
    ["[a]\nrw=write\nsize=1k\n", 'job "a" has a size below its bs: give a size of 4096 bytes or more'],
    ["[a]\nrw=write\nsize=1m\nloops=2\nio_size=2m\n", 'job "a" has io_size and loops: give one of them'],
    ["[a]\nrw=write\nconstructor=1\n", 'line 3: the key "constructor" is not understood'],
  ])("%j is refused in one sentence", (text, sentence) => {
    expect(() => parseFioJobs(text, "mine.fio")).toThrow(sentence);
  });

  it("visits every block once a pass in random order, the same one for the same randseed", () => {
    const first = random(1);
    const all = Array.from({ length: 8 }, (_, i) => `write ${i * 4096} 4096`).toSorted();
    expect(first.slice(0, 8).toSorted()).toEqual(all);
    expect(first.slice(8).toSorted()).toEqual(all);
    expect(random(1)).toEqual(first);
    expect(random(2)).not.toEqual(first);
  });

  it("runs jobs side by side, those after a stonewall later, and clones as often as asked", () => {
    const requests = requestsOf(
      "[global]\nrw=write\nsize=8k\n[a]\nnumjobs=2\n[b]\noffset=8k\ndirect=1\n[c]\nstonewall\noffset=16k\nsync=1\n",
    );
    expect(done(requests)).toEqual([
      "write 0 4096",
      "write 0 4096",
      "direct 8192 4096",
      "write 4096 4096",
      "write 4096 4096",
      "direct 12288 4096",
      "fua 16384 4096",
      "fua 20480 4096",
    ]);
  });

  it("mixes reads and writes by rwmixread, and paces by iodepth and thinktime", () => {
    const mixed = requestsOf("[a]\nrw=rw\nsize=400k\nrwmixread=75\n").map(({ kind }) => kind);
    const reads = mixed.filter((kind) => kind === "read").length;
    expect(reads).toBeGreaterThan(60);
    expect(reads).toBeLessThan(90);
    const times = (more: string): number[] =>
      requestsOf(`[a]\nrw=write\nsize=12k\n${more}`).map(({ atUs }) => atUs);
    expect(times("")).toEqual([0, 4000, 8000]);
    expect(times("iodepth=4\n")).toEqual([0, 1000, 2000]);
    expect(times("thinktime=1ms\n")).toEqual([0, 5000, 10_000]);
  });
});

describe("a fio iolog", () => {
  it("of version 2 has its pauses as waits", () => {
    const text =
      "fio version 2 iolog\nf add\nf open\nf write 0 4096\nf wait 1500\nf trim 4096 8192\nf datasync 0 0\nf read 0 512\nf close\n";
    const requests = parseIolog(text, "a.log");
    expect(done(requests)).toEqual(["write 0 4096", "trim 4096 8192", "sync", "read 0 512"]);
    expect(requests.map(({ atUs }) => atUs)).toEqual([0, 5500, 9500, 13_500]);
  });

  it("of version 3 has the times, long pauses cut short", () => {
    const text =
      "fio version 3 iolog\n27 f add\n150 f open\n153 f write 0 4096\n1153 f sync 0 0\n9000000 f write 4096 4096\n";
    expect(parseIolog(text, "a.log").map(({ kind, atUs }) => [kind, atUs])).toEqual([
      ["write", 126],
      ["sync", 1126],
      ["write", 201_126],
    ]);
  });

  it.each([
    ["fio version 1 iolog\n", 'a.log, line 1: "fio version 1 iolog" begins no log'],
    ["fio version 2 iolog\nf add\n", "a.log has no request: record one that reads or writes"],
    [
      "fio version 2 iolog\nf munmap 0 0\n",
      'a.log, line 2: there is no action "munmap": write one of add, open',
    ],
    ["fio version 3 iolog\n1 f wait 100\n", 'a.log, line 2: there is no action "wait"'],
    ["fio version 2 iolog\nf write 0 100\n", "line 2: its length of 100 bytes is no multiple of 512"],
    ["fio version 2 iolog\nf write x 512\n", 'line 2: its offset is "x": write a whole number'],
    ["fio version 2 iolog\nf write 0\n", 'line 2: its length is "": write a whole number'],
    ["fio version 3 iolog\nf write 0 512\n", 'line 2: its time is "f": write a whole number'],
    ["fio version 3 iolog\n9 f add\n8 f open\n", "line 3: its time is before that of the line above"],
  ])("%j is refused in one sentence", (text, sentence) => {
    expect(() => parseIolog(text, "a.log")).toThrow(sentence);
  });
});

describeWithPrograms({ fio: "fio" }, "fio itself", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-fio-"));
  const logged = (job: string): BlockRequest[] => {
    const file = path.join(folder, "job.fio");
    const log = path.join(folder, "job.log");
    writeFileSync(log, "");
    writeFileSync(file, job.replace("[a]", `[global]\nioengine=sync\nfilename=${folder}/disk\n[a]`));
    execFileSync(programPath("fio"), [`--write_iolog=${log}`, file], { stdio: "ignore", cwd: folder });
    return parseIolog(readFileSync(log, "utf8"), log);
  };

  it.each([
    "[a]\nrw=write\nsize=64k\n",
    "[a]\nrw=read\nsize=64k\nbs=8k\n",
    "[a]\nrw=write\nsize=64k\noffset=8k\nfsync=3\n",
    "[a]\nrw=write\nsize=64k\nio_size=96k\n",
    "[a]\nrw=write\nsize=64k\nnumber_ios=5\nloops=2\n",
    "[a]\nrw=write\nsize=32k\nfdatasync=1\nbs=512\n",
  ])("makes the same requests of %j in the same order", (job) => {
    expect(done(requestsOf(job))).toEqual(done(logged(job)));
  });

  it("visits the same blocks as often of a random job", () => {
    const job = "[a]\nrw=randwrite\nsize=128k\nloops=2\n";
    expect(done(requestsOf(job)).toSorted()).toEqual(done(logged(job)).toSorted());
  });
});
