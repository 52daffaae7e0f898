/** The two faces end alike: each class of cards, several workloads, on both kinds of wiring. */
import { describeFaces } from "../../sdcard/faces.js";

const CASES = ["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle"].flatMap((cardClass) =>
  [1, 2, 3, 4].map((seed) => ({ cardClass, seed })),
);

describeFaces(1, CASES);
describeFaces(2, CASES);
