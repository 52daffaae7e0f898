import { describe, expect, it } from "vitest";
import { BUS_RULES, violationText, type BusRule } from "../../../host/sdcard-emulator/spi/bus-violation.js";
import { TransientFaults } from "../../../host/sdcard-emulator/transient-faults.js";
import { ALL, ready } from "./conformance/conditions.js";
import { crc16, pattern, SECTORS, SpiHost, steady } from "./spi-host.js";

const CARD = ALL[2];

function rulesBroken(host: SpiHost): BusRule[] {
  return host.checker.violations.map(({ rule }) => rule);
}

/** Illegal traffic of each kind, on a card that is ready unless the case brings its own. */
const ILLEGAL: Record<BusRule, (host: SpiHost) => void> = {
  "bytes-unselected": (host) => {
    host.deselect();
    host.byte(0x40);
  },
  "missing-clocks-after": (host) => {
    host.chipSelect(false);
    host.chipSelect(true);
  },
  "too-few-power-up-clocks": () => undefined,
  "first-command": () => undefined,
  "before-initialisation": (host) => {
    host.command(0);
    host.command(17);
  },
  "unannounced-application-command": (host) => host.command(51),
  "command-crc": (host) => host.command(16, 512, 0x02),
  "block-crc": (host) => {
    host.command(24, 0);
    host.sendBlock(pattern(1), 0xfe, 1);
  },
  "command-before-response": (host) => {
    host.byte();
    host.frame(16, 512);
    host.frame(16, 512);
  },
  "command-too-early": (host) => {
    host.command(13);
    host.byte();
    host.frame(13);
    host.response();
    host.byte();
  },
  "command-while-busy": (host) => {
    host.command(24, 0);
    host.sendBlock(pattern(1));
    host.byte();
    host.command(17, 0);
  },
  "command-in-read": (host) => {
    host.command(18, 0);
    host.block();
    host.command(13);
  },
  "command-in-write": (host) => {
    host.command(25, 0);
    host.command(17, 0);
  },
  "token-while-busy": (host) => {
    host.command(25, 0);
    host.sendBlock(pattern(1), 0xfc);
    host.byte(0xfc);
  },
  "token-too-early": (host) => {
    host.command(24, 0);
    host.byte(0xfe);
  },
  "wrong-token": (host) => {
    host.command(24, 0);
    host.byte();
    host.byte(0xfc);
  },
  "token-without-write": (host) => {
    expect(host.command(24, SECTORS)).toBe(0x40);
    host.byte();
    host.byte(0xfe);
  },
  "stray-byte": (host) => {
    host.select();
    host.byte(0x00);
  },
  "deselected-in-frame": (host) => {
    host.byte();
    host.select();
    host.byte(0x51);
    host.deselect();
  },
  "deselected-in-response": (host) => {
    host.byte();
    host.select();
    host.frame(58);
    host.bytes(3);
    host.deselect();
  },
  "deselected-in-block": (host) => {
    host.command(17, 0);
    while (host.byte() !== 0xfe);
    host.bytes(100);
    host.deselect();
  },
};

describe("a checker of the bus", () => {
  it.each(ALL)("finds nothing in legal traffic: $label", (card) => {
    const host = ready(card);
    host.writeSector(1, pattern(1));
    host.readSector(1);
    host.deselect();
    host.command(25, host.address(2));
    for (let i = 0; i < 3; i++) {
      host.sendBlock(pattern(i), 0xfc);
      host.deselect();
      host.select();
      host.ready();
      host.status();
    }
    host.byte();
    host.byte(0xfd);
    host.byte();
    host.ready();
    host.command(18, host.address(2));
    for (let i = 0; i < 3; i++) host.block();
    host.command(12);
    host.ready();
    for (const [index, length] of [
      [9, 16],
      [10, 16],
    ] as const) {
      host.command(index);
      host.block(length);
    }
    host.application(13);
    host.byte();
    host.block(64);
    host.application(51);
    host.block(8);
    host.command(32, host.address(1));
    host.command(33, host.address(3));
    host.command(38);
    host.ready();
    host.command(24, host.address(SECTORS));
    host.command(60);
    host.command(16, 4);
    host.command(42);
    host.sendBlock([1, 2, 3, 4]);
    host.ready();
    host.deselect();
    host.checker.end();
    expect(host.checker.violations.map(violationText)).toEqual([]);
  });

  it("finds nothing in a write that ends an erase sequence", () => {
    const host = ready(CARD);
    host.command(32, 0);
    expect(host.command(24, 5)).toBe(0x02);
    expect(host.sendBlock(pattern(1)) & 0x1f).toBe(0x05);
    host.ready();
    expect(host.checker.violations).toEqual([]);
  });

  it("takes CMD12 that is called illegal for the end of a read whose data never came", () => {
    const transients = new TransientFaults({ seed: 1, rates: { timeout: 1000 } });
    const host = ready(CARD, { transients });
    host.command(17, 1);
    host.bytes(600);
    expect(host.command(12)).toBe(0x04);
    host.status();
    host.command(9);
    host.block(16);
    expect(host.checker.violations.map(violationText)).toEqual([]);
  });

  it("finds nothing in a flush that is polled", () => {
    const host = ready(CARD, { characteristics: steady("tlc-cached") });
    host.writeSector(1, pattern(1));
    const register = (1 << 27) | (261 << 9);
    const block = new Uint8Array(512);
    block[0] = 1;
    host.command(49, register);
    host.sendBlock(block);
    host.ready();
    for (let flag = 1; flag === 1;) {
      host.command(48, register);
      flag = host.block().data[0]!;
    }
    host.deselect();
    host.checker.end();
    expect(host.checker.violations).toEqual([]);
  });

  const cases = (Object.keys(BUS_RULES) as BusRule[]).filter(
    (rule) => rule !== "too-few-power-up-clocks" && rule !== "first-command",
  );
  it.each(cases)("catches %s", (rule) => {
    const host = ready(CARD);
    expect(rulesBroken(host)).toEqual([]);
    ILLEGAL[rule](host);
    expect(rulesBroken(host)).toContain(rule);
    expect(new Set(rulesBroken(host))).toEqual(new Set([rule]));
  });

  it("catches too few clocks after power-up", () => {
    const host = new SpiHost();
    host.powerClocks(9);
    host.command(0);
    expect(rulesBroken(host)).toEqual(["too-few-power-up-clocks"]);
  });

  it("catches another first command than CMD0", () => {
    const host = new SpiHost();
    host.powerClocks();
    host.command(8, 0x1aa);
    expect(rulesBroken(host)).toEqual(["first-command"]);
  });

  it("catches the end of the traffic without clocks after it", () => {
    const host = ready(CARD);
    host.chipSelect(false);
    host.checker.end();
    expect(rulesBroken(host)).toEqual(["missing-clocks-after"]);
  });

  it.each([0x00, 0x80, 0x3f])("catches a stray byte %i that a read is paid with", (mosi) => {
    const host = ready(CARD);
    host.command(17, 0);
    while (host.byte() !== 0xfe);
    host.byte(mosi);
    expect(rulesBroken(host)).toEqual(["stray-byte"]);
  });

  it("catches a deselect between a block and its data response", () => {
    const host = ready(CARD);
    host.command(24, 0);
    host.byte();
    host.byte(0xfe);
    for (const byte of pattern(1)) host.byte(byte);
    host.byte(crc16(pattern(1)) >> 8);
    host.byte(crc16(pattern(1)) & 0xff);
    host.deselect();
    expect(rulesBroken(host)).toEqual(["deselected-in-block"]);
  });

  it("does not take a wrong CRC for illegal where none is checked", () => {
    const host = ready(ALL[3]);
    host.command(16, 512, 0x02);
    host.command(24, 0);
    host.sendBlock(pattern(1), 0xfe, 1);
    expect(rulesBroken(host)).toEqual([]);
  });

  it("says what, where and why", () => {
    const host = ready(CARD);
    host.command(24, 0);
    host.byte(0xfe);
    expect(violationText(host.checker.violations[0]!)).toMatch(
      /^byte \d+, CMD24: token-too-early: a byte lies between a response and a token/,
    );
  });
});
