import { Command } from "commander";
import { cardProfileNames, loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { EXIT_HELD } from "./exit-codes.js";
import { profileErrors, type ModelError } from "./profile-errors.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";

const HELP = `
A profile is one of the package's by name, or your own file by its path.

Examples:
  syncgate profile list
  syncgate profile show consumer-tlc
  syncgate profile check ./my-card.json
`;

/** `syncgate profile`. @param finish gets the exit code */
export function profileCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Profiles of cards: flash, times, faults, each figure with its source.")
    .addHelpText("after", HELP)
    .addCommand(
      new Command("list")
        .description("The profiles of the package.")
        .option("--json", "print the names as JSON")
        .action(({ json }: { json?: boolean }) => {
          const names = cardProfileNames();
          terminal.print(json === true ? `${JSON.stringify(names)}\n` : listText(names.map(loadCardProfile)));
          finish(EXIT_HELD);
        }),
    )
    .addCommand(
      new Command("show")
        .description("Every figure of a profile, and where it comes from.")
        .argument("<name>", "name of a profile, or path of a file")
        .option("--json", "print the whole profile as JSON, with what it takes from others")
        .action((name: string, { json }: { json?: boolean }) => {
          const profile = loadCardProfile(name);
          terminal.print(json === true ? `${JSON.stringify(profile, null, 2)}\n` : showText(profile));
          finish(EXIT_HELD);
        }),
    )
    .addCommand(
      new Command("check")
        .description("Checks a file, and the model's error against what was measured on real cards.")
        .argument("[name]", "name of a profile, or path of a file; default: all of the package")
        .option("--json", "print the errors as JSON")
        .action((name: string | undefined, { json }: { json?: boolean }) => {
          const errors = (name === undefined ? cardProfileNames() : [name]).flatMap((one) =>
            profileErrors(loadCardProfile(one)),
          );
          terminal.print(json === true ? `${JSON.stringify(errors, null, 2)}\n` : checkText(errors));
          finish(EXIT_HELD);
        }),
    );
}

function listText(profiles: readonly CardProfile[]): string {
  return textTable(
    [{ title: "PROFILE" }, { title: "OPEN UNITS", right: true }, { title: "CACHE" }, { title: "ABOUT" }],
    profiles.map(({ name, flash, faults, about }) => [
      name,
      String(flash.openUnits.value),
      faults.cache.value,
      about,
    ]),
  );
}

function showText(profile: CardProfile): string {
  const rows = (["faults", "wire", "flash", "timing"] as const).flatMap((section) =>
    Object.entries(profile[section]).map(([field, { value, source }]) => [
      `${section}.${field}`,
      String(value),
      source,
    ]),
  );
  const { source, ...identity } = profile.identity;
  return (
    `${profile.name}: ${profile.about}\nCapacities: ${profile.capacitiesMiB.join(", ")} MiB\n` +
    `Identity: ${JSON.stringify(identity)} (${source})\n\n` +
    textTable([{ title: "FIGURE" }, { title: "VALUE", right: true }, { title: "SOURCE" }], rows)
  );
}

function checkText(errors: readonly ModelError[]): string {
  const table = textTable(
    [
      { title: "PROFILE" },
      { title: "MEASUREMENT" },
      { title: "CITED", right: true },
      { title: "MODEL", right: true },
      { title: "ERROR", right: true },
      { title: "" },
      { title: "SOURCE" },
    ],
    errors.map(({ profile, what, cited, modelled, errorPercent, fitted, source }) => [
      profile,
      what,
      significant(cited),
      significant(modelled),
      `${errorPercent >= 0 ? "+" : ""}${errorPercent.toFixed(1)} %`,
      fitted ? "fitted" : "",
      source,
    ]),
  );
  return (
    `${table}\nfitted: a figure of the profile was chosen by this measurement. The others follow from the model; their\n` +
    "error is what the model is worth.\n"
  );
}

/** Three digits that count. */
function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
