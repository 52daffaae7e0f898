import { existsSync } from "node:fs";
import { Command } from "commander";
import { loadCard, newStoredCard, saveCard, stateFileOf } from "../sdcard-emulator/image/stored-card.js";
import { loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { identityOf } from "../sdcard-emulator/profile/profiled-card.js";
import { cardIdentity } from "../sdcard-emulator/spi/card-identity.js";
import { encodeCsd } from "../sdcard-emulator/spi/registers/csd.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { sectorsOfSize } from "./sectors-of-size.js";
import { storedCardProfile } from "./stored-card-profile.js";
import { cardFacts, cardText, type CardFacts } from "./card-facts.js";
import { EXIT_HELD } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { UsageError, numberIn, wholeNumberIn } from "./usage-error.js";

const HELP = `
A card in files is a raw image, as dd reads it off a real card, and FILE.card.json beside it: wear, mapping, write
protection. The image is sparse.

Examples:
  syncgate card create a.img --profile consumer-tlc --size 64MiB
  syncgate card create old.img --profile industrial-slc --size 1GiB --filled --used 95
  syncgate card show a.img
`;
const USED_MAX = 100;

interface CreateOptions {
  readonly profile: string;
  readonly size: string;
  readonly seed: string;
  readonly filled?: boolean;
  readonly used: string;
  readonly json?: boolean;
}

/** `syncgate card`. @param finish gets the exit code */
export function cardCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  const print = (json: boolean | undefined, facts: CardFacts): void => {
    terminal.print(
      json === true ? `${JSON.stringify({ version: 1, ...facts }, null, 2)}\n` : cardText(facts),
    );
    finish(EXIT_HELD);
  };
  command
    .description("Emulated cards that are kept in files while they have no power.")
    .addHelpText("after", HELP)
    .addCommand(
      new Command("create")
        .description("A new card of a class.")
        .argument("<file>", "its image; must not be there yet")
        .requiredOption("--profile <name>", "its class: a profile by name, or path of a file")
        .requiredOption("--size <bytes>", "capacity, as 64MiB or 4GiB")
        .option("--seed <number>", "which of the cards of the class", "1")
        .option("--filled", "it was written from end to end before")
        .option("--used <percent>", "how much of its endurance is used up", "0")
        .option("--json", "print what it is as JSON")
        .action((file: string, options: CreateOptions) => {
          const profile = loadCardProfile(options.profile);
          const sectors = sectorsOfSize(options.size);
          fitsSpi(profile, sectors, options.size);
          const seed = wholeNumberIn("--seed", options.seed, 0, 0xffff_ffff);
          const usedPercent = numberIn("--used", options.used, 0, USED_MAX);
          for (const present of [file, stateFileOf(file)].filter((name) => existsSync(name)))
            throw new UsageError(`${present} is there already: choose another name, or remove it first`);
          const contents = new SectorContents();
          const card = newStoredCard(profile, sectors, seed, {
            filled: options.filled === true,
            usedPercent,
          });
          saveCard(file, card, contents);
          print(options.json, cardFacts(card));
        }),
    )
    .addCommand(
      new Command("show")
        .description("Checks a card's files, and says what its flash knows.")
        .argument("<file>", "its image")
        .option("--profile <name>", "its profile, by path, unless that is one of the package's")
        .option("--json", "print it as JSON")
        .action((file: string, { profile, json }: { profile?: string; json?: boolean }) => {
          const card = loadCard(file, new SectorContents(), (name) => storedCardProfile(file, name, profile));
          print(json, cardFacts(card));
        }),
    );
}

/** Either face is to take the card: its CSD has to be able to say the size. */
function fitsSpi(profile: CardProfile, sectors: number, size: string): void {
  try {
    encodeCsd(cardIdentity(identityOf(profile)), sectors);
  } catch (error) {
    throw new UsageError(`--size is "${size}": ${(error as Error).message}; give another size`);
  }
}
