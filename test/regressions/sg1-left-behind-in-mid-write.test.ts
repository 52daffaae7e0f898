import { describe, expect, it } from "vitest";
import { decodeCase } from "../../host/campaign/case/case-id.js";
import { replayCase } from "../../host/campaign/case/replay.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

/**
 * A person fails a card while it takes a write from a live buffer. What the buffer came to hold afterwards, with the card
 * still taking it, was missing from the history of that card: read from it alone later, it was called invented (P4).
 */
const ID =
  "sg1:syncgated.f:mlc:tkmv.k1jk.w37qo.l55.ogu.oh1:s2uz.5:y37t:d4gg.5.2:u62j.2.4:s65r.4:r6jc.6:u786.3.1:u91m.3.5:saez.6.1:yeug:sfv6.6.1:shnv.5:yi6h:slyb.5.1:uor8.4.4:s1aqo.4.1:s1bga.6:m1dki.0.1:s1dqw.6:p20jf.25w4q7:i41:s9.5:scf.5:ycm.1:sgj.4.1:skk.4:y34v.1:s3tp.5:s5p5.5:s5rp.5.1:s5sm.5:s5vr.5:s5zi.5:s61v.5:s65w.5:g67x.0.0.87me:s6bw.5.1:s71y.7.1:sb2x.6.1:c1r";

describe(ID, () => {
  it("holds", () => {
    const { ending, violation } = replayCase(readDriver("rig"), decodeCase(ID));
    expect(violation).toBeNull();
    expect(ending).toBe("held");
  });
});
