/** Members of a mirror as a caller commands them, and the stories of cards that leave, come back and are replaced. */
import { describe, expect, it } from "vitest";
import { MirrorError } from "../../host/index.js";
import { assembled, block, DATA_START, REGION, smallCard, smallMirror } from "./small-mirror.js";

describe("members", () => {
  it("are in sync at first, and a failed one comes back by add: degraded, rebuilt, clean", async () => {
    const mirror = await smallMirror();
    expect(mirror.members.states()).toEqual(["IN_SYNC", "IN_SYNC"]);
    await mirror.write(0, block(1, 64));
    // Marks that are kept leave at a stop; otherwise they would be copied too.
    await mirror.stop();
    await mirror.reassemble();
    expect(await mirror.members.fail(1)).toBe("MISSING");
    expect(mirror.members.superblock(0)).toMatchObject({ member: 0, alone: true, rebuilding: false });
    await mirror.write(8, block(2, 8));
    expect(mirror.inspect(8).map((bytes) => bytes![0])).toEqual([2, 1]);
    await expect(mirror.sync()).rejects.toThrow("a member is missing, and nothing is cleared without it");
    expect(mirror.regions({ not: "CLEAN" }).map(({ region }) => region)).toEqual([1]);
    const copiedBefore = mirror.counters().sectorsResynced;
    expect(await mirror.members.add(1)).toBe("IN_SYNC");
    expect(mirror.counters().sectorsResynced - copiedBefore).toBe(REGION);
    await mirror.sync();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
    expect(mirror.inspect(8).map((bytes) => bytes![0])).toEqual([2, 2]);
    expect(mirror.members.superblock(0)!.alone).toBe(false);
    expect(mirror.members.superblock(1)!.lineage).toBe(mirror.members.superblock(0)!.lineage);
    const told = mirror.events().map((event) => event.text);
    expect(told).toContain("the member in slot 1 was dropped because of a command");
    expect(told).toContain("the member in slot 1 went from REBUILDING to IN_SYNC");
  });

  it("go by remove, and a blank card takes their place by replace, after add has refused it", async () => {
    const mirror = await smallMirror();
    await mirror.write(40, block(3, 20));
    expect(await mirror.members.remove(0)).toBe("MISSING");
    const old = mirror.pull(0);
    expect([old.hasPower, mirror.cards[0], mirror.inspect(40)[0]]).toEqual([false, null, null]);
    await expect(mirror.members.add(0)).rejects.toMatchObject({ statusName: "ABORTED" });
    await expect(mirror.members.replace(0)).rejects.toThrow(
      "or the array stopped; its card failed before it was a member: is there one in the slot?",
    );
    expect(mirror.members.states()).toEqual(["MISSING", "IN_SYNC"]);
    const blank = smallCard(7, "slc", 0.5);
    await mirror.insert(0, blank);
    await expect(mirror.members.add(0)).rejects.toMatchObject({ name: "MirrorError", statusName: "FOREIGN" });
    expect(await mirror.members.replace(0)).toBe("IN_SYNC");
    await mirror.sync();
    for (let sector = 40; sector < 60; sector++) expect(mirror.inspect(sector)[0]).toEqual(block(3));
    expect(mirror.members.superblock(0)!.cardId).toBe("0000ca4d 00000007");
    expect(mirror.members.superblock(1)!.partnerId).toBe("0000ca4d 00000007");
    await mirror.stop();
    await mirror.reassemble();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
  });

  it("refuse what they are in no state for, by the name of the status", async () => {
    const mirror = await smallMirror();
    await expect(mirror.members.add(1)).rejects.toMatchObject({ statusName: "STATE", status: 2 });
    await expect(mirror.members.add(1)).rejects.toThrow(
      "the add of the member in slot 1 failed: the array is not",
    );
    await expect(mirror.members.fail(2)).rejects.toThrow("the slot is 2, but the slots are 0 and 1");
    const failing = mirror.members.fail(1);
    await expect(mirror.members.remove(0)).rejects.toMatchObject({ statusName: "STATE" });
    await failing;
    await expect(mirror.members.fail(0)).rejects.toMatchObject({ statusName: "STATE" });
    await mirror.stop();
    await expect(mirror.members.fail(0)).rejects.toThrow(
      "the array is not assembled: call reassemble() first",
    );
    expect(() => mirror.members.states()).toThrow("the array is not assembled");
  });

  it("are busy during a rebuild, which a loss or a stop gives up, and a power cut takes along", async () => {
    const mirror = await smallMirror({ resyncMinRate: 10, resyncShare: 1 });
    await mirror.write(0, block(1, 200));
    await mirror.members.fail(1);
    const lost = mirror.members.replace(1);
    mirror.advance(100_000);
    expect(mirror.members.state(1)).toBe("REBUILDING");
    await expect(mirror.members.add(1)).rejects.toBeInstanceOf(MirrorError);
    mirror.card(1).reinitialise();
    expect(await mirror.members.reinitialised(1)).toBe("FAULTY");
    await expect(lost).rejects.toMatchObject({ statusName: "ABORTED" });
    await expect(lost).rejects.toThrow(
      "it was dropped because its card initialised itself anew and lost its cache",
    );
    mirror.advance(100_000);
    const stopped = mirror.members.replace(1);
    mirror.advance(100_000);
    await mirror.stop();
    await expect(stopped).rejects.toMatchObject({ statusName: "ABORTED" });
    await mirror.reassemble();
    mirror.advance(100_000);
    expect(mirror.members.state(1)).toBe("REBUILDING");
    mirror.cutPower();
    await mirror.reassemble();
    mirror.advance(100_000);
    expect(await mirror.members.fail(1)).toBe("MISSING");
    const cut = mirror.members.replace(1);
    mirror.cutPower();
    await expect(cut).rejects.toThrow(
      "the replace of the member in slot 1 was under way when the controller",
    );
  });
});

describe("a rebuild from a card that cannot read a sector", () => {
  it("is given up and says why; once the sector is written again it succeeds", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(1, 16));
    await mirror.members.fail(1);
    mirror.card(0).spoil(DATA_START + 5);
    const replaced = mirror.members.replace(1);
    await expect(replaced).rejects.toMatchObject({
      statusName: "SOURCE_UNREADABLE",
      message: expect.stringContaining("cannot read some sectors: write them again"),
    });
    expect(mirror.members.states()).toEqual(["IN_SYNC", "FAULTY"]);
    await mirror.write(5, block(2));
    expect(await mirror.members.replace(1)).toBe("IN_SYNC");
    await mirror.sync();
    expect(mirror.inspect(5)).toEqual([block(2), block(2)]);
  });
});

describe("cards that die, or are pulled without a word", () => {
  it.each(["failing", "silent"] as const)(
    "are dropped when they are %s, and the array goes on",
    async (how) => {
      const mirror = await smallMirror({ deadlineMs: 200 });
      await mirror.write(0, block(1));
      mirror.card(1).die(how);
      await mirror.write(0, block(2));
      expect(mirror.members.states()).toEqual(["IN_SYNC", "FAULTY"]);
      expect(mirror.events()).toContainEqual(
        expect.objectContaining({
          kind: "loss",
          slot: 1,
          cause: how === "silent" ? "DEADLINE" : "COMMAND_FAILED",
        }),
      );
      mirror.cutPower();
      await mirror.reassemble();
      expect([mirror.card(1).dead, mirror.members.states()]).toEqual([true, ["IN_SYNC", "MISSING"]]);
      expect((await mirror.read(0))[0]).toBe(2);
      mirror.pull(1);
      await mirror.insert(1, smallCard(9));
      expect(await mirror.members.replace(1)).toBe("IN_SYNC");
    },
  );

  it("leave an array that answers CARD_FAILED when both are gone", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(1));
    mirror.pull(0);
    const writes = Array.from({ length: 40 }, (_, i) => mirror.write(i, block(i)));
    mirror.card(1).die();
    const ended = await Promise.allSettled(writes);
    const names = ended.map((each) =>
      each.status === "rejected" ? (each.reason as MirrorError).statusName : "OK",
    );
    expect(new Set(names)).toEqual(new Set(["CARD_FAILED", "STATE"]));
    await expect(mirror.flush()).rejects.toMatchObject({ statusName: "STATE" });
  });

  it("come back stale: insert tells the driver, add copies what they missed", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(1, 16));
    await mirror.sync();
    const card = mirror.pull(1);
    await mirror.insert(1, card);
    expect(mirror.members.state(1)).toBe("FAULTY");
    await mirror.write(8, block(2));
    expect(await mirror.members.add(1)).toBe("IN_SYNC");
    await mirror.sync();
    expect(mirror.inspect(8).map((bytes) => bytes![0])).toEqual([2, 2]);
    await expect(mirror.insert(1, smallCard(5))).rejects.toThrow(
      "slot 1 has a card already: pull(1) it first",
    );
    mirror.pull(0);
    await expect(mirror.insert(0, smallCard(2))).rejects.toThrow("has the id of the card in slot 1");
    await expect(mirror.insert(0, smallCard(5, "mlc", 0.125))).rejects.toThrow(
      "the card has 256 sectors, but the array takes 512: insert a larger one",
    );
    await expect(mirror.insert(0, smallCard(5, "slow-settle"))).rejects.toThrow(
      "the card settles for 6 ms, but the array runs with settleMs 0",
    );
    await expect(mirror.insert(0, mirror.card(1))).rejects.toThrow("in a slot already");
    expect(() => mirror.pull(0)).toThrow("slot 0 is empty: there is nothing to pull");
    expect(() => mirror.card(0)).toThrow("slot 0 is empty: insert() a card first");
  });
});

describe("one card, and two histories", () => {
  it("one card that never ran alone is refused, until a person or the option allows it", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(1));
    await mirror.stop();
    const [a, b] = [mirror.pull(0), mirror.pull(1)];
    await expect(assembled([a, null])).rejects.toMatchObject({ statusName: "ONE_CARD" });
    const alone = await assembled([a, null], { startDegraded: true });
    expect((await alone.read(0))[0]).toBe(1);
    expect(alone.members.states()).toEqual(["IN_SYNC", "MISSING"]);
    await alone.insert(1, b);
    expect(await alone.members.add(1)).toBe("IN_SYNC");
    await alone.sync();
    await alone.stop();
    alone.pull(0);
    await expect(alone.reassemble({ startDegraded: false })).rejects.toMatchObject({
      statusName: "ONE_CARD",
    });
    await alone.reassemble();
    expect(alone.members.states()).toEqual(["MISSING", "IN_SYNC"]);
  });

  it("a split brain is refused, and the choice of a person copies everything from the chosen card", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(1, 8));
    await mirror.stop();
    const [a, b] = [mirror.pull(0), mirror.pull(1)];
    for (const [cards, value] of [
      [[a, null], 2],
      [[null, b], 3],
    ] as const) {
      const alone = await assembled(cards, { startDegraded: true });
      await alone.write(0, block(value));
      await alone.stop();
      for (const slot of [0, 1] as const) if (alone.cards[slot] !== null) alone.pull(slot);
    }
    await mirror.insert(0, a);
    await mirror.insert(1, b);
    await expect(mirror.reassemble()).rejects.toMatchObject({ statusName: "SPLIT" });
    await expect(mirror.read(0)).rejects.toThrow("the array is not assembled");
    expect([0, 1].map((slot) => mirror.members.superblock(slot)!.alone)).toEqual([true, true]);
    expect(mirror.members.superblock(0)!.lineage).not.toBe(mirror.members.superblock(1)!.lineage);
    await mirror.reassemble({ choose: 1 });
    expect((await mirror.read(0))[0]).toBe(3);
    await mirror.sync();
    expect(mirror.members.states()).toEqual(["IN_SYNC", "IN_SYNC"]);
    expect(mirror.inspect(0).map((bytes) => bytes![0])).toEqual([3, 3]);
    mirror.cutPower();
    await mirror.reassemble();
    expect((await mirror.read(0))[0]).toBe(3);
  });

  it("cards of two arrays, copies of one card and half a rebuild are refused by name", async () => {
    const one = await smallMirror();
    const other = await smallMirror({ cards: [smallCard(3), smallCard(4)], seed: 2 });
    await one.write(0, block(1, 100));
    await one.stop();
    await other.stop();
    const [a, b] = [one.pull(0), one.pull(1)];
    const foreign = other.pull(1);
    await expect(assembled([a, foreign])).rejects.toMatchObject({ statusName: "FOREIGN" });
    await expect(assembled([a, a.copy(8)])).rejects.toMatchObject({ statusName: "SAME_MEMBER" });
    expect(a.hasPower).toBe(false);
    const swapped = await assembled([b, a], { resyncMinRate: 10, resyncShare: 1 });
    expect(await swapped.read(0)).toEqual(block(1));
    await swapped.members.fail(0);
    void swapped.members.replace(0).catch(() => undefined);
    swapped.advance(100_000);
    expect(swapped.members.state(0)).toBe("REBUILDING");
    swapped.cutPower();
    const half = swapped.pull(0);
    await expect(assembled([half, null], { startDegraded: true })).rejects.toMatchObject({
      statusName: "HALF_REBUILT",
    });
    await expect(assembled([smallCard(11), null])).rejects.toMatchObject({ statusName: "NO_SUPERBLOCK" });
    await expect(assembled([smallCard(11, "mlc", 1 / 64), null])).rejects.toThrow(
      "a card has 32 sectors, but the metadata alone takes 32",
    );
    await expect(assembled([null, null])).rejects.toThrow("both slots are empty: insert() a card first");
  });
});
