/**
 * The extension registers behind CMD48 and CMD49: general information, and the performance enhancement register with
 * its cache (SD Physical Layer Simplified Specification 6.00, 5.7 and 5.8; offsets as the Linux kernel reads them).
 */
const PAGE_BYTES = 512;
/** Function numbers. */
const GENERAL_INFORMATION = 0;
const PERFORMANCE = 1;
/** General information: where the one extension is described, and what stands there. */
const GENERAL_LENGTH = 0x02;
const EXTENSIONS = 0x04;
const FIRST_EXTENSION = 0x10;
const REGISTER_SETS = 42;
const REGISTER_ADDRESS = 44;
const PERFORMANCE_FUNCTION_CODE = 2;
const EXTENSION_BYTES = 48;
/** In the performance enhancement register. */
const CACHE_SUPPORT = 4;
const CACHE_ENABLE = 260;
const CACHE_FLUSH = 261;

/** What a write to the registers asks for. */
export type ExtensionRequest = "nothing" | "flush" | "refused";

export class PerformanceExtension {
  private cacheEnabled = false;

  /** @param cache whether the card says that it has a cache */
  constructor(private readonly cache: boolean) {}

  /** Power-up and CMD0: the cache is off (5.8). What a card does behind the host's back is another matter. */
  reset(): void {
    this.cacheEnabled = false;
  }

  /** The page of a function, or null if there is none. @param flushing whether the flush bit still stands */
  read(functionNumber: number, address: number, length: number, flushing: boolean): Uint8Array | null {
    if (functionNumber > PERFORMANCE || address + length > PAGE_BYTES) return null;
    const page = functionNumber === GENERAL_INFORMATION ? generalInformation() : this.performance(flushing);
    const block = new Uint8Array(PAGE_BYTES);
    block.set(page.subarray(address, address + length));
    return block;
  }

  /** Whether a function can be written at all. */
  writable(functionNumber: number, address: number): boolean {
    return functionNumber === PERFORMANCE && address < PAGE_BYTES;
  }

  /** Writes the performance register; what cannot be written keeps its value. */
  write(address: number, values: Uint8Array): ExtensionRequest {
    let request: ExtensionRequest = "nothing";
    values.forEach((value, i) => {
      if (address + i === CACHE_ENABLE) this.cacheEnabled = this.cache && (value & 1) === 1;
      if (address + i === CACHE_FLUSH && (value & 1) === 1) request = this.cache ? "flush" : "nothing";
    });
    return request;
  }

  /** One byte of the performance register, for a write under a mask. */
  byteAt(address: number, flushing: boolean): number {
    return this.performance(flushing)[address]!;
  }

  private performance(flushing: boolean): Uint8Array {
    const page = new Uint8Array(PAGE_BYTES);
    page[CACHE_SUPPORT] = this.cache ? 1 : 0;
    page[CACHE_ENABLE] = this.cacheEnabled ? 1 : 0;
    page[CACHE_FLUSH] = flushing ? 1 : 0;
    return page;
  }
}

function generalInformation(): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  page[GENERAL_LENGTH] = FIRST_EXTENSION + EXTENSION_BYTES;
  page[EXTENSIONS] = 1;
  page[FIRST_EXTENSION] = PERFORMANCE_FUNCTION_CODE;
  page[FIRST_EXTENSION + REGISTER_SETS] = 1;
  // Offset and page 0; the function number lies above 18 bits of address.
  const address = PERFORMANCE << 18;
  for (let i = 0; i < 4; i++) page[FIRST_EXTENSION + REGISTER_ADDRESS + i] = (address >>> (8 * i)) & 0xff;
  return page;
}
