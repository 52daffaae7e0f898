import { MODE_WORDS } from "./hot-words";

/**
 * What the driver as a whole is doing. RUNNING accepts requests; STOPPING still does (the last sync needs them)
 * until its clearing pass is over, then DRAINING only finishes what it has. FAILED is left by assemble or format alone.
 */
export const MODE_IDLE: u32 = 0;
export const MODE_FORMATTING: u32 = 1;
export const MODE_ASSEMBLING: u32 = 2;
export const MODE_RUNNING: u32 = 3;
export const MODE_STOPPING: u32 = 4;
export const MODE_DRAINING: u32 = 5;
export const MODE_STOPPED: u32 = 6;
export const MODE_FAILED: u32 = 7;

const STATE = MODE_WORDS;

export function mode(): u32 {
  return load<u32>(STATE);
}

export function setMode(value: u32): void {
  store<u32>(STATE, value);
}

/** Tag of the format, assemble or stop that is under way. */
export function modeTag(): u32 {
  return load<u32>(STATE, 4);
}

export function setModeTag(tag: u32): void {
  store<u32>(STATE, tag, 4);
}

/** Time of the last tick, ms; wraps. */
export function nowMs(): u32 {
  return load<u32>(STATE, 8);
}

export function setNowMs(now: u32): void {
  store<u32>(STATE, now, 8);
}

/** Whether there has been a tick: before it, whatever was stamped with the time was not. */
export function isTimeKnown(): bool {
  return load<u32>(STATE, 12) != 0;
}

export function noteTimeKnown(): void {
  store<u32>(STATE, 1, 12);
}

/** Whether requests are accepted. */
export function acceptsRequests(): bool {
  return mode() == MODE_RUNNING || mode() == MODE_STOPPING;
}

/** Whether there is an assembled array to work on. */
export function isAssembled(): bool {
  return mode() >= MODE_RUNNING && mode() <= MODE_DRAINING;
}
