// Where assertions stand, in a finished module: asc passes file, line and column of each as numbers of their own, and one
// number for the three is shorter (measured: about 100 of 24,600 bytes). What the trap report says stays the same.

const COLUMN_BITS = 5;
const LINE_BITS = 10;
const CALL =
  /\(call \$trap\/abort\s+\(i32\.const (\d+)\)\s+\(i32\.const (\d+)\)\s+\(i32\.const (\d+)\)\s+\)/g;
/** As binaryen leaves it: the message is 0 everywhere. */
const FUNCTION =
  /\(func \$trap\/abort \(param \$0 i32\) \(param \$1 i32\) \(param \$2 i32\)\s+((?:\(i32\.store\s+\(i32\.const \d+\)\s+\((?:i32\.const 0|local\.get \$\d)\)\s+\)\s+)+)\(unreachable\)\s+\)/;

/**
 * @param {number} shift
 * @param {number} bits
 */
function part(shift, bits) {
  return `(i32.and (i32.shr_u (local.get $0) (i32.const ${shift})) (i32.const ${2 ** bits - 1}))`;
}

/**
 * @param {string} text of a module with names, as binaryen prints it
 * @returns {string} the same with one number for the place of each assertion
 */
export function withPackedPlaces(text) {
  const body = FUNCTION.exec(text);
  const calls = [...text.matchAll(CALL)];
  if (body === null || calls.length !== text.split("(call $trap/abort").length - 1)
    throw new Error(
      "assertions no longer look as they did: adapt scripts/packed-places.mjs to what binaryen prints",
    );
  const base = Math.min(...calls.map(([, file]) => Number(file)));
  const packed = text.replaceAll(CALL, (_, ...numbers) => {
    const [file, line, column] = /** @type {[number, number, number]} */ (numbers.slice(0, 3).map(Number));
    if (column >> COLUMN_BITS !== 0 || line >> LINE_BITS !== 0)
      throw new Error(`the assertion in line ${line}, column ${column} is too far down or to the right`);
    return `(call $trap/abort (i32.const ${((((file - base) << LINE_BITS) | line) << COLUMN_BITS) | column}))`;
  });
  const file = `(i32.add (i32.shr_u (local.get $0) (i32.const ${LINE_BITS + COLUMN_BITS})) (i32.const ${base}))`;
  const unpacked = body[1]
    .replace("(local.get $0)", file)
    .replace("(local.get $1)", part(COLUMN_BITS, LINE_BITS))
    .replace("(local.get $2)", part(0, COLUMN_BITS));
  return packed.replace(FUNCTION, () => `(func $trap/abort (param $0 i32) ${unpacked}(unreachable))`);
}
