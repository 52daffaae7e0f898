import { DutError, DutHang } from "../../dut/device-under-test.js";

/** An error of a device that a thread cannot throw as what it is: data that JSON can hold. */
export interface PartTrouble {
  readonly trouble: "DutError" | "DutHang";
  readonly message: string;
}

/** What a part reports, or why it could not. @throws whatever is no error of the device */
export async function reportOrTrouble<Report>(part: () => Promise<Report>): Promise<Report | PartTrouble> {
  try {
    return await part();
  } catch (error) {
    const trouble = error instanceof DutError ? "DutError" : error instanceof DutHang ? "DutHang" : null;
    if (trouble === null) throw error;
    return { trouble, message: (error as Error).message };
  }
}

/** The report; or the error again. @throws DutError, DutHang */
export function reportOf<Report extends object>(found: Report | PartTrouble): Report {
  if (!("trouble" in found)) return found;
  throw found.trouble === "DutHang" ? new DutHang(found.message) : new DutError(found.message);
}
