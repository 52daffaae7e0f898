import { describe, expect, it } from "vitest";
import { decodeCase } from "../../host/campaign/case/case-id.js";
import { replayCase } from "../../host/campaign/case/replay.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

/**
 * Resync stands back for a read that waits for the copy buffer. When the read then found its region resynchronised it
 * went on without the buffer, and nobody woke resync: the region stayed SYNCING for ever (P5).
 */
const ID = "sg1:never.f:mlc.slc:twck:s7ps.2:s12kw:p1i0g:z35w:r0:zbko:s334.1:s3uw:p21aw:cfi";

describe(ID, () => {
  it("holds", () => {
    const { ending, violation } = replayCase(readDriver("rig"), decodeCase(ID));
    expect(violation).toBeNull();
    expect(ending).toBe("held");
  });
});
