import { describe, expect, it } from "vitest";
import { crc7, SpiHost } from "../spi-host.js";
import { ALL, BLOCK_ADDRESSED, BYTE_ADDRESSED, fresh, ready } from "./conditions.js";

/** Bits as the specification numbers them: 127 is the first on the wire. */
function bits(register: Uint8Array, high: number, low: number): number {
  let value = 0;
  for (let bit = high; bit >= low; bit--) {
    const byte = register[(register.length * 8 - 1 - bit) >> 3]!;
    value = value * 2 + ((byte >> (bit % 8)) & 1);
  }
  return value;
}

function readRegister(host: SpiHost, index: 9 | 10): Uint8Array {
  expect(host.command(index)).toBe(0);
  const { token, data, crcRight } = host.block(16);
  expect(token).toBe(0xfe);
  expect(crcRight).toBe(true);
  expect(data[15]).toBe((crc7([...data.subarray(0, 15)]) << 1) | 1);
  return data;
}

/** Bytes of a card by its CSD, as the specification computes them. */
function capacity(csd: Uint8Array): number {
  if (bits(csd, 127, 126) === 1) return (bits(csd, 69, 48) + 1) * 512 * 1024;
  return (bits(csd, 73, 62) + 1) * 2 ** (bits(csd, 49, 47) + 2) * 2 ** bits(csd, 83, 80);
}

describe("CMD9", () => {
  it.each(BYTE_ADDRESSED)("sends a CSD of version 1: $label", (card) => {
    const csd = readRegister(ready(card), 9);
    expect(bits(csd, 127, 126)).toBe(0);
    expect(capacity(csd)).toBe(8192 * 512);
    expect(bits(csd, 79, 79)).toBe(1);
    expect(bits(csd, 21, 21)).toBe(0);
    expect(bits(csd, 25, 22)).toBe(bits(csd, 83, 80));
  });

  it.each(BLOCK_ADDRESSED)("sends a CSD of version 2: $label", (card) => {
    const csd = readRegister(ready(card), 9);
    expect(bits(csd, 127, 126)).toBe(1);
    expect(capacity(csd)).toBe(8192 * 512);
    expect(bits(csd, 119, 112)).toBe(0x0e);
    expect(bits(csd, 111, 104)).toBe(0);
    expect(bits(csd, 103, 96)).toBe(0x32);
    expect(bits(csd, 83, 80)).toBe(9);
    expect(bits(csd, 79, 76)).toBe(0);
    expect(bits(csd, 46, 46)).toBe(1);
    expect(bits(csd, 45, 39)).toBe(0x7f);
    expect(bits(csd, 31, 31)).toBe(0);
    expect(bits(csd, 28, 26)).toBe(2);
    expect(bits(csd, 25, 22)).toBe(9);
  });

  it.each([4, 8, 4096, 12_288, 2_097_152, 4_194_304])(
    "says the size of an SDSC card of %i sectors",
    (sectors) => {
      const host = new SpiHost({ generation: "sdsc2", sectors }).initialise(true);
      expect(capacity(readRegister(host, 9))).toBe(sectors * 512);
    },
  );

  it("says a block of 1,024 bytes for a standard card of 2 GiB, whose blocks are 512 all the same", () => {
    const host = new SpiHost({ generation: "sdsc2", sectors: 4_194_304 }).initialise(true);
    expect(bits(readRegister(host, 9), 83, 80)).toBe(10);
    expect(host.readSector(4_194_303).data).toHaveLength(512);
  });

  it.each([1024, 1_048_576, 67_108_864])("says the size of an SDHC card of %i sectors", (sectors) => {
    const host = new SpiHost({ generation: "sdhc", sectors }).initialise(true);
    expect(capacity(readRegister(host, 9))).toBe(sectors * 512);
  });

  it("says the size of an SDXC card of 64 GiB", () => {
    const host = new SpiHost({ generation: "sdxc", sectors: 2 ** 27 }).initialise(true);
    expect(capacity(readRegister(host, 9))).toBe(2 ** 36);
  });

  it.each([
    ["sdsc1", [0, 2, 4, 5, 6, 7, 8]],
    ["sdsc2", [0, 2, 4, 5, 6, 7, 8, 10]],
    ["sdhc", [0, 2, 4, 5, 7, 8, 10, 11]],
    ["sdxc", [0, 2, 4, 5, 7, 8, 10, 11]],
  ] as const)("lists the command classes of %s", (generation, classes) => {
    const csd = readRegister(new SpiHost({ generation }).initialise(), 9);
    const found = Array.from({ length: 12 }, (_, i) => i).filter((i) => bits(csd, 84 + i, 84 + i) === 1);
    expect(found).toEqual(classes);
  });

  it.each([1, 3, 4_194_308])("cannot say %i sectors of a standard card: no such card is made", (sectors) => {
    expect(() => new SpiHost({ generation: "sdsc2", sectors })).toThrow(/CSD of an SDSC card cannot say/);
  });

  it.each([1, 1023, 1536])(
    "cannot say %i sectors of a high-capacity card: no such card is made",
    (sectors) => {
      expect(() => new SpiHost({ generation: "sdhc", sectors })).toThrow(/multiple of 1024 sectors/);
    },
  );
});

describe("CMD10", () => {
  it.each(ALL)("sends the CID: $label", (card) => {
    const identity = {
      manufacturerId: 0x27,
      oemId: "PH",
      productName: "SD08G",
      revision: [6, 2],
      serialNumber: 0xdeadbeef,
      manufactured: [2021, 7],
    } as const;
    const cid = readRegister(ready(card, { identity }), 10);
    expect(bits(cid, 127, 120)).toBe(0x27);
    expect(String.fromCharCode(...cid.subarray(1, 3))).toBe("PH");
    expect(String.fromCharCode(...cid.subarray(3, 8))).toBe("SD08G");
    expect(cid[8]).toBe(0x62);
    expect(bits(cid, 55, 24)).toBe(0xdeadbeef);
    expect(bits(cid, 23, 20)).toBe(0);
    expect(bits(cid, 19, 12)).toBe(21);
    expect(bits(cid, 11, 8)).toBe(7);
  });
});

describe.each([9, 10])("CMD%i", (index) => {
  it.each(ALL)("is illegal in idle: $label", (card) => {
    const host = fresh(card);
    host.command(0);
    expect(host.command(index)).toBe(0x05);
    expect(host.bytes(24).every((byte) => byte === 0xff)).toBe(true);
  });
});

describe("an identity", () => {
  it.each([
    [{ manufacturerId: 256 }, /manufacturerId/],
    [{ oemId: "ABC" }, /oemId/],
    [{ productName: "ABCD" }, /productName/],
    [{ manufactured: [1999, 1] as const }, /manufactured/],
    [{ serialNumber: -1 }, /serialNumber/],
    [{ auSizeCode: 10 }, /auSizeCode/],
  ])("outside its limits is refused: %o", (identity, message) => {
    expect(() => new SpiHost({ identity })).toThrow(message);
  });

  it("of a standard card has no performance extension", () => {
    expect(() => new SpiHost({ generation: "sdsc2", identity: { performanceExtension: true } })).toThrow(
      /choose sdhc or sdxc/,
    );
  });

  it.each([0, 9, 1.5])("with an N_CR of %d is refused", (responseGap) => {
    expect(() => new SpiHost({ responseGap })).toThrow(/N_CR is 1 to 8/);
  });
});
