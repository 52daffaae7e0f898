import { describe, expect, it } from "vitest";
import { MirrorCard } from "../../host/index.js";
import { TransientFaults } from "../../host/sdcard-emulator/index.js";
import { block, smallCard, smallMirror } from "./small-mirror.js";

function faultyCard(transients: TransientFaults): MirrorCard {
  transients.quiet = true;
  return new MirrorCard({ megabytes: 0.25, seed: 2, transients });
}

describe("a card with faults that pass", () => {
  it("is read from the other card where its reads fail, and stays a member", async () => {
    const card = faultyCard(new TransientFaults({ seed: 1, rates: { readError: 1000 } }));
    const mirror = await smallMirror({ cards: [card, smallCard(1)] });
    await mirror.write(0, block(7, 8));
    await mirror.sync();
    card.transients!.quiet = false;
    for (let i = 0; i < 8; i++) expect(await mirror.read(i)).toEqual(block(7));
    expect(card.transients!.met["read-error"]).toBeGreaterThan(0);
    card.transients!.quiet = true;
    expect(mirror.members.states()).toEqual(["IN_SYNC", "IN_SYNC"]);
  });

  it("is dropped when it rejects a write, and taken back", async () => {
    const card = faultyCard(new TransientFaults({ seed: 1, rates: { rejected: 1000 } }));
    const mirror = await smallMirror({ cards: [smallCard(1), card] });
    card.transients!.quiet = false;
    await mirror.write(0, block(7));
    expect(mirror.members.states()).toEqual(["IN_SYNC", "FAULTY"]);
    card.transients!.quiet = true;
    expect(await mirror.members.add(1)).toBe("IN_SYNC");
    await mirror.sync();
    expect(mirror.inspect(0)).toEqual([block(7), block(7)]);
  });

  it("that does not answer is dropped by the deadline, and comes back with its power", async () => {
    const card = faultyCard(new TransientFaults({ seed: 1, rates: { endlessBusy: 1000 } }));
    const mirror = await smallMirror({ cards: [smallCard(1), card], deadlineMs: 40 });
    card.transients!.quiet = false;
    await mirror.write(0, block(9));
    expect(mirror.members.states()).toEqual(["IN_SYNC", "FAULTY"]);
    card.transients!.quiet = true;
    card.cutPower();
    card.powerUp();
    expect(await mirror.members.add(1)).toBe("IN_SYNC");
  });

  it("has them in the next mirror too, and its copy has none", async () => {
    const card = faultyCard(new TransientFaults({ seed: 1, rates: { rejected: 1000 } }));
    expect(card.copy(9).transients).toBeNull();
    const first = await smallMirror({ cards: [smallCard(1), card] });
    await first.stop();
    const mirror = await smallMirror({ cards: [smallCard(3), first.pull(1)] });
    card.transients!.quiet = false;
    await mirror.write(0, block(7));
    expect(mirror.members.states()).toEqual(["IN_SYNC", "FAULTY"]);
  });
});
