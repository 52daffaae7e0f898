import { InputError } from "../../input-error.js";

/** A case id that says nothing a rig can run: one sentence that names the field and what was expected. */
export class CaseIdError extends InputError {
  override readonly name = "CaseIdError";
}

/** @throws CaseIdError */
export function refuse(field: string, expected: string, found: string): never {
  throw new CaseIdError(`case id, ${field}: expected ${expected}, found "${found}"`);
}

/** A whole number in base 36. @throws Error for anything else */
export function numberText(field: string, value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new Error(`a case id cannot hold ${field} ${value}: only whole numbers from 0`);
  }
  return value.toString(36);
}

/** @throws CaseIdError for text that numberText does not make */
export function numberOf(field: string, text: string): number {
  const value = /^(0|[1-9a-z][0-9a-z]{0,10})$/.test(text) ? Number.parseInt(text, 36) : Number.NaN;
  if (!Number.isSafeInteger(value)) refuse(field, "a number in base 36", text);
  return value;
}

/** Numbers joined by dots, zeros at the end left out. */
export function numbersText(field: string, values: readonly number[]): string {
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length--;
  return values
    .slice(0, length)
    .map((value) => numberText(field, value))
    .join(".");
}

/** `count` numbers; those left out are zeros. @throws CaseIdError */
export function numbersOf(field: string, text: string, count: number): number[] {
  const parts = text === "" ? [] : text.split(".");
  if (parts.length > count) refuse(field, `at most ${count} numbers`, text);
  return Array.from({ length: count }, (_, i) => (i < parts.length ? numberOf(field, parts[i]!) : 0));
}

/**
 * Numbers of which most are below 36, their count included: one digit each, or, where one is greater, each after a
 * dot.
 */
export function digitsText(field: string, values: readonly number[]): string {
  const texts = values.map((value) => numberText(field, value));
  return texts.every((text) => text.length === 1) ? texts.join("") : texts.map((text) => `.${text}`).join("");
}

/** The reverse of digitsText. @throws CaseIdError */
export function digitsOf(field: string, text: string): number[] {
  const texts = text.startsWith(".") ? text.slice(1).split(".") : [...text];
  return texts.map((digits) => numberOf(field, digits));
}
