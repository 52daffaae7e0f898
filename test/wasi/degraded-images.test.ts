/** Images of two cards of which one went on alone: what the image tool does with them. */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMirror, MirrorCard } from "../../host/index.js";
import { SECTOR, statusOf, succeed, temporaryFolder, type Pair } from "./image-pair.js";

const folder = temporaryFolder();

/** Sector 3 holds 1 on both cards, and 2 on the one that went on alone. */
async function degradedPair(): Promise<Pair> {
  const cards = [1, 2].map((seed) => new MirrorCard({ seed, megabytes: 0.25 })) as [MirrorCard, MirrorCard];
  const mirror = await createMirror({ cards, metadataStride: 8, regionKilobytes: 4 });
  await mirror.write(3, new Uint8Array(SECTOR).fill(1));
  await mirror.stop();
  await mirror.reassemble();
  await mirror.members.fail(1);
  await mirror.write(3, new Uint8Array(SECTOR).fill(2));
  await mirror.stop();
  const files = ["a.img", "b.img"].map((name) => folder.file(name)) as [string, string];
  files.forEach((file, slot) => {
    const card = mirror.pull(slot);
    const sectors = Array.from({ length: card.sectors }, (_, sector) => card.bytesOf(sector)!);
    writeFileSync(file, Buffer.concat(sectors));
  });
  return files;
}

describe("images of which one is behind", () => {
  it("are read as the one that went on has it, and are a pair again after resync", async () => {
    const pair = await degradedPair();
    const read = (): Promise<Buffer> => succeed(["read", "--sector", "3", "--count", "1"], pair);
    expect((await read())[0]).toBe(2);
    expect((await succeed(["resync"], pair)).toString()).toBe("resynchronised 1 regions\n");
    const { regions } = await statusOf(pair);
    expect([regions.CLEAN, regions.NEEDS_SYNC]).toEqual([60, 0]);
    // Either image is a member in sync: neither is right alone.
    const swapped = [pair[1], pair[0]] as const;
    expect((await succeed(["read", "--sector", "3", "--count", "1"], swapped))[0]).toBe(2);
    expect((await succeed(["resync"], pair)).toString()).toBe("resynchronised 0 regions\n");
  });

  it("are written on the one that went on, and that is said", async () => {
    const pair = await degradedPair();
    const write = async (): Promise<string> =>
      (await succeed(["write", "--sector", "4"], pair, { stdin: Buffer.alloc(SECTOR, 5) })).toString();
    expect(await write()).toBe(
      "wrote 1 sectors from 4 on to one image; the other one is behind until `resync`\n",
    );
    await succeed(["resync"], pair);
    expect(await write()).toBe("wrote 1 sectors from 4 on to both images\n");
  });
});
