import type { Action } from "./scenario.js";

/** An action of a scenario, its fields in the order in which most kinds use them. */
export function action(atUs: number, kind: number, page: number, sector = 0, piece = 0, amount = 0): Action {
  return { atUs, kind, page, sector, piece, amount };
}
