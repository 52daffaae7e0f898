const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const TIMES_US: Readonly<Record<string, number>> = { "": 1, us: 1, ms: 1000, s: 1_000_000 };

/** Bytes as fio writes them with its kb_base of 1024: 4096, 4k, 4kb, 4KiB. null for anything else. */
export function bytesOf(text: string): number | null {
  const match = /^(\d{1,12})([kmg]?)(?:i?b)?$/i.exec(text);
  return match === null ? null : Number(match[1]) * FACTORS[match[2]!.toLowerCase()]!;
}

/** A time as fio writes it, in us where there is no unit: 500, 500us, 2ms, 1s. null for anything else. */
export function microsecondsOf(text: string): number | null {
  const match = /^(\d{1,9})(us|ms|s)?$/i.exec(text);
  return match === null ? null : Number(match[1]) * TIMES_US[(match[2] ?? "").toLowerCase()]!;
}
