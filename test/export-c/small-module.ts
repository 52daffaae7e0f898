/** Encodes small modules by hand (WebAssembly Core Specification 2.0, chapter 5). */

export const I32 = 0x7f;
export const I64 = 0x7e;
export type Type = typeof I32 | typeof I64;

export interface SmallFunction {
  readonly name: string;
  readonly params: readonly Type[];
  readonly results: readonly Type[];
  readonly locals?: readonly Type[];
  /** Instructions without the last `end`. */
  readonly code: readonly number[];
}

export interface SmallModule {
  /** Imports of the module "env", numbered before the functions. */
  readonly imports?: readonly Omit<SmallFunction, "code" | "locals">[];
  readonly functions: readonly SmallFunction[];
  /** Mutable i32 globals. */
  readonly globals?: readonly number[];
  readonly data?: { readonly address: number; readonly bytes: readonly number[] };
  /** Further sections, by their number, behind the types. */
  readonly strange?: readonly (readonly [id: number, contents: readonly number[]])[];
}

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of at most 64 bits. */
export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

/** The instruction that pushes a constant. */
export function constant(type: Type, value: bigint): number[] {
  const bits = type === I32 ? 32 : 64;
  return [type === I32 ? 0x41 : 0x42, ...signed(BigInt.asIntN(bits, value))];
}

export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function named(text: string): number[] {
  return vector([...Buffer.from(text)].map((byte) => [byte]));
}

function section(id: number, contents: readonly number[]): number[] {
  return [id, ...unsigned(contents.length), ...contents];
}

/** The bytes of the module. Its memory has one page; all its functions are exported. */
export function encoded(module: SmallModule): Uint8Array<ArrayBuffer> {
  const imports = module.imports ?? [];
  const all = [...imports, ...module.functions];
  const types = all.map(({ params, results }) => [
    0x60,
    ...vector(params.map((p) => [p])),
    ...vector(results.map((r) => [r])),
  ]);
  const bodies = module.functions.map(({ locals = [], code }) => {
    const body = [...vector(locals.map((type) => [1, type])), ...code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  const { data } = module;
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, vector(types)),
    ...section(2, vector(imports.map(({ name }, i) => [...named("env"), ...named(name), 0, ...unsigned(i)]))),
    ...section(3, vector(module.functions.map((_, i) => unsigned(imports.length + i)))),
    ...(module.strange ?? []).filter(([id]) => id < 5).flatMap(([id, contents]) => section(id, contents)),
    ...section(5, [1, 1, 1, 1]),
    ...section(6, vector((module.globals ?? []).map((v) => [I32, 1, ...constant(I32, BigInt(v)), 0x0b]))),
    ...section(
      7,
      vector(module.functions.map(({ name }, i) => [...named(name), 0, ...unsigned(imports.length + i)])),
    ),
    ...(module.strange ?? []).filter(([id]) => id > 7).flatMap(([id, contents]) => section(id, contents)),
    ...section(10, vector(bodies)),
    ...(data === undefined
      ? []
      : section(
          11,
          vector([[0, ...constant(I32, BigInt(data.address)), 0x0b, ...vector(data.bytes.map((b) => [b]))]]),
        )),
  ]);
}
