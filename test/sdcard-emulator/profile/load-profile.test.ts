import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkCharacteristics } from "../../../host/sdcard-emulator/characteristics.js";
import {
  cardProfileNames,
  checkCardProfile,
  loadCardProfile,
} from "../../../host/sdcard-emulator/profile/load-profile.js";
import {
  characteristicsOf,
  identityOf,
  physicsOf,
} from "../../../host/sdcard-emulator/profile/profiled-card.js";
import { cardIdentity } from "../../../host/sdcard-emulator/spi/card-identity.js";

const folder = mkdtempSync(path.join(tmpdir(), "profiles-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Json = Record<string, any>; // oxlint-disable-line no-explicit-any -- a file that a person wrote

/** The shipped SLC profile with something changed. */
function changed(change: (json: Json) => void): Json {
  const json = structuredClone(loadCardProfile("industrial-slc")) as Json;
  change(json);
  return json;
}

const refusal = (change: (json: Json) => void): string => {
  try {
    checkCardProfile(changed(change), "my.json");
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

describe("the profiles of the package", () => {
  it("are these classes, each valid and named as its file", () => {
    expect(cardProfileNames()).toEqual([
      "a1-cached",
      "consumer-mlc",
      "consumer-tlc",
      "industrial-slc",
      "late-settle",
      "lying-flush",
    ]);
    for (const name of cardProfileNames()) expect(loadCardProfile(name).name).toBe(name);
  });

  it("give every figure a source", () => {
    for (const name of cardProfileNames()) {
      const { faults, wire, flash, timing, measured } = loadCardProfile(name);
      const figures = [faults, wire, flash, timing].flatMap((section) => Object.values(section));
      for (const { source } of [...figures, ...measured]) expect(source.length).toBeGreaterThan(2);
    }
  });

  it.each(cardProfileNames())("%s makes a card for both faces, of each of its capacities", (name) => {
    const profile = loadCardProfile(name);
    expect(() => checkCharacteristics(characteristicsOf(profile))).not.toThrow();
    expect(cardIdentity(identityOf(profile)).auSizeCode).toBe(9); // 4 MiB, table 4-44
    for (const mib of profile.capacitiesMiB) {
      const physics = physicsOf(profile, { sectors: mib * 2048, seed: 1 });
      expect(physics.writeUs(0, 8)).toBeGreaterThan(0);
    }
  });

  it("differ where they say so, and nowhere else", () => {
    const tlc = loadCardProfile("consumer-tlc");
    const lying = loadCardProfile("lying-flush");
    const late = loadCardProfile("late-settle");
    expect(characteristicsOf(lying)).toEqual({
      ...characteristicsOf(tlc),
      name: "lying-flush",
      flush: "lying",
    });
    expect(characteristicsOf(late)).toEqual({
      ...characteristicsOf(tlc),
      name: "late-settle",
      settleUs: 1_600_000,
    });
    expect(lying.measured).toEqual(tlc.measured);
  });
});

describe("a profile's file", () => {
  it("is taken from any path, and may be based on one of the package", () => {
    const at = file(
      "mine.json",
      JSON.stringify({
        name: "mine",
        about: "Three open units.",
        basedOn: "consumer-tlc",
        flash: { openUnits: { value: 3, source: "tried" } },
      }),
    );
    const mine = loadCardProfile(at);
    expect(mine.flash.openUnits).toEqual({ value: 3, source: "tried" });
    expect(mine.flash.pageKiB).toEqual(loadCardProfile("consumer-tlc").flash.pageKiB);
  });

  it("is refused in a sentence when it is not there, no JSON, or goes round in a circle", () => {
    expect(() => loadCardProfile("floppy")).toThrow(
      'there is no card profile "floppy": choose one of a1-cached, consumer-mlc, consumer-tlc, industrial-slc, late-settle, lying-flush, or give the path of a file',
    );
    expect(() => loadCardProfile("./none.json")).toThrow(
      "./none.json is not there: give the path of a profile's file",
    );
    const broken = file("broken.json", "{");
    expect(() => loadCardProfile(broken)).toThrow(
      new RegExp(`^${broken} is no JSON file: .*: correct it there$`),
    );
    const circle = file("circle.json", JSON.stringify({ basedOn: "circle" }));
    expect(() => loadCardProfile(circle)).toThrow(
      `${circle}: basedOn goes round in a circle: base it on a profile without one`,
    );
  });

  it.each<[string, (json: Json) => void]>([
    [
      "my.json: flash.openUnits.value is 0: write a whole number from 1 to 64",
      (json) => (json["flash"].openUnits.value = 0),
    ],
    [
      'my.json: flash.openUnits.value is "two": write a whole number from 1 to 64',
      (json) => (json["flash"].openUnits.value = "two"),
    ],
    [
      "my.json: flash.openUnits.value is 1.5: write a whole number from 1 to 64",
      (json) => (json["flash"].openUnits.value = 1.5),
    ],
    [
      'my.json: flash.openUnits is 2: write {"value": ..., "source": "where it comes from, or why it is assumed"}',
      (json) => (json["flash"].openUnits = 2),
    ],
    [
      "my.json: flash.openUnits.source is missing: write a text of 1 to 400 characters",
      (json) => delete json["flash"].openUnits.source,
    ],
    ["my.json: timing is missing: write an object", (json) => delete json["timing"]],
    [
      'my.json: flash has no field "openunits": remove it, or correct its spelling',
      (json) => (json["flash"].openunits = { value: 1, source: "x" }),
    ],
    [
      'my.json: faults.cache.value is "big": write one of "none", "unordered", "ordered"',
      (json) => (json["faults"].cache.value = "big"),
    ],
    [
      'my.json: faults.flush.value is "lying": write "honest": without a cache there is nothing for a flush to lie about',
      (json) => (json["faults"].flush.value = "lying"),
    ],
    [
      "my.json: flash.eraseBlockKiB.value is 1001: write 1 to 4096 times pageKiB, which is 8",
      (json) => (json["flash"].eraseBlockKiB.value = 1001),
    ],
    [
      "my.json: flash.writeBufferKiB.value is 8: write 0, because faults.cache is none",
      (json) => (json["flash"].writeBufferKiB.value = 8),
    ],
    [
      "my.json: flash.slcCacheKiB.value is 1024: write at least 3 erase blocks, 3072, or 0",
      (json) => (json["flash"].slcCacheKiB.value = 1024),
    ],
    [
      "my.json: flash.eraseByte.value is 1: write 0 or 255: what erased cells read as",
      (json) => (json["flash"].eraseByte.value = 1),
    ],
    [
      "my.json: version is 2: write 1: this build reads version 1 of the format",
      (json) => (json["version"] = 2),
    ],
    [
      "my.json: measured is []: write at least one measurement with its source, so that the model can be judged",
      (json) => (json["measured"] = []),
    ],
    [
      'my.json: measured.0.what is "speed": choose a kind of measurement that the model can repeat; docs/sdcard.md lists them',
      (json) => (json["measured"][0].what = "speed"),
    ],
    [
      "my.json: timing.housekeepingMaxUs.value is 0: write no less than housekeepingMinUs",
      (json) => (json["timing"].housekeepingMinUs.value = 5),
    ],
    [
      'my.json: identity.oemId is "ABC": write 2 printable ASCII characters',
      (json) => (json["identity"].oemId = "ABC"),
    ],
  ])("%s", (sentence, change) => {
    expect(refusal(change)).toBe(sentence);
  });

  it("that is no object is refused too", () => {
    expect(() => checkCardProfile([], "my.json")).toThrow("my.json: the profile is []: write an object");
  });

  it("of the package is what is loaded: none is empty", () => {
    const text = readFileSync(new URL("../../../profiles/lying-flush.json", import.meta.url), "utf8");
    expect(JSON.parse(text)).toMatchObject({ basedOn: "consumer-tlc" });
  });
});
