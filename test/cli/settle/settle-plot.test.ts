import { expect, it } from "vitest";
import { plot } from "../../../host/cli/settle/settle-plot.js";

it("draws a row for each value, dots below curves, and a star where two meet", () => {
  const curves = [
    { mark: "h", values: [0, 2, null] },
    { mark: "s", values: [0, 1, 20] },
  ];
  expect(plot([0, 1, 20], [0, 1, 20], curves)).toBe(
    ["20 |        s", " 2 |     h", " 1 |     s", " 0 |  *", "   +---------", "      0  1 20", ""].join("\n"),
  );
});

it("draws one mark where curves of one mark meet", () => {
  const doubtful = { mark: "?", values: [3] };
  expect(plot([3], [], [doubtful, doubtful])).toBe("3 | ?\n  +--\n    3\n");
  expect(plot([3], [], [doubtful, { mark: "s", values: [3] }])).toMatch(/^3 \| \*/);
});

it("marks the line to be above where no curve is", () => {
  expect(plot([5], [5], [{ mark: "h", values: [null] }])).toBe("5 | .\n  +--\n    5\n");
});
