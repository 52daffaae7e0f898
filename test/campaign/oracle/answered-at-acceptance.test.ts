/** What a crash may leave of writes that are answered while the cards still program them. */
import { expect, it } from "vitest";
import { STATUS_OK } from "../../../assembly/layout.js";
import { SectorHistory } from "../../../host/campaign/oracle/sector-history.js";
import {
  VERDICT_NAMES,
  VERDICT_OK,
  VERDICT_UNREADABLE_NOT_IN_FLIGHT,
  type Verdict,
} from "../../../host/campaign/oracle/sector-verdict.js";
import { SectorContents, UNREADABLE } from "../../../host/sdcard-emulator/sector-contents.js";

const SECTOR = 2;
const contents = new SectorContents();

function history(atomicSector: boolean): SectorHistory {
  return new SectorHistory({ sectors: 8, contents, atomicSector, answersAtAcceptance: true });
}

function write(h: SectorHistory, value: number): void {
  const buffer = { samplePiece: () => contents.stamp(value), storeSector: () => undefined };
  h.writeDone(h.writeSubmitted(SECTOR, 1, buffer, 0), STATUS_OK);
}

function expectOfReadError(verdict: Verdict, expected: Verdict): void {
  expect(VERDICT_NAMES[verdict]).toBe(VERDICT_NAMES[expected]);
}

it("a cut may leave a read error until they are flushed, and none of what was flushed", () => {
  const h = history(false);
  const cut = (): Verdict => h.permits(SECTOR, UNREADABLE);
  expectOfReadError(cut(), VERDICT_UNREADABLE_NOT_IN_FLIGHT);
  write(h, 1);
  expectOfReadError(cut(), VERDICT_OK);
  h.flushDone(h.flushSubmitted(), STATUS_OK);
  expectOfReadError(cut(), VERDICT_UNREADABLE_NOT_IN_FLIGHT);
  write(h, 2);
  h.crashed();
  expectOfReadError(h.readReturned(SECTOR, UNREADABLE), VERDICT_OK);
});

it("the running system reads them without an error, and cards with atomic sectors have none", () => {
  const running = history(false);
  write(running, 1);
  expectOfReadError(running.readReturned(SECTOR, UNREADABLE), VERDICT_UNREADABLE_NOT_IN_FLIGHT);
  const atomic = history(true);
  write(atomic, 1);
  expectOfReadError(atomic.permits(SECTOR, UNREADABLE), VERDICT_UNREADABLE_NOT_IN_FLIGHT);
});
