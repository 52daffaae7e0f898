/** The cards and settings that most cases run on: each generation, short and long N_CR, CRC off and on. */
import { SpiHost, type HostOptions } from "../spi-host.js";
import type { CardGeneration } from "../../../../host/sdcard-emulator/spi/card-identity.js";

export interface Condition {
  readonly generation: CardGeneration;
  readonly responseGap: number;
  readonly crcOn: boolean;
  readonly label: string;
}

function condition(generation: CardGeneration, responseGap: number, crcOn: boolean): Condition {
  return {
    generation,
    responseGap,
    crcOn,
    label: `${generation}, N_CR ${responseGap}, CRC ${crcOn ? "on" : "off"}`,
  };
}

export const ALL = [
  condition("sdsc1", 1, false),
  condition("sdsc2", 8, true),
  condition("sdhc", 1, true),
  condition("sdhc", 5, false),
  condition("sdxc", 8, true),
] as const;
export const BYTE_ADDRESSED = ALL.filter(({ generation }) => generation.startsWith("sdsc"));
export const BLOCK_ADDRESSED = ALL.filter(({ generation }) => !generation.startsWith("sdsc"));
export const VERSION_2 = ALL.filter(({ generation }) => generation !== "sdsc1");

/** A card that has just got its power and its clocks. */
export function fresh({ generation, responseGap }: Condition, options: HostOptions = {}): SpiHost {
  const host = new SpiHost({ generation, responseGap, ...options });
  host.powerClocks();
  return host;
}

/** A card that is ready for commands. */
export function ready({ generation, responseGap, crcOn }: Condition, options: HostOptions = {}): SpiHost {
  return new SpiHost({ generation, responseGap, ...options }).initialise(crcOn);
}
