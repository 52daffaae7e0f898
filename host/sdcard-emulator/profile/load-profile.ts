/** Profiles of cards from files: those of the package by name, the user's by path. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { packageFile } from "../../package-file.js";
import { profileSchema, type CardProfile } from "./profile-schema.js";
import { InputError } from "../../input-error.js";

/** A profile cannot be used: one sentence that names file, field and remedy. */
export class ProfileError extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "ProfileError";
  }
}

const FOLDER = "profiles";
const EXTENSION = ".json";
/** Profiles that are based on each other: more is a mistake. */
const BASES_MAX = 4;

type Json = Readonly<Record<string, unknown>>;

/** The names of the profiles of the package, in alphabetical order. @throws PackageFileMissing */
export function cardProfileNames(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => path.basename(file, EXTENSION))
    .toSorted();
}

/**
 * A profile, checked.
 * @param which name of a profile of the package, or path of a file (it ends in .json or has a slash)
 * @throws ProfileError for a name that there is not, a file that cannot be read, or a field outside its limits
 */
export function loadCardProfile(which: string): CardProfile {
  const file = fileOf(which);
  return checkCardProfile(withBases(readJson(file), file, BASES_MAX), file);
}

/**
 * What a file says, checked.
 * @param file for the error
 * @throws ProfileError that names the first field that is wrong
 */
export function checkCardProfile(json: unknown, file: string): CardProfile {
  const result = profileSchema.safeParse(json, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.length === 0 ? "the profile" : issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${key}"`).join(", ");
    throw new ProfileError(`${file}: ${field} has no field ${keys}: remove it, or correct its spelling`);
  }
  const missing = issue.code !== "custom" && issue.input === undefined;
  const found = missing ? "is missing" : `is ${JSON.stringify(valueAt(json, issue.path))}`;
  throw new ProfileError(`${file}: ${field} ${found}: ${remedyOf(issue.message)}`);
}

/** Where nothing better is known than what was expected. */
function remedyOf(message: string): string {
  const expected = /^Invalid input: expected (\w+)/.exec(message);
  return expected === null ? message : `write an ${expected[1]}`.replace(/^write an (?![aeio])/, "write a ");
}

function valueAt(json: unknown, keys: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of keys) value = (value as Record<PropertyKey, unknown>)[key];
  return value;
}

function folder(): string {
  return packageFile(FOLDER, "install the package again");
}

function fileOf(which: string): string {
  if (which.endsWith(EXTENSION) || which.includes("/")) return which;
  const names = cardProfileNames();
  if (names.includes(which)) return path.join(folder(), which + EXTENSION);
  throw new ProfileError(
    `there is no card profile "${which}": choose one of ${names.join(", ")}, or give the path of a file`,
  );
}

function readJson(file: string): unknown {
  if (!existsSync(file)) throw new ProfileError(`${file} is not there: give the path of a profile's file`);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ProfileError(`${file} is no JSON file: ${(error as Error).message}: correct it there`);
  }
}

/** A profile with all that it takes from the one it is based on. */
function withBases(json: unknown, file: string, left: number): unknown {
  if (!isObject(json) || typeof json["basedOn"] !== "string") return json;
  if (left === 0)
    throw new ProfileError(`${file}: basedOn goes round in a circle: base it on a profile without one`);
  const beside = path.join(path.dirname(file), json["basedOn"] + EXTENSION);
  const baseFile = existsSync(beside) ? beside : fileOf(json["basedOn"]);
  return merged(withBases(readJson(baseFile), baseFile, left - 1), json);
}

/** `over` on top of `base`; a figure with its source is replaced as a whole. */
function merged(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over) || "value" in over) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    result[key] = key in base ? merged(base[key], value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
