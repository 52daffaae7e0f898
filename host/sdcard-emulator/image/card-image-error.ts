import { InputError } from "../../input-error.js";

/** An image or what lies beside it cannot be used: one sentence that names file, place and remedy. Nothing was changed. */
export class CardImageError extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "CardImageError";
  }
}
