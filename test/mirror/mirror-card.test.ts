import { describe, expect, it } from "vitest";
import { createMirror, MirrorCard } from "../../host/index.js";
import { assembled, block, DATA_START, smallCard, smallMirror } from "./small-mirror.js";

describe("MirrorCard", () => {
  it.each([
    [{ profile: "qlc" }, 'there is no card profile "qlc"'],
    [{ megabytes: 2000 }, "megabytes is 2000, but a card has more than 0 and at most 1024 MiB"],
    [{ seed: -1 }, "seed is -1, but it is a whole number from 0 to 4294967295"],
    [{ id: [1, 2 ** 32] }, "id is 4294967296, but it is a whole number"],
    [{ id: [1] }, "id has 1 words, but a card id has two"],
    [{ size: 4 }, 'a card has no option "size": choose of profile, megabytes, seed, id, transients'],
  ])("refuses %j with a clear sentence", (options, sentence) => {
    expect(() => new MirrorCard(options as never)).toThrow(sentence);
  });

  it("has power in a slot only, and is in one at a time", async () => {
    const card = smallCard(1);
    expect(() => card.powerUp()).toThrow("the card is in no slot and gets no power: insert() it");
    const mirror = await smallMirror({ cards: [card, smallCard(2)] });
    expect(() => card.spoil(0, new Uint8Array(3))).toThrow("a sector is spoiled with 512 bytes, not 3");
    expect(() => card.copy(3)).toThrow("the card has power: pull() it before it is copied");
    await expect(smallMirror({ cards: [card, smallCard(4)] })).rejects.toThrow(
      "the card is in a slot already: pull() it there first",
    );
    expect([mirror.card(0) === card, card.hasPower]).toEqual([true, true]);
    mirror.pull(0);
    expect(card.hasPower).toBe(false);
  });

  it("keeps what is on it from mirror to mirror, unreadable sectors too, and a copy has the same", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(9));
    await mirror.stop();
    mirror.card(0).spoil(DATA_START + 1);
    const [a, b] = [mirror.pull(0), mirror.pull(1)];
    const copy = a.copy(50);
    expect([copy.bytesOf(DATA_START), copy.bytesOf(DATA_START + 1)]).toEqual([block(9), null]);
    expect(copy.id).not.toEqual(a.id);
    for (const first of [a, copy]) {
      const next = await assembled([first, b]);
      expect(next.inspect(0)).toEqual([block(9), block(9)]);
      expect(next.inspect(1)[0]).toBe(null);
      expect(await next.read(0)).toEqual(block(9));
      await next.stop();
      next.pull(0);
      next.pull(1);
    }
  });

  it("that died stays dead in another mirror", async () => {
    const mirror = await smallMirror();
    await mirror.stop();
    mirror.card(1).die();
    const [a, b] = [mirror.pull(0), mirror.pull(1)];
    const next = await assembled([a, b], { startDegraded: true });
    expect([b.dead, next.members.states()]).toEqual([true, ["IN_SYNC", "MISSING"]]);
  });

  it("goes back to whoever gave it when no mirror came of it", async () => {
    const cards = [smallCard(1), smallCard(2)] as const;
    await expect(assembled(cards)).rejects.toMatchObject({ statusName: "NO_SUPERBLOCK" });
    expect(cards.map((card) => card.hasPower)).toEqual([false, false]);
    const mirror = await createMirror({ cards, regionKilobytes: 4, metadataStride: 8 });
    expect(mirror.cards).toEqual([cards[0], cards[1]]);
  });

  it("chooses its crash outcomes by seed, or as it is told", async () => {
    const mirror = await smallMirror({ cards: [smallCard(1, "tlc-cached"), smallCard(2, "tlc-cached")] });
    await mirror.write(0, block(1));
    const card = mirror.card(0);
    expect(card.crashOutcomes).toBeGreaterThan(1);
    expect(() => card.cutPower([])).toThrow();
    expect(card.hasPower).toBe(true);
    card.cutPower(card.crashSpace().map(() => 0));
    expect([card.hasPower, card.crashOutcomes]).toEqual([false, 1]);
    card.powerUp();
    expect(await mirror.members.reinitialised(0)).toBe("FAULTY");
    expect((await mirror.read(0))[0]).toBe(1);
  });
});
