import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runImageTool } from "../../host/wasi/image-tool.js";
import {
  ARRAY_ID,
  DATA_SECTORS,
  DATA_START,
  FORMAT,
  IMAGE_SECTORS,
  SECTOR,
  dataArea,
  formatted,
  observed,
  pattern,
  statusOf,
  succeed,
  temporaryFolder,
} from "./image-pair.js";
import { crc32c, isSealed, parseRecord, parseSuperblock } from "./on-card-structures.js";

const folder = temporaryFolder();
const newPair = () => formatted(folder.file("a.img"), folder.file("b.img"));
const sectorOf = (file: string, sector: number) =>
  readFileSync(file).subarray(sector * SECTOR, (sector + 1) * SECTOR);

describe("format", () => {
  it("writes superblocks that another reader understands, byte for byte", async () => {
    const pair = await newPair();
    for (const member of [0, 1]) {
      const first = sectorOf(pair[member]!, 0);
      // Magic, version, member, sequence, array id as four little-endian words.
      expect(first.subarray(0, 32).toString("hex")).toBe(
        `53475342020000000${member}00000001000000${"33221100"}${"77665544"}${"bbaa9988"}${"ffeeddcc"}`,
      );
      // Flags, shift of 8 sectors, 32 regions, stride 4, base sector 0, and nothing up to the checksum.
      expect(first.subarray(64, 84).toString("hex")).toBe("0000000003000000200000000400000000000000");
      // Scheme, founding lineage, marks for nobody, and nothing up to the checksum.
      expect(first.readUInt32LE(84)).toBe(0);
      expect(first.subarray(88, 96).equals(first.subarray(48, 56))).toBe(true);
      expect(first.subarray(96, 508).equals(Buffer.alloc(412))).toBe(true);
      expect(isSealed(first)).toBe(true);
      expect(sectorOf(pair[member]!, 4).equals(first)).toBe(true);
      const id = crc32c(first.subarray(16, 32)).toString(16).padStart(8, "0");
      expect(parseSuperblock(first)).toMatchObject({
        cardId: `${id}0000000${1 + member}`,
        partnerId: `${id}0000000${2 - member}`,
        parent: "0000000000000000",
      });
    }
    expect(parseSuperblock(sectorOf(pair[0], 0)).lineage).toBe(parseSuperblock(sectorOf(pair[1], 0)).lineage);
  });

  it("marks every region, in records 1 and 2 of each slot pair", async () => {
    const pair = await newPair();
    for (const image of pair) {
      for (const [sector, sequence] of [
        [8, 2],
        [12, 1],
      ] as const) {
        const record = sectorOf(image, sector);
        expect(isSealed(record)).toBe(true);
        expect(parseRecord(record)).toEqual({
          magic: "SGBM",
          version: 2,
          index: 0,
          sequence,
          lineage: parseSuperblock(sectorOf(image, 0)).lineage,
          marked: Array.from({ length: 32 }, (_, region) => region),
        });
      }
    }
  });

  it("makes the same images from the same array id, and others without one", async () => {
    const [a] = await newPair();
    const [c] = await formatted(folder.file("c.img"), folder.file("d.img"));
    expect(readFileSync(a).equals(readFileSync(c))).toBe(true);
    const random = FORMAT.slice(0, 5) as unknown as typeof FORMAT;
    const [e] = await formatted(folder.file("e.img"), folder.file("f.img"), random);
    const [g] = await formatted(folder.file("g.img"), folder.file("h.img"), random);
    expect(parseSuperblock(sectorOf(e, 0)).arrayId).not.toBe(parseSuperblock(sectorOf(g, 0)).arrayId);
  });

  it("covers an image with several bitmap sectors", async () => {
    const command = ["format", "--region-sectors", "1", "--stride", "8"] as const;
    const pair = await formatted(folder.file("a.img"), folder.file("b.img"), command, 32 + 2000);
    expect((await statusOf(pair)).regions).toEqual({ CLEAN: 0, NEEDS_SYNC: 2000, UNWRITTEN: 0 });
    await succeed(["write", "--sector", "1990"], pair, { stdin: pattern(10, 1) });
    expect(await succeed(["read", "--sector", "1990", "--count", "10"], pair)).toEqual(pattern(10, 1));
  });
});

describe("status", () => {
  it("tells what another reader finds on the images", async () => {
    const pair = await newPair();
    const status = await statusOf(pair);
    const superblocks = pair.map((image) => parseSuperblock(sectorOf(image, 0)));
    expect(status).toEqual({
      arrayId: ARRAY_ID,
      formatVersion: 2,
      lineage: superblocks[0]!.lineage,
      parent: superblocks[0]!.parent,
      members: superblocks.map(({ member, cardId, partnerId, sequence }) => ({
        member,
        cardId,
        partnerId,
        sequence,
        sectors: IMAGE_SECTORS,
      })),
      geometry: {
        regions: 32,
        regionSectors: 8,
        strideSectors: 4,
        baseSector: 0,
        dataStartSector: DATA_START,
        dataSectors: DATA_SECTORS,
      },
      regions: { CLEAN: 0, NEEDS_SYNC: 32, UNWRITTEN: 0 },
    });
  });

  it("prints the same for people", async () => {
    const pair = await newPair();
    const text = (await succeed(["status"], pair)).toString();
    expect(text).toContain(`array     ${ARRAY_ID}\n`);
    expect(text).toContain(
      "geometry  32 regions of 8 sectors, stride 4, data from sector 16 on, 131072 bytes usable\n",
    );
    expect(text).toMatch(/regions {3}0 CLEAN, 32 NEEDS_SYNC, 0 UNWRITTEN\n$/);
    expect(text).toContain(`member B  card `);
    expect(text).toContain(`${IMAGE_SECTORS} sectors, ${pair[1]}\n`);
  });

  it.each([["as formatted"], ["written"]])("writes nothing to images %s", async (kind) => {
    const pair = await newPair();
    if (kind === "written") await succeed(["write", "--sector", "3"], pair, { stdin: pattern(2, 9) });
    const written: string[] = [];
    const { exitCode, changed } = await observed(["status"], pair, {
      editImports: (imports) => ({
        ...imports,
        fd_pwrite: () => void written.push("write"),
        fd_datasync: () => void written.push("flush"),
      }),
    });
    expect({ exitCode, changed, written }).toEqual({ exitCode: 0, changed: false, written: [] });
  });

  it("finds the array by the second superblock when the first is gone on both images", async () => {
    const pair = await newPair();
    const before = await statusOf(pair);
    for (const image of pair) overwriteSector(image, 0, Buffer.alloc(SECTOR));
    // Assembly writes both copies anew, here aside from the images, under the next sequence number.
    const text = JSON.stringify(before).replaceAll('"sequence":1', '"sequence":2');
    expect(JSON.stringify(await statusOf(pair))).toBe(text);
  });
});

describe("resync", () => {
  it("leaves the source's data on both images and every region clean", async () => {
    const pair = await newPair();
    const [a, b] = pair;
    for (const sector of [0, 77, 255]) overwriteSector(a, DATA_START + sector, pattern(1, sector));
    overwriteSector(b, DATA_START + 100, pattern(1, 3));
    const wanted = dataArea(a);
    expect((await succeed(["resync"], pair)).toString()).toBe("resynchronised 32 regions\n");
    expect(dataArea(a).equals(wanted)).toBe(true);
    expect(dataArea(b).equals(wanted)).toBe(true);
    expect((await statusOf(pair)).regions).toEqual({ CLEAN: 32, NEEDS_SYNC: 0, UNWRITTEN: 0 });
    expect((await succeed(["resync"], pair)).toString()).toBe("resynchronised 0 regions\n");
  });

  it("copies only the regions that a killed write had marked", async () => {
    const pair = await newPair();
    await succeed(["resync"], pair);
    let left = 4; // a record on each image, then the data on A, then the process is dead
    const killed = runImageTool(["write", "--sector", "80"], pair, {
      stdin: pattern(1, 5),
      editImports: (imports) => ({
        ...imports,
        fd_pwrite: (...values: unknown[]) => {
          if (left-- === 0) throw new Error("killed");
          return (imports["fd_pwrite"] as (...all: unknown[]) => unknown)(...values);
        },
      }),
    });
    await expect(killed).rejects.toThrow("killed");
    const marked = (await statusOf(pair)).regions.NEEDS_SYNC;
    expect(marked).toBeGreaterThan(0);
    expect(marked).toBeLessThan(32);
    expect((await succeed(["resync"], pair)).toString()).toBe(`resynchronised ${marked} regions\n`);
    expect(dataArea(pair[0]).equals(dataArea(pair[1]))).toBe(true);
  });
});

describe("write and read", () => {
  it("give back the bytes, from either image, and leave both equal in the data area", async () => {
    const pair = await newPair();
    const bytes = pattern(70, 1);
    const said = await succeed(["write", "--sector", "20", "--count", "70"], pair, { stdin: bytes });
    expect(said.toString()).toBe("wrote 70 sectors from 20 on to both images\n");
    expect(await succeed(["read", "--sector", "20", "--count", "70"], pair)).toEqual(bytes);
    for (const image of pair) {
      expect(
        dataArea(image)
          .subarray(20 * SECTOR, 90 * SECTOR)
          .equals(bytes),
      ).toBe(true);
    }
    expect(dataArea(pair[0]).equals(dataArea(pair[1]))).toBe(true);
  });

  it("flush every image after its last data write", async () => {
    const pair = await newPair();
    await succeed(["resync"], pair);
    const order: string[] = [];
    const noted = (imports: WebAssembly.ModuleImports, name: string) =>
      function (fd: number, ...rest: unknown[]): unknown {
        order.push(`${name} ${fd}`);
        return (imports[name] as (...all: unknown[]) => unknown)(fd, ...rest);
      };
    await succeed(["write", "--sector", "0"], pair, {
      stdin: pattern(1, 1),
      editImports: (imports) => ({
        ...imports,
        fd_pwrite: noted(imports, "fd_pwrite"),
        fd_datasync: noted(imports, "fd_datasync"),
      }),
    });
    const images = new Set(order.map((step) => step.split(" ")[1]));
    expect(images.size).toBe(2);
    for (const fd of images) {
      expect(order).toContain(`fd_pwrite ${fd}`);
      expect(order.lastIndexOf(`fd_datasync ${fd}`)).toBeGreaterThan(order.lastIndexOf(`fd_pwrite ${fd}`));
    }
  });

  it("make a marked sector equal on both images before they show it", async () => {
    const pair = await newPair();
    overwriteSector(pair[0], DATA_START + 9, pattern(1, 1));
    overwriteSector(pair[1], DATA_START + 9, pattern(1, 2));
    expect(await succeed(["read", "--sector", "9", "--count", "1"], pair)).toEqual(pattern(1, 1));
    expect(dataArea(pair[1]).subarray(9 * SECTOR, 10 * SECTOR)).toEqual(pattern(1, 1));
  });

  it("agree with an array in memory, whatever is written where", async () => {
    const pair = await newPair();
    const model = Buffer.alloc(DATA_SECTORS * SECTOR);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(DATA_SECTORS - 1),
        fc.integer({ min: 1, max: 80 }),
        fc.nat(255),
        async (sector, length, seed) => {
          const sectors = Math.min(length, DATA_SECTORS - sector);
          const bytes = pattern(sectors, seed);
          bytes.copy(model, sector * SECTOR);
          const at = ["--sector", String(sector), "--count", String(sectors)];
          await succeed(["write", ...at], pair, { stdin: bytes });
          expect(await succeed(["read", ...at], pair)).toEqual(bytes);
        },
      ),
      { numRuns: 12, seed: 7 },
    );
    expect(await succeed(["read", "--sector", "0", "--count", String(DATA_SECTORS)], pair)).toEqual(model);
    expect(dataArea(pair[0]).equals(model)).toBe(true);
    expect(dataArea(pair[1]).equals(model)).toBe(true);
  });
});

function overwriteSector(file: string, sector: number, bytes: Buffer): void {
  const all = readFileSync(file);
  bytes.copy(all, sector * SECTOR);
  writeFileSync(file, all);
}
