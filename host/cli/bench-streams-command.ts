import type { Command } from "commander";
import { benchStreams, BITMAP_PLACES, STREAMS_MAX, type StreamsRow } from "../bench/streams-bench.js";
import { cardProfileNames, loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import { EXIT_HELD } from "./exit-codes.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { wholeNumberIn } from "./usage-error.js";

const CHUNK_KIB_MAX = 512;

/** `syncgate bench streams`. @param finish gets the exit code */
export function benchStreamsCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description(
      `One to ${STREAMS_MAX} streams that write in turn, with and without a bitmap's sector written and flushed before each\n` +
        "write, on a card that has been used before, over SPI. In virtual time: the same on every machine.",
    )
    .option("--profile <names>", "names of profiles or paths of files, separated by commas; default: all")
    .option("--chunk <KiB>", "size of a stream's write", "64")
    .option("--json", "print the rows as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  syncgate bench streams --profile consumer-tlc\n  syncgate bench streams --chunk 16 --json\n",
    )
    .action((options: { profile?: string; chunk: string; json?: boolean }) => {
      const names = options.profile?.split(",").map((name) => name.trim()) ?? cardProfileNames();
      const chunkKiB = wholeNumberIn("--chunk", options.chunk, 1, CHUNK_KIB_MAX);
      const rows = names.map(loadCardProfile).flatMap((profile) => benchStreams(profile, chunkKiB));
      terminal.print(options.json === true ? `${JSON.stringify(rows, null, 2)}\n` : streamsText(rows));
      finish(EXIT_HELD);
    });
}

function streamsText(rows: readonly StreamsRow[]): string {
  const numbers = BITMAP_PLACES.flatMap((place) => [
    { title: place === "none" ? "NO BITMAP ms" : `${place.toUpperCase()} ms`, right: true },
    { title: "FACTOR", right: true },
    { title: "WA", right: true },
  ]);
  const keys = [...new Set(rows.map(({ profile, streams }) => `${profile} ${streams}`))];
  const table = textTable(
    [
      { title: "PROFILE" },
      { title: "STREAMS", right: true },
      ...numbers,
      { title: "LONGEST ms", right: true },
    ],
    keys.map((key) => {
      const same = rows.filter(({ profile, streams }) => `${profile} ${streams}` === key);
      const { profile, streams } = same[0]!;
      const cells = BITMAP_PLACES.flatMap((place) => {
        const row = same.find(({ bitmap }) => bitmap === place)!;
        return [row.msPerWrite.toFixed(1), row.factor.toFixed(1), row.writeAmplification.toFixed(1)];
      });
      return [profile, String(streams), ...cells, Math.max(...same.map(({ msMax }) => msMax)).toFixed(0)];
    }),
  );
  return (
    `${table}\nms: of one write, its bitmap sector and flush included. FACTOR: against one stream without a bitmap. WA: bytes\n` +
    "programmed for each byte written. Far: the bitmap has an erase block of its own. Near: its sector lies in the erase\n" +
    "block of the data it speaks of. Each open erase block too many is closed and opened again at every turn.\n"
  );
}
