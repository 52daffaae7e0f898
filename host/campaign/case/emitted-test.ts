import { PROMISE_WORDS } from "./promise-words.js";
import type { Replayed } from "./replay.js";

/**
 * A vitest file that replays a case, fails while the promise is broken, and passes once it holds. It needs nothing but the
 * package and vitest; the id has every decision, so the file means the same in every release that knows the id.
 * @param id of the case
 * @param story in plain words; becomes the comment at its head
 */
export function emittedTest(id: string, { violation }: Replayed, story: string): string {
  const promises = violation?.promises ?? [];
  const name = promises.map((promise) => `${promise}: ${PROMISE_WORDS[promise]}`).join("; ");
  const comment = story
    .split("\n")
    .map((line) => `// ${line.replaceAll(/[^\t\u0020-\uFFFD]/g, "?")}`.trimEnd())
    .join("\n");
  return `${comment}
import { expect, it } from "vitest";
import { decodeCase, readDriver, replayCase } from "syncgate/rig";

const ID = ${JSON.stringify(id)};

it(${JSON.stringify(name === "" ? "the case holds" : name)}, () => {
  const { ending, violation, divergence } = replayCase(readDriver("rig"), decodeCase(ID));
  // "diverged": the run no longer comes to this cut, and the case says nothing about this build.
  expect({ ending, broken: violation?.text ?? divergence }).toEqual({ ending: "held", broken: "" });
});
`;
}
