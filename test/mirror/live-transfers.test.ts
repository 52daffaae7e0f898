import { describe, expect, it } from "vitest";
import { MEMBER_FAULTY, MEMBER_IN_SYNC, MEMBER_MISSING, MEMBER_REBUILDING } from "../../assembly/layout.js";
import { LiveTransfers } from "../../host/mirror/live-transfers.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card.js";

class Cell implements TransferBuffer {
  content = 0;

  samplePiece(): number {
    return this.content;
  }

  storeSector(_sector: number, content: number): void {
    this.content = content;
  }
}

const USED = (): boolean => true;
const statesOf = (...states: number[]): { memberState: (member: number) => number } => ({
  memberState: (member) => states[member]!,
});

/** Whether a transfer of member 1 that begins before `between` still fills its buffer after it. */
function arrives(
  transfers: LiveTransfers,
  between: (transfers: LiveTransfers) => void,
  isUsed = USED,
): boolean {
  const cell = new Cell();
  const buffer = transfers.whileAwaited(1, cell, isUsed);
  between(transfers);
  buffer.storeSector(0, 7);
  return cell.content === 7;
}

function running(deadlineMs = 0): LiveTransfers {
  const transfers = new LiveTransfers();
  transfers.controllerStarted(deadlineMs);
  transfers.ticked(100);
  transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_IN_SYNC));
  return transfers;
}

describe("a card fills a buffer", () => {
  it("as long as nothing happens to it, in whatever state it is", () => {
    const transfers = running();
    expect(arrives(transfers, () => transfers.look(statesOf(MEMBER_FAULTY, MEMBER_IN_SYNC)))).toBe(true);
    transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_FAULTY));
    // A card that was dropped and is back is read before it is a member again.
    expect(arrives(transfers, () => transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_FAULTY)))).toBe(true);
    expect(arrives(transfers, () => transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_REBUILDING)))).toBe(true);
  });

  it.each([MEMBER_FAULTY, MEMBER_MISSING])(
    "not when it was dropped, to state %d, even if it is back",
    (state) => {
      const transfers = running();
      expect(
        arrives(transfers, () => {
          transfers.look(statesOf(MEMBER_IN_SYNC, state));
          transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_REBUILDING));
        }),
      ).toBe(false);
    },
  );

  it("not when it lost its cache, whatever its state", () => {
    const transfers = running();
    transfers.look(statesOf(MEMBER_IN_SYNC, MEMBER_FAULTY));
    expect(arrives(transfers, () => transfers.dropped(1))).toBe(false);
    expect(arrives(transfers, () => transfers.dropped(0))).toBe(true);
  });

  it("not after the deadline, which the driver knows by its ticks", () => {
    expect(arrives(running(30), (transfers) => transfers.ticked(130))).toBe(true);
    expect(arrives(running(30), (transfers) => transfers.ticked(131))).toBe(false);
    const fresh = new LiveTransfers();
    fresh.controllerStarted(30);
    expect(
      arrives(fresh, () => fresh.ticked(1000)),
      "it begins to wait with the first tick",
    ).toBe(true);
    expect(arrives(running(0), (transfers) => transfers.ticked(1_000_000))).toBe(true);
  });

  it("not of a request that was answered, nor for a controller that was reset", () => {
    expect(
      arrives(
        running(),
        () => {},
        () => false,
      ),
    ).toBe(false);
    expect(arrives(running(), (transfers) => transfers.controllerStarted(0))).toBe(false);
  });
});
