import { describe, expect, it } from "vitest";
import { SectorHistory } from "../../../host/campaign/oracle/sector-history.js";
import { VERDICT_INVENTED, VERDICT_OK } from "../../../host/campaign/oracle/sector-verdict.js";
import { SectorContents, ZEROS } from "../../../host/sdcard-emulator/sector-contents.js";

const contents = new SectorContents();
const piece = (n: number): number => contents.stamp(n);
const sector = (a: number, b: number): number => contents.sectorOf(piece(a), piece(b));

function historyWithWrite(n: number): { readonly history: SectorHistory; readonly id: number } {
  const history = new SectorHistory({ sectors: 8, contents, atomicSector: true });
  const buffer = { samplePiece: () => piece(n), storeSector: () => undefined };
  return { history, id: history.writeSubmitted(0, 1, buffer, 0) };
}

describe("a card that is left behind", () => {
  it("in the middle of a write still takes what the buffer comes to hold, and a fork does not", () => {
    const { history, id } = historyWithWrite(1);
    const fork = history.fork();
    const past = history.leaveBehind();
    history.bufferModified(id, 0, 1, piece(2));
    expect(past.permits(0, sector(1, 2))).toBe(VERDICT_OK);
    expect(past.permits(0, sector(1, 1))).toBe(VERDICT_OK);
    expect(past.permits(0, sector(2, 2))).toBe(VERDICT_INVENTED);
    expect(fork.permits(0, sector(1, 2))).toBe(VERDICT_INVENTED);
  });

  it("takes nothing of what begins later, and nothing after a crash", () => {
    const { history, id } = historyWithWrite(1);
    const past = history.leaveBehind();
    history.crashed();
    expect(() => history.bufferModified(id, 0, 0, piece(2))).toThrow("under way");
    const buffer = { samplePiece: () => piece(3), storeSector: () => undefined };
    const later = history.writeSubmitted(0, 1, buffer, 0);
    history.bufferModified(later, 0, 0, piece(4));
    expect(past.permits(0, sector(3, 3))).toBe(VERDICT_INVENTED);
    expect(past.permits(0, sector(4, 3))).toBe(VERDICT_INVENTED);
    expect(past.permits(0, ZEROS)).toBe(VERDICT_OK);
  });
});
