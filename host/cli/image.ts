import { CommanderError, InvalidArgumentError, type Command } from "commander";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { createImages } from "../wasi/create-images.js";
import { EXIT_BAD_INPUT } from "../wasi/image-refusal.js";
import { runImageTool, type ImageCommand, type ImageToolRun } from "../wasi/image-tool.js";
import { parseByteSize } from "./byte-size.js";
import type { Terminal } from "./terminal.js";

/** Where results, the one sentence of a failure and the exit code go; in tests, into memory. */
export interface ImageCommandStreams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(data: Uint8Array | string): unknown };
  readonly stderr: { write(data: Uint8Array | string): unknown };
  setExitCode(code: number): void;
}

interface CreateFlags {
  size: number;
  region?: number;
  stride?: number;
  arrayId?: string;
  force?: boolean;
}

/**
 * `syncgate image`: makes card images and works on them with the driver's WASI module. Exit code 0, or 2 for bad
 * input and unusable images, 3 when the driver stopped itself.
 * @throws CommanderError with exitCode 2 for a command line that is wrong in itself, 0 for help
 */
export function imageCommand(image: Command, streams: ImageCommandStreams): void {
  image.description("Makes and inspects the images of two cards.");
  // Before the sub-commands: they inherit it when they are made.
  image.exitOverride((error) => {
    throw new CommanderError(error.exitCode === 0 ? 0 : EXIT_BAD_INPUT, error.code, error.message);
  });
  image.configureOutput({
    writeOut: (text) => streams.stdout.write(text),
    writeErr: (text) => streams.stderr.write(text),
  });
  const report = (run: ImageToolRun): void => {
    if (run.stdout.length > 0) streams.stdout.write(run.stdout);
    if (run.stderr !== "") streams.stderr.write(run.stderr);
    streams.setExitCode(run.exitCode);
  };
  const onOutput = (bytes: Uint8Array): void => void streams.stdout.write(bytes);
  const run = async (a: string, b: string, command: ImageCommand, stdin?: Uint8Array): Promise<void> => {
    report(await runImageTool(command, [a, b], { onOutput, ...(stdin && { stdin }) }));
  };

  onPair(image, "create", "make two images with a new array")
    .requiredOption("--size <size>", "of each image, 8MiB for one", byteSize)
    .option(
      "--region <size>",
      "of a region, a power of two (default: 64KiB or what covers the images)",
      byteSize,
    )
    .option("--stride <size>", "between two metadata areas, a power of two (default: 64KiB)", byteSize)
    .option("--array-id <hex>", "32 hexadecimal digits (default: random)")
    .option("--force", "replace files that exist")
    .action(async (a: string, b: string, flags: CreateFlags) => {
      const wanted = {
        sizeBytes: flags.size,
        ...(flags.region !== undefined && { regionBytes: flags.region }),
        ...(flags.stride !== undefined && { strideBytes: flags.stride }),
        ...(flags.arrayId !== undefined && { arrayId: flags.arrayId }),
        overwrite: flags.force ?? false,
      };
      report(await createImages([a, b], wanted));
    });
  onPair(image, "status", "print identity, geometry and regions; changes nothing")
    .option("--json", "as one JSON object")
    .action((a: string, b: string, flags: { json?: boolean }) =>
      run(a, b, ["status", ...(flags.json ? ["--json"] : [])]),
    );
  onPair(image, "resync", "make marked regions equal on both images").action((a: string, b: string) =>
    run(a, b, ["resync"]),
  );
  onPair(image, "read", "print data sectors on standard output")
    .requiredOption("--sector <number>", "first data sector")
    .requiredOption("--count <number>", "sectors")
    .action((a: string, b: string, flags: { sector: string; count: string }) =>
      run(a, b, ["read", "--sector", flags.sector, "--count", flags.count]),
    );
  onPair(image, "write", "write data sectors from standard input to both images")
    .requiredOption("--sector <number>", "first data sector")
    .action(async (a: string, b: string, flags: { sector: string }) => {
      const input = await collect(streams.stdin);
      if (input.length === 0 || input.length % SECTOR_BYTES !== 0) {
        streams.stderr.write(
          `standard input holds ${input.length} bytes; give whole sectors of ${SECTOR_BYTES} bytes\n`,
        );
        streams.setExitCode(EXIT_BAD_INPUT);
        return;
      }
      const count = String(input.length / SECTOR_BYTES);
      await run(a, b, ["write", "--sector", flags.sector, "--count", count], input);
    });
}

/** The same on the streams of this process. @param finish gets the exit code */
export function imageOfTerminal(image: Command, terminal: Terminal, finish: (code: number) => void): void {
  imageCommand(image, {
    stdin: process.stdin,
    stdout: { write: terminal.print },
    stderr: { write: (text) => terminal.complain(String(text)) },
    setExitCode: finish,
  });
}

function onPair(image: Command, name: string, description: string): Command {
  return image
    .command(name)
    .description(description)
    .argument("<a>", "image of member A")
    .argument("<b>", "image of member B");
}

function byteSize(text: string): number {
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw new InvalidArgumentError("Give a size such as 8MiB, 64KiB or 512.");
  return bytes;
}

async function collect(input: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of input) pieces.push(piece);
  return Buffer.concat(pieces);
}
