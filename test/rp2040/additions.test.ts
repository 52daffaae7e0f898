import { describe, expect, it } from "vitest";
import { Board, FirmwareError } from "../../host/rp2040/index.js";
import { machineCode } from "./machine-code.js";

const FOR_EVER = 0xe7fe;
const MASK = 0xb672; // cpsid i
const WFI = 0xbf30;
const RAM = 0x20000000;
const DMA = 0x50000000;
const SNIFF_CTRL = DMA + 0x434;
const SNIFF_DATA = DMA + 0x438;
const ALARM0 = 0x40054010;
const TIMER_ARMED = 0x40054020;

/** With the DMA and a timer that counts, as firmware would have them. */
function board(...code: number[]): Board {
  const started = new Board({ firmware: machineCode(...code) });
  started.chip.writeUint32(0x4000f000, (1 << 2) | (1 << 21)); // RESETS_RESET, cleared
  started.chip.writeUint32(0x4005802c, (1 << 9) | 12); // WATCHDOG_TICK
  return started;
}

/** A board whose alarm was set 5 us ago. */
function late(): Board {
  const set = board(FOR_EVER);
  set.run({ untilCycle: 10_000 }); // 80 us
  set.chip.writeUint32(ALARM0, 75);
  return set;
}

describe("the DMA sniffer", () => {
  // CRC-16/XMODEM of "123456789", its check value in every catalogue of CRCs.
  it.each([
    ["CRC-16", 2, 0x31c3],
    ["the sum", 15, [..."123456789"].reduce((sum, c) => sum + c.charCodeAt(0), 0)],
  ])("takes %s of what its channel moves", (_, calc, expected) => {
    const sniffed = board(FOR_EVER);
    const target = sniffed.chip;
    for (const [i, c] of [..."123456789"].entries()) target.writeUint8(RAM + 0x100 + i, c.charCodeAt(0));
    target.writeUint32(SNIFF_CTRL, (calc << 5) | 1);
    target.writeUint32(SNIFF_DATA, 0);
    target.writeUint32(DMA, RAM + 0x100);
    target.writeUint32(DMA + 4, RAM + 0x200);
    target.writeUint32(DMA + 8, 9);
    target.writeUint32(DMA + 0xc, (1 << 23) | (63 << 15) | (1 << 5) | (1 << 4) | 1);
    sniffed.run({ untilCycle: 1000 });
    expect(target.readUint8(RAM + 0x208)).toBe("9".charCodeAt(0));
    expect(target.readUint32(SNIFF_DATA)).toBe(expected);
  });

  it("says which sums it does not know", () => {
    expect(() => board(FOR_EVER).chip.writeUint32(SNIFF_CTRL, 1)).toThrow("is not emulated");
  });
});

describe("an alarm of the timer that is set in the past", () => {
  it("is reported when firmware waits for it", () => {
    expect(() => late().run({ untilCycle: 100_000 })).toThrow(FirmwareError);
    expect(() => late().run({ untilCycle: 100_000 })).toThrow(
      "timer alarm 0 was set to 75 us, which had passed",
    );
  });

  it("is forgiven when firmware disarms it", () => {
    const disarmed = late();
    disarmed.chip.writeUint32(TIMER_ARMED, 1);
    expect(disarmed.run({ untilCycle: 100_000 })).toBe("cycle");
  });
});

describe("WFI", () => {
  it("is ended by an interrupt that PRIMASK holds back, which is not taken", () => {
    const masked = board(MASK, WFI, FOR_EVER);
    masked.chip.core.enabledInterrupts = 1;
    masked.run({ untilCycle: 1 });
    masked.chip.setInterrupt(0, true);
    expect(masked.run({ untilCycle: 100 })).toBe("cycle");
    expect(masked.chip.core.PC & ~1).toBe(0x100001c4);
    expect(masked.chip.core.IPSR).toBe(0);
  });

  it("without anything that could end it is told from a wait", () => {
    expect(board(MASK, WFI, FOR_EVER).run({ untilCycle: Infinity })).toBe("asleep");
  });
});
