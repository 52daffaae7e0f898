import { describe, expect, it } from "vitest";
import {
  decodeFirmwareCase,
  encodeFirmwareCase,
  isFirmwareCaseId,
  type FirmwareCase,
} from "../../../host/dut/firmware/firmware-case.js";

const CASE: FirmwareCase = {
  digest: "4i881yzf35kn",
  profile: "tlc-cached",
  seed: 7,
  power: { topology: 2, first: 1, skewUs: 100 },
  cycle: 452116,
  choice: [0, 40, 2],
  recoveries: [],
};

describe("the id of a case of firmware", () => {
  it("is golden, and says all of the case", () => {
    const id = encodeFirmwareCase(CASE);
    expect(id).toBe("fw1:4i881yzf35kn:tlccached:t7:p2.1.2s:y9ous:o.0.14.2");
    expect(decodeFirmwareCase(id)).toEqual({ ...CASE, profile: "tlccached" });
    expect(isFirmwareCaseId(id)).toBe(true);
    expect(isFirmwareCaseId("wl1:x")).toBe(false);
  });

  it("has the cuts of later boots behind it", () => {
    const deep = {
      ...CASE,
      recoveries: [
        { cycle: 1000, choice: [1] },
        { cycle: 0, choice: [] },
      ],
    };
    const id = encodeFirmwareCase(deep);
    expect(id).toBe("fw2:4i881yzf35kn:tlccached:t7:p2.1.2s:y9ous:o.0.14.2:yrs:o1:y0:o");
    expect(decodeFirmwareCase(id)).toEqual({ ...deep, profile: "tlccached" });
    expect(isFirmwareCaseId(id)).toBe(true);
  });

  it.each([
    ["fw1:4i881yzf35kn:mlc:t1:p0.0.0:y1", "case id, sections: expected 7 of them"],
    ["fw1:4i88:mlc:t1:p0.0.0:y1:o", "case id, digest: expected 12 characters"],
    ["fw1:4i881yzf35kn:mlc:t1:p0.2.0:y1:o", "case id, power: expected p<topology>.<0 or 1>.<skew>"],
    ["fw1:4i881yzf35kn:mlc:t1:p4.0.0:y1:o", "case id, topology: expected 0 to 3"],
    ["fw1:4i881yzf35kn:mlc:t1:p0.0.0:c1:o", "case id, cycle: expected a section y..."],
    ["fw1:4i881yzf35kn:mlc:t1:p0.0.0:y1:O", "case id, character"],
    ["fw3:4i881yzf35kn:mlc:t1:p0.0.0:y1:o", "case id, version: expected fw1 or fw2"],
    ["fw1:4i881yzf35kn:mlc:t1:p0.0.0:y1:o:y1:o", "case id, sections: expected 7 of them"],
    ["fw2:4i881yzf35kn:mlc:t1:p0.0.0:y1:o", "case id, sections: expected 7 of them and two more for each"],
    ["fw2:4i881yzf35kn:mlc:t1:p0.0.0:y1:o:y1", "case id, sections: expected 7 of them and two more for each"],
  ])("%s is refused in one sentence", (id, sentence) => {
    expect(() => decodeFirmwareCase(id)).toThrow(sentence);
  });
});
