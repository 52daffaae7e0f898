import {
  REQUESTS,
  REQUEST_FLUSH,
  REQUEST_READ,
  REQUEST_SECTORS_MAX,
  REQUEST_WRITE,
  STATUS_BUSY,
  STATUS_OK,
} from "../../assembly/layout.js";
import { Prng } from "../sdcard-emulator/prng.js";
import type { CallArray } from "./call-array.js";

const OPERATIONS = [REQUEST_WRITE, REQUEST_WRITE, REQUEST_READ, REQUEST_READ, REQUEST_FLUSH] as const;
const EPOCH_OVER_MS = 2000;
/** Requests of a burst that start at one of so many places overlap often. */
const PLACES = 24;

/** The worst that callers may do: bursts of the largest requests, overlapping, until the driver is busy. */
export function loadPool(array: CallArray, bursts: number, seed: number): void {
  const prng = new Prng(seed);
  const places = Math.min(PLACES, Math.floor(array.sectors / REQUEST_SECTORS_MAX));
  for (let burst = 0; burst < bursts; burst++) {
    const base = prng.next() % (array.sectors - places * REQUEST_SECTORS_MAX + 1);
    let status: number = STATUS_OK;
    for (let tag = 0; status === STATUS_OK; tag++) {
      const operation = OPERATIONS[prng.next() % OPERATIONS.length]!;
      const sector = base + (prng.next() % ((places - 1) * REQUEST_SECTORS_MAX + 1));
      status =
        operation === REQUEST_FLUSH
          ? array.submit(operation, 0, 0, tag)
          : array.submit(operation, sector, REQUEST_SECTORS_MAX, tag);
      if (tag > REQUESTS) throw new Error(`the driver took more than its ${REQUESTS} requests`);
    }
    if (status !== STATUS_BUSY) throw new Error(`the driver answered a request with status ${status}`);
    // Now and then time goes on while everything is under way.
    if (burst % 2 === 0) array.tick(burst % 4 === 0 ? EPOCH_OVER_MS : 1);
    array.answerAll();
    array.tick(1);
    array.answerAll();
  }
}
