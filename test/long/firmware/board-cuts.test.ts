/** Two hundred cuts of the board and more. */
import { expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { BoardCuts } from "../../firmware/board-cuts.js";
import { COMPILER } from "../../firmware/built-firmware.js";

describeWithPrograms(COMPILER, "the board, cut at arbitrary cycles", () => {
  it.each(["mlc", "tlc-cached"])("keeps the promises on two cards of class %s", (cardClass) => {
    const cuts = new BoardCuts(cardClass, 5);
    cuts.run(80, 40);
    console.log(`${cardClass}: ${JSON.stringify(cuts.counts)}`);
    // A card with a cache takes a record within half a millisecond: no cut need meet one.
    if (cardClass === "mlc") for (const count of Object.values(cuts.counts)) expect(count).toBeGreaterThan(0);
    expect(Object.values(cuts.counts).reduce((sum, count) => sum + count, 0)).toBe(120);
  });
});
