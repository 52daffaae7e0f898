import { beforeAll, describe, expect, it } from "vitest";
import type { Mirror, PowerCutOptions } from "../../host/index.js";
import { block, DATA_START, smallMirror } from "./small-mirror.js";

const SKEW_US = 50_000;
const STEP_US = 250;

/** A mirror whose sector 0 holds 1 on both cards, and gets 2 for so long; whoever awaits lets more time pass. */
async function written(): Promise<Mirror> {
  const mirror = await smallMirror();
  await mirror.write(0, block(1));
  await mirror.sync();
  return mirror;
}

function writeFor(mirror: Mirror, us: number): Promise<string> {
  const answered = mirror.write(0, block(2)).then(
    () => "answered",
    (error: Error) => error.name,
  );
  mirror.advance(us);
  return answered;
}

function hasTaken(mirror: Mirror, slot: number): boolean {
  return mirror.card(slot).bytesOf(DATA_START)?.[0] === 2 && mirror.card(slot).crashOutcomes > 1;
}

describe("cutPower with a skew", () => {
  /** When both cards have taken the whole sector, and neither has programmed it. */
  let takenUs = 0;

  beforeAll(async () => {
    for (let found = false; !found;) {
      takenUs += STEP_US;
      const mirror = await written();
      const answered = writeFor(mirror, takenUs);
      found = hasTaken(mirror, 0) && hasTaken(mirror, 1);
      mirror.cutPower();
      expect(await answered).toBe("PowerLostError");
    }
  });

  /** What each card holds after the cut, of which the first one loses what it had not programmed; and the answer. */
  async function afterCut(
    options: PowerCutOptions,
  ): Promise<{ values: (number | undefined)[]; answer: string }> {
    const mirror = await written();
    const answered = writeFor(mirror, takenUs);
    const card = mirror.card(options.first ?? 0);
    const cut = card.cutPower.bind(card);
    card.cutPower = () => cut(card.crashSpace().map(() => 0));
    mirror.cutPower(options);
    expect([0, 1].map((slot) => mirror.card(slot).hasPower)).toEqual([false, false]);
    const values = [0, 1].map((slot) => mirror.card(slot).bytesOf(DATA_START)?.[0]);
    return { values, answer: await answered };
  }

  it.each([0, 1] as const)("lets the other card finish when card %i goes first", async (first) => {
    const { values, answer } = await afterCut({ first, skewUs: SKEW_US });
    expect([values[first], values[1 - first]]).toEqual([1, 2]);
    expect(answer).toBe("PowerLostError");
  });

  it("lets the controller go on with the other card, which answers for both", async () => {
    const { values, answer } = await afterCut({ first: 0, skewUs: 2_000_000, controllerLivesOn: true });
    expect(values).toEqual([1, 2]);
    expect(answer).toBe("answered");
  });

  it("leaves an array that comes up again and is equal", async () => {
    const mirror = await written();
    const answered = writeFor(mirror, takenUs);
    mirror.cutPower({ first: 1, skewUs: 300, controllerLivesOn: true });
    await answered;
    await mirror.reassemble();
    await mirror.sync();
    const [a, b] = mirror.inspect(0);
    expect(a).toEqual(b);
  });

  it.each([
    [{ first: 2 }, "first"],
    [{ skewUs: -1 }, "skewUs is -1, but it is a whole number from 0 to 60000000"],
    [{ controllerLivesOn: 1 }, "controllerLivesOn is 1, but it is true or false"],
    [{ skew: 1 }, 'cutPower has no option "skew": choose of first, skewUs, controllerLivesOn'],
  ])("refuses %j", async (options, sentence) => {
    const mirror = await smallMirror();
    expect(() => mirror.cutPower(options as never)).toThrow(sentence);
    expect(mirror.card(0).hasPower).toBe(true);
  });
});
