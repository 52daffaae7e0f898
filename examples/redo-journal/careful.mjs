// The same with the mistake mended: it survives any number of cuts during its recovery.
import { journal } from "./journal.mjs";

export default journal({ careful: true });
