import { MEMBER_WORLD_BUGS } from "./member-world-bugs.js";
import { OWN_WORLD_BUGS } from "./own-world-bugs.js";
import { PLAIN_WORLD_BUGS } from "./plain-world-bugs.js";
import type { SeededBug } from "./seeded-bug.js";

/** Every bug that must be killed. */
export const SEEDED_BUGS: readonly SeededBug[] = [
  ...PLAIN_WORLD_BUGS,
  ...MEMBER_WORLD_BUGS,
  ...OWN_WORLD_BUGS,
];
