import type { StageShare } from "../bench/stage-profile.js";
import { textTable } from "./text-table.js";

/** Which stage of a benchmark took what share of the time. */
export function stageTable(stages: readonly StageShare[]): string {
  return textTable(
    [{ title: "STAGE" }, { title: "TIME", right: true }],
    stages.map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]),
  );
}
