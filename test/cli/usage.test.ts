import { describe, expect, it } from "vitest";
import { EXIT_USAGE } from "../../host/cli/exit-codes.js";
import { run } from "./captured-terminal.js";

describe("wrong usage", () => {
  it.each([
    [["torture", "--policy", "foo"], 'there is no policy "foo": choose one of immediate, immediate+flush'],
    [["torture", "--workload", "ext4"], 'there is no workload "ext4": choose one of tiny, mail, trace-seq'],
    [["torture", "--profile", "floppy"], 'there is no card profile "floppy": choose one of slc, mlc'],
    [["torture", "--profile", "slc,mlc,slc"], "--profile names 3 cards: give one profile"],
    [["torture", "--seed", "1.5"], '--seed is "1.5": give a whole number from 0 to'],
    [["torture", "--scale", "-1"], '--scale is "-1": give a number from 0.001 to'],
    [["torture", "--scale", ""], '--scale is "": give a number'],
    [["torture", "--hole", "late-flag"], "--hole needs a policy"],
    [
      ["torture", "--policy", "never", "--hole", "x"],
      'there is no hole "x": choose one of late-flag, forgotten',
    ],
    [
      ["torture", "--policy", "never", "--scheme", "double"],
      'there is no bitmap scheme "double": choose one of serial, single',
    ],
    [["torture", "--scheme", "single"], "--scheme needs a policy or --members"],
    [["torture", "--promises", "P8"], 'there is no promise "P8": choose one of P1, P2'],
    [["bugs", "--alone", "--worlds", "-1"], '--worlds is "-1"'],
    [["bugs", "--worlds", "2"], "--worlds is of the table of --alone: add --alone"],
    [["bugs", "--alone", "--shrink"], "--alone shrinks no case: leave out --shrink or --alone"],
    [["torture", "--wat"], "unknown option '--wat': choose one of --driver, --policy"],
    [
      ["wat"],
      "unknown command 'wat': choose one of demo, torture, enumerate, merge, replay, bugs, bench, profile, card, export, firmware, image",
    ],
    [["bench", "wat"], "unknown command 'wat': choose one of metadata, calls, streams, work, rig, cards"],
    [["bench", "rig", "--seconds", "x"], '--seconds is "x": give a number from'],
    [
      ["bench", "metadata", "--scheme", "double"],
      'there is no bitmap scheme "double": choose one of serial, single',
    ],
    [["bench", "metadata", "--trace", "zipf"], 'there is no trace "zipf": choose one of seq, rand'],
    [["bench", "metadata", "--profile", "floppy"], 'there is no card profile "floppy": choose one of slc'],
    [["bench", "metadata", "--mark-ahead", "4,65"], '--mark-ahead is "65": give a number from 0 to 64'],
    [["bench", "metadata", "--quiet-ms", ""], '--quiet-ms is "": give a number from 0 to 3600000'],
    [["bench", "metadata", "--writes", "0"], '--writes is "0": give a number from 1 to'],
    [["bench", "metadata", "--writes", "5000"], "traces/seq.blocks has 4096 writes, fewer than the 5000"],
    [["bench", "metadata", "--marked-max", "1.5"], '--marked-max is "1.5": give a whole number'],
    [
      ["bench", "metadata", "--sweep", "--marked-max", Array.from({ length: 100 }, (_, i) => i).join(",")],
      "these are 3200 combinations: give fewer values, for 1000 at most",
    ],
    [["bench", "calls", "--regions", "255"], '--regions is "255": give a number from 256 to 30720'],
    [["bench", "calls", "--regions", "256,256"], '--regions is "256,256": give each size once'],
    [["bench", "calls", "--rounds", "0"], '--rounds is "0": give a number from 1'],
    [["bench", "work", "--scale", "0.5"], '--scale is "0.5": give a number from 1'],
    [["bugs", "--only", "none"], 'there is no seeded bug "none": choose one of no-flush-before-clear'],
    [["replay"], "missing required argument 'id'"],
    [
      ["torture", "--workload", "fio:no.fio"],
      "workload fio: no.fio cannot be read (ENOENT): give a file that is there",
    ],
    [["torture", "--workload", "short:7"], 'workload short: "7" is no length: give a number from 1 to 3'],
    [["enumerate", "--length", "4"], '--length is "4": give a number from 1 to 3'],
    [["replay", "sg1:x"], "case id, "],
    [["replay", "SG1"], "case id, "],
  ])("%j gets one clear sentence and exit code 2", async (args, sentence) => {
    const { code, out, err } = await run(args);
    expect(err).toContain(`error: ${sentence}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(EXIT_USAGE);
    expect(out).toBe("");
  });

  it.each([
    [[]],
    [["demo"]],
    [["torture"]],
    [["replay"]],
    [["bugs"]],
    [["bench", "metadata"]],
    [["bench", "calls"]],
    [["bench", "work"]],
    [["bench", "cycles"]],
    [["bench", "rig"]],
    [["export", "c"]],
  ])("help of %j has examples, on standard output, with exit code 0", async (args) => {
    const { code, out, err } = await run([...args, "--help"]);
    expect(out).toContain("Examples:\n  syncgate ");
    expect(err).toBe("");
    expect(code).toBe(0);
  });
});
