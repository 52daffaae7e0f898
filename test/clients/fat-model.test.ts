import { describe, expect, it } from "vitest";
import { FatModel } from "../../host/clients/fat-model.js";
import { FILE_ABSENT } from "../../host/clients/file-contents.js";

const listing = (files: Record<string, number>, mountError = 0) => ({
  mountError,
  files: new Map(Object.entries(files)),
  unreadable: false,
});

describe("the model of a FAT volume", () => {
  it("demands what was synced, with the same bytes", () => {
    const model = new FatModel();
    model.touch("A");
    model.settle("A", 3);
    expect(model.complaint(listing({ A: 3, X: 9 }))).toBe("");
    expect(model.complaint(listing({ A: 4 }))).toBe("A was synced, and holds other bytes");
    expect(model.complaint(listing({}))).toBe("A was synced, and is gone");
    expect(model.complaint(listing({}, 13))).toBe("the volume cannot be mounted: FatFs answers 13");
  });

  it("demands nothing of a file while it is changed", () => {
    const model = new FatModel();
    model.settle("A", 3);
    model.touch("A");
    model.touch("B");
    expect(model.complaint(listing({}, 13))).toBe("");
    expect(model.settledFiles).toBe(0);
  });

  it("demands that a removed file stays away", () => {
    const model = new FatModel();
    model.settle("A", 3);
    model.settle("A", FILE_ABSENT);
    expect(model.complaint(listing({}))).toBe("");
    expect(model.complaint(listing({ A: 3 }))).toBe("A was removed and synced, and is there again");
  });

  it("has a new version whenever its demands change", () => {
    const model = new FatModel();
    const versions = [model.version];
    model.touch("A");
    versions.push(model.version);
    model.settle("A", 1);
    versions.push(model.version);
    expect(new Set(versions).size).toBe(3);
  });
});
