import { expect, it } from "vitest";
import { run } from "./captured-terminal.js";

it("syncgate bench board says what is missing", async () => {
  const none = await run(["bench", "board", "none.elf"]);
  expect(none.code).toBe(2);
  expect(none.err).toContain("npm run build:firmware makes it");
  const cards = await run(["bench", "board", "--cards", "slow"]);
  expect(cards.code).toBe(2);
  expect(cards.err).toContain('--cards slow fits none of "quick, steady"');
});
