/** `syncgate/export-c`: the driver as C, for any firmware. */
export { exportC, regionsOf, type CExport, type CExportOptions } from "./export-c.js";
export { ExportError } from "./byte-reader.js";
