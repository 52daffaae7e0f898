import { describe, expect, it } from "vitest";
import { parseBlktrace } from "../../host/clients/blktrace.js";

const MOST = 131_072;
/** A line as the header's format "%D %2c %8s %5T.%9t %5p %2a %3d" of blkparse(1) prints it. */
const line = (seconds: string, action: string, rwbs: string, rest: string, device = "  8,0  "): string =>
  `${device}  3        1     ${seconds}   697 ${action.padStart(2)} ${rwbs.padStart(3)} ${rest}\n`;
const done = (text: string, most = MOST): string[] =>
  parseBlktrace(text, "mine.txt", most).map(
    ({ atUs, kind, sector, sectors }) => `${atUs} ${kind} ${sector}+${sectors}`,
  );

/** The example of blkparse(1), and what surrounds it in a trace. */
const TRACE =
  line("0.000000000", "A", "W", "223490 + 8 <- (8,1) 223427") +
  line("0.000000100", "Q", "W", "223490 + 8 [kjournald]") +
  line("0.000000200", "G", "W", "223490 + 8 [kjournald]") +
  line("0.000000300", "P", "N", "[kjournald]") +
  line("0.000000400", "I", "W", "223490 + 8 [kjournald]") +
  line("0.000000500", "U", "N", "[kjournald] 1") +
  line("0.000000600", "D", "W", "223490 + 8 [kjournald]") +
  line("0.004000700", "C", "W", "223490 + 8 [0]") +
  line("0.005000100", "Q", "RA", "16 + 8 [cat]") +
  line("0.005000200", "m", "N", "cfq697 insert_request");

describe("a block trace", () => {
  it("is read at the action queue, times from the first request on, and every other action is left out", () => {
    expect(done(TRACE, 300_000)).toEqual(["0 write 223490+8", "5000 read 16+8"]);
  });

  it("of other actions is read at issue, else at completion, of which failed ones are left out", () => {
    const issued = line("1.000000000", "D", "W", "8 + 8 [x]") + line("1.000001000", "C", "W", "8 + 8 [0]");
    expect(done(issued)).toEqual(["0 write 8+8"]);
    const completed =
      line("1.000000000", "C", "W", "8 + 8 [0]") +
      line("1.000001000", "C", "W", "16 + 8 [-5]") +
      line("1.000002000", "C", "R", "24 + 8 (  131) [0]");
    expect(done(completed)).toEqual(["0 write 8+8", "2 read 24+8"]);
  });

  it("has flushes, force unit access in pieces of 64 KiB, and discards by its RWBS", () => {
    const text =
      line("0.000000000", "Q", "FWS", "[jbd2/sda1-8]") +
      line("0.000001000", "Q", "FWFSM", "0 + 200 [jbd2/sda1-8]") +
      line("0.000002000", "Q", "DS", "64 + 64 [fstrim]") +
      line("0.000003000", "Q", "WSM", "8 + 1 [x]") +
      line("0.000004000", "Q", "N", "36 (12 01 00 00 24 00 ..) [udevd]") +
      line("0.900000000", "Q", "W", "9 + 1 [x]");
    expect(done(text)).toEqual([
      "0 sync 0+0",
      "1 sync 0+0",
      "1 fua 0+128",
      "1 fua 128+72",
      "2 trim 64+64",
      "3 write 8+1",
      "200003 write 9+1",
    ]);
  });

  it("ends where the statistics begin", () => {
    const text = `${line("0.000000000", "Q", "W", "8 + 8 [x]")}\nCPU0 (sda):\n Reads Queued:  0,  0KiB\nTotal (sda):\n`;
    expect(done(text)).toEqual(["0 write 8+8"]);
  });

  it("of a disk larger than the array keeps the chunks that are used, in their order and side by side", () => {
    const text =
      line("0.000000000", "Q", "W", "1000000000 + 8 [x]") + // chunk 7812500, sector 0 in it
      line("0.000001000", "Q", "W", "1000000120 + 16 [x]") + // the end of it, and the next one
      line("0.000002000", "Q", "R", "5 + 1 [x]") + // chunk 0
      line("0.000003000", "Q", "D", "999999990 + 20 [x]"); // of a chunk that is not used, and of one that is
    expect(done(text)).toEqual(["0 write 128+8", "1 write 248+16", "2 read 5+1", "3 trim 128+10"]);
  });

  it.each([
    ["", "mine.txt has no request: trace the actions queue, issue or complete"],
    [line("0.000000000", "G", "W", "8 + 8 [x]"), "mine.txt has no request"],
    ["hello\n", 'mine.txt, line 1: "hello" is no event of blkparse: print the trace in its default format'],
    [
      `${line("0.000000000", "Q", "W", "8 + 8 [x]")}  8,0    3        1     0.00   697  Q   W 8 + 8 [x]\n`,
      "mine.txt, line 2: ",
    ],
    [line("0.000000000", "Q", "W", "8 + "), 'mine.txt, line 1: "8 +" is no sector + number of sectors'],
    [
      line("0.000000000", "Q", "W", "8 + 8 [x]") + line("0.000000001", "Q", "W", "8 + 8 [x]", "  8,16 "),
      "mine.txt, line 2: its device is 8,16, and the first one was 8,0: print one device's trace",
    ],
    [
      line("0.000000000", "Q", "WFS", "0 + 9999999999 [x]"),
      "mine.txt, line 1: 9999999999 sectors are more than an array's 131072: cut it",
    ],
    [
      line("0.000000000", "Q", "W", "0 + 131072 [x]") + line("0.000000001", "Q", "W", "131072 + 1 [x]"),
      "mine.txt reads and writes more chunks of 64 KiB than an array of 131072 sectors has: cut it",
    ],
    [line("0.000000000", "Q", "DS", "0 + 9999999999 [x]"), "mine.txt has discards only, beyond an array"],
  ])("%j is refused in one sentence", (text, sentence) => {
    expect(() => done(text)).toThrow(sentence);
  });
});
