/** The two faces end alike: each class of cards on two buses, and one of them on a shared bus. */
import { describeFaces } from "./faces.js";

describeFaces(
  2,
  ["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle"].map((cardClass) => ({ cardClass, seed: 1 })),
);
describeFaces(1, [{ cardClass: "tlc-cached", seed: 1 }]);
