import { describe, expect, it } from "vitest";
import { BUG_LACKING_RECORD_NOT_WRITTEN, BUG_NONE } from "../../assembly/layout.js";
import { Campaign } from "../../host/campaign/campaign.js";
import { decodeCase } from "../../host/campaign/case/case-id.js";
import { CleanArrays } from "../../host/campaign/world/clean-arrays.js";
import { TINY } from "../../host/campaign/world/scenario.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

/**
 * A card is pulled out in the middle of a record and cut in the middle of the next one, which went to the slot of its only
 * valid record. Booted alone, it has none left, and showed what a region had held before it was discarded (P2).
 */
const ID =
  "sg1:syncgated.f:mlc:tfbz.w37qo.l8an.s3.ogu.oh1:ubh.0.4:w1c6.6.1:u1dh.5.3:s1hi.6.1:s2pd.1.1:s32i.6.1:s337.1.1:g44u.3.0.5:u573.2.5:ua30.1.3:uawl.4.4:gggn.4.1.cojo:uiy5.4.4:xjhv:xjhv.0.1:xjhv.1:xjhv.1.1:xjhv.2:xjhv.2.1:djhv.4.3:sjtn.4.1:xkfj:xkfj.0.1:xkfj.1:xkfj.1.1:dkfj.3.2:sxd0.6.1:szdk.2:y10yx:g10yx.5.1.4:p14uw.amdr1h:i01:ub1.3.5:rns.4:sv9.4.1:y1ed:x1j4:x1j4.0.1:x1j4.1:x1j4.1.1:x1j4.2:x1j4.2.1:d1j4.3.3:s1up.3:s1zj.3.1:y20t:s231.3.1:r2lt.5:s2oe:s37p:u3xb.2.2:s4ia:s4r9.0.1:s4sw:s4tv.0.1:s4xw.0.1:s525.0.1:s53d:u7rc.3.2:gb8w.3.0.6:ubcy.0.4:uhfv.4.1:ujwn.5.1:mxo8.1:sz5h.0.1:s127a.4:m14j6.2:s17h2.0.1:s17i0.4.1:s17lf.0.1:ck:a:b3";

describe(ID.slice(0, 40), () => {
  const binary = readDriver("rig");
  const { scenario } = decodeCase(ID);
  // With the mend other moments follow each other, so the cut of the id has no place any more: every cut is tried.
  const broken = (bug: number): string[] =>
    new Campaign(binary, TINY, new CleanArrays(binary))
      .run({ ...scenario, bug }, 0, 1, { loneEvery: 1 })
      .violations.map(({ promises, text }) => `${promises.join()}: ${text}`);

  it("holds, whenever it is cut", () => {
    expect(broken(BUG_NONE)).toEqual([]);
  });

  it("breaks where the record that the card lacks is not written first", () => {
    expect(broken(BUG_LACKING_RECORD_NOT_WRITTEN)).toEqual(["P2: on card B alone, sector 6 reads as lost"]);
  });
});
