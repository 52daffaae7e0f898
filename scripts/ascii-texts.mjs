// The texts of a finished module, one byte a character: assertions carry the names of their files, asc keeps them as
// UTF-16, and half of that are zeros (measured: 540 of 24,600 bytes). Firmware prints them as they are, too.

const DATA_SECTION = 11;
/** Says how many segments there are, for memory.init and data.drop only, which no driver uses: it is left out. */
const DATA_COUNT_SECTION = 12;
/** Where the class stands in what asc puts before each text: size of the block, two words of the collector, class, bytes. */
const CLASS_AT = 12;
/** Class of asc's String; a text of bytes has class 0, which needs no byte of a segment. */
const UTF16_TEXT = 2;
const CLASS_BYTES = 4;

/** Reads a module's bytes from front to back. */
class Reader {
  at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
  }

  /** @returns {number} an unsigned LEB128 */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error("the module ends within a number");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** @param {number} length */
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/**
 * @param {number} value
 * @returns {number[]} it as an unsigned LEB128
 */
function unsigned(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(Math.floor(value / 0x80))];
}

/**
 * @param {number} value 0 or more
 * @returns {number[]} it as a signed LEB128
 */
function signed(value) {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(Math.floor(value / 0x80))];
}

/**
 * @typedef {object} Segment
 * @property {number} address
 * @property {Uint8Array} bytes
 */

/**
 * @param {Reader} section at the first byte of a data section of active segments
 * @returns {Segment[]}
 */
function readSegments(section) {
  const segments = [];
  for (let left = section.number(); left > 0; left--) {
    const [flags, constant] = [section.number(), section.take(1)[0]];
    if (flags !== 0 || constant !== 0x41) throw new Error("a data segment without a constant address");
    const address = section.number();
    section.take(1);
    segments.push({ address, bytes: section.take(section.number()) });
  }
  return segments;
}

/**
 * @param {Segment} segment
 * @returns {Uint8Array | null} length and characters, if it begins with the class word of a text
 */
function byteText({ bytes }) {
  const words = new Uint32Array(2);
  new Uint8Array(words.buffer).set(bytes.subarray(0, 8));
  const [kind, size = 0] = words;
  // Zeros at the end of a segment are left out: of the last character, one byte.
  if (kind !== UTF16_TEXT || bytes.length < 8 || bytes.length + 1 !== 8 + size) return null;
  const characters = bytes.subarray(8).filter((_, i) => i % 2 === 0);
  if (!characters.every((byte) => byte >= 0x20 && byte < 0x7f)) return null;
  return Uint8Array.from([characters.length, 0, 0, 0, ...characters]);
}

/**
 * @param {Segment[]} segments ascending, as binaryen leaves them: the block's size of a text alone, then the rest of it
 * @returns {Segment[]}
 */
function shortened(segments) {
  /** @type {Segment[]} */
  const kept = [];
  for (const segment of segments) {
    const text = byteText(segment);
    const before = kept.at(-1);
    // The size of the block is for an allocator, which there is none.
    if (text !== null && before?.bytes.length === 1 && before.address + CLASS_AT === segment.address)
      kept.pop();
    kept.push(text === null ? segment : { address: segment.address + CLASS_BYTES, bytes: text });
  }
  return kept;
}

/**
 * @param {Uint8Array} wasm a module as binaryen writes it, its data segments split at zeros
 * @returns {Uint8Array} the same with texts of one byte a character; addresses stay
 */
export function withAsciiTexts(wasm) {
  const module = new Reader(wasm);
  /** @type {Uint8Array[]} */
  const parts = [module.take(8)];
  while (module.at < wasm.length) {
    const start = module.at;
    const id = module.take(1)[0];
    const contents = module.take(module.number());
    if (id === DATA_COUNT_SECTION) continue;
    if (id !== DATA_SECTION) {
      parts.push(wasm.subarray(start, module.at));
      continue;
    }
    const segments = shortened(readSegments(new Reader(contents)));
    const section = unsigned(segments.length);
    for (const { address, bytes } of segments)
      section.push(0, 0x41, ...signed(address), 0x0b, ...unsigned(bytes.length), ...bytes);
    parts.push(Uint8Array.from([DATA_SECTION, ...unsigned(section.length), ...section]));
  }
  return Buffer.concat(parts);
}
