import type { RegisterState } from "../image/card-state.js";
import { cardIdentity } from "./card-identity.js";
import { encodeCsd } from "./registers/csd.js";
import { WriteProtection } from "./write-protection.js";

/** Whether saved registers are those of a card of this size. @throws Error that says what does not fit */
export function checkRegisters(registers: RegisterState, sectors: number): void {
  const identity = cardIdentity(registers.identity);
  new WriteProtection(encodeCsd(identity, sectors), sectors).restore(registers);
}
