import { COUNTER_REGIONS_RESYNCED, REQUEST_FLUSH, STATUS_OK } from "../layout";
import { counterValue } from "../counters";
import { readOptions } from "./arguments";
import { request, resyncArray } from "./controller";
import { assembleInEarnest, lookAtArray, stopInEarnest } from "./opened-array";
import { print, printByte, printNumber } from "./print";
import { refuseStatus } from "./refusal";

/** `resync A B`: makes every marked region equal on both images and clears its mark through the sync gate. */
export function resync(): void {
  readOptions(0);
  lookAtArray(true);
  assembleInEarnest();
  resyncArray();
  const flushed = request(REQUEST_FLUSH, 0, 0, 0);
  if (flushed != STATUS_OK) refuseStatus(flushed);
  stopInEarnest();
  print("resynchronised ");
  printNumber(counterValue(COUNTER_REGIONS_RESYNCED));
  print(" regions");
  printByte(0x0a);
}
