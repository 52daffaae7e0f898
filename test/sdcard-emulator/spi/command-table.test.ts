import { describe, expect, it } from "vitest";
import { COMMANDS, ruleOf } from "../../../host/sdcard-emulator/spi/command-table.js";
import { ALL, ready } from "./conformance/conditions.js";

const IDLE = 1;
const READY = 2;
const READ = 4;
const WRITE = 8;
const BUSY = 16;

/** The specification's tables 7-3 and 7-4, with 4.3.7.2 for locked cards: one line a command. */
const TABLE: readonly (readonly [
  name: string,
  response: string,
  commandClass: number,
  legalIn: number,
  whenLocked: boolean,
  data: string,
])[] = [
  ["CMD0 GO_IDLE_STATE", "R1", 0, IDLE | READY | READ | WRITE | BUSY, true, "none"],
  ["CMD1 SEND_OP_COND", "R1", 0, IDLE | READY, true, "none"],
  ["CMD6 SWITCH_FUNC", "R1", 10, READY, false, "read 64"],
  ["CMD8 SEND_IF_COND", "R7", 0, IDLE | READY, true, "none"],
  ["CMD9 SEND_CSD", "R1", 0, READY, true, "read 16"],
  ["CMD10 SEND_CID", "R1", 0, READY, true, "read 16"],
  ["CMD12 STOP_TRANSMISSION", "R1b", 0, READ | WRITE, true, "none"],
  ["CMD13 SEND_STATUS", "R2", 0, READY | WRITE | BUSY, true, "none"],
  ["CMD16 SET_BLOCKLEN", "R1", 2, READY, true, "none"],
  ["CMD17 READ_SINGLE_BLOCK", "R1", 2, READY, false, "read sector"],
  ["CMD18 READ_MULTIPLE_BLOCK", "R1", 2, READY, false, "reads sector"],
  ["CMD24 WRITE_BLOCK", "R1", 4, READY, false, "write 512"],
  ["CMD25 WRITE_MULTIPLE_BLOCK", "R1", 4, READY, false, "writes 512"],
  ["CMD27 PROGRAM_CSD", "R1", 4, READY, false, "write 16"],
  ["CMD28 SET_WRITE_PROT", "R1b", 6, READY, false, "none"],
  ["CMD29 CLR_WRITE_PROT", "R1b", 6, READY, false, "none"],
  ["CMD30 SEND_WRITE_PROT", "R1", 6, READY, false, "read 4"],
  ["CMD32 ERASE_WR_BLK_START", "R1", 5, READY, false, "none"],
  ["CMD33 ERASE_WR_BLK_END", "R1", 5, READY, false, "none"],
  ["CMD38 ERASE", "R1b", 5, READY, false, "none"],
  ["CMD42 LOCK_UNLOCK", "R1", 7, READY, true, "write block-length"],
  ["CMD48 READ_EXTR_SINGLE", "R1", 11, READY, false, "read 512"],
  ["CMD49 WRITE_EXTR_SINGLE", "R1", 11, READY, false, "write 512"],
  ["CMD55 APP_CMD", "R1", 8, IDLE | READY | WRITE | BUSY, true, "none"],
  ["CMD56 GEN_CMD", "R1", 8, READY, false, "either 512"],
  ["CMD58 READ_OCR", "R3", 0, IDLE | READY, true, "none"],
  ["CMD59 CRC_ON_OFF", "R1", 0, IDLE | READY, true, "none"],
  ["ACMD13 SD_STATUS", "R2", 8, READY, false, "read 64"],
  ["ACMD22 SEND_NUM_WR_BLOCKS", "R1", 8, READY, false, "read 4"],
  ["ACMD23 SET_WR_BLK_ERASE_COUNT", "R1", 8, READY, false, "none"],
  ["ACMD41 SD_SEND_OP_COND", "R1", 8, IDLE | READY, true, "none"],
  ["ACMD42 SET_CLR_CARD_DETECT", "R1", 8, READY, false, "none"],
  ["ACMD51 SEND_SCR", "R1", 8, READY, false, "read 8"],
];

const found = COMMANDS.map(
  ({ index, application, name, response, commandClass, legalIn, whenLocked, data }) =>
    [
      `${application ? "A" : ""}CMD${index} ${name}`,
      response,
      commandClass,
      legalIn,
      whenLocked,
      data.direction === "none" ? "none" : `${data.direction}${data.multiple ? "s" : ""} ${data.bytes}`,
    ] as const,
);

describe("the command table", () => {
  it.each(TABLE)("has %s", (...line) => {
    expect(found).toContainEqual(line);
  });

  it("has nothing else", () => {
    expect(found).toHaveLength(TABLE.length);
  });

  it("takes an unknown application command for the plain one", () => {
    expect(ruleOf(17, true)).toBe(ruleOf(17, false));
    expect(ruleOf(13, true)).not.toBe(ruleOf(13, false));
    expect(ruleOf(2, true)).toBeNull();
  });

  // What a line says of the data is what the card does.
  it.each(COMMANDS.filter(({ data }) => data.direction === "read" && !data.multiple))(
    "says how long the block of CMD$index is",
    (rule) => {
      const host = ready(rule.index === 30 ? ALL[1] : ALL[2]);
      const r1 = rule.application ? host.application(rule.index) : host.command(rule.index);
      expect(r1).toBe(0);
      if (rule.response === "R2") host.byte();
      const length = typeof rule.data.bytes === "number" ? rule.data.bytes : 512;
      expect(host.block(length)).toMatchObject({ token: 0xfe, crcRight: true });
      expect(host.bytes(8).every((byte) => byte === 0xff)).toBe(true);
    },
  );
});
