import type { ValueType } from "./module.js";

/** A load or a store. */
export interface MemoryAccess {
  readonly isStore: boolean;
  readonly type: ValueType;
  readonly bytes: 1 | 2 | 4 | 8;
  /** The bytes loaded are a signed number. */
  readonly isSigned: boolean;
}

const NAME = /^(i32|i64)\.(load|store)(8|16|32)?(_s|_u)?$/;

/** What a load or store does, by its name; undefined for any other instruction. */
export function memoryAccess(name: string): MemoryAccess | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const type = match[1] as ValueType;
  const bits = match[3] === undefined ? (type === "i32" ? 32 : 64) : Number(match[3]);
  return {
    isStore: match[2] === "store",
    type,
    bytes: (bits / 8) as MemoryAccess["bytes"],
    isSigned: match[4] === "_s",
  };
}

/**
 * The helper of the runtime for it. A module promises nothing by the alignment that it states, but one that states less than
 * the natural one expects less, and so does an offset that is no multiple of it: such an access goes byte by byte.
 * @param alignment log2 of the bytes that the module states
 */
export function accessHelper(access: MemoryAccess, alignment: number, offset: number): string {
  const kind = access.isStore ? "store" : "load";
  const way = isAligned(access, alignment, offset) ? "" : "_bytes";
  return `${kind}${way}_u${access.bytes * 8}`;
}

/** Whether the module states that the access is aligned. */
export function isAligned({ bytes }: MemoryAccess, alignment: number, offset: number): boolean {
  return 2 ** alignment >= bytes && offset % bytes === 0;
}
