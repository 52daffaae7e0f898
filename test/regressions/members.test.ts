import { describe, expect, it } from "vitest";
import { decodeCase } from "../../host/campaign/case/case-id.js";
import { replayCase } from "../../host/campaign/case/replay.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

/** What each case broke, and how. */
const CASES = [
  [
    "a half rebuilt card was taken for the younger history",
    "sg1:syncgated.f:slc:ogu.oh1:p290o:m0.2:c1m:a:b1",
  ],
  [
    "a rebuilt card got other marks under the number of a record that its source had",
    "sg1:syncgated.f:mlc:t1cex.e2.s1.ogu.oh1:g0.1.0.4wg0:s0.3:s3uw:p12kw:sdw.4:r0:d5eg.4.3:s3uw:sbko.7:c49:a1:b1",
  ],
  [
    "a stop waited for records that a rebuild held back",
    "sg1:syncgated.f:slc.tlccached:ogu.oh1:s0:g3uw.2.1.e2wx:p1xg0:quv4:cet",
  ],
  [
    "a flush was answered well after the only card had lost its cache",
    "sg1:syncgated.f:slowsettle.slc:k1jk.ogu.oh1:g3uw.2.1.1pr5:p1lvc:x7ps:d7ps.0.1:guv4.2.0.2c9m:c2d:a:b",
  ],
  [
    "a target of a rebuild was lost while its superblock was written, and no superblock was ever written again",
    "sg1:syncgated.f:mlc:ogu.oh1:g0.2.1.favd:pr08:d0.0.1:g7ps.2.1.5x0l:mffk.2.1:q1tl4:cex",
  ],
  [
    "a card that had gone on alone was taken out, and the stale one was judged by what had been answered since",
    "sg1:syncgated.f:tlccached.slc:ogu.oh1:s0.5:p2og8:u0.3.5:m0.1:g1aao.5.1.2:c31:a0:b",
  ],
] as const;

describe("cases that once broke a promise", () => {
  const binary = readDriver("rig");

  it.each(CASES)("%s", (_, id) => {
    expect(replayCase(binary, decodeCase(id)).violation).toBeNull();
  });
});
