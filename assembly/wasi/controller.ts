import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  CARD_WRITE,
  CARD_ZERO,
  COUNTER_REGIONS_TO_SYNC,
  POLICY_SYNC_GATED,
  SECTOR_BYTES,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../layout";
import { counterValue } from "../counters";
import * as driver from "../driver/interface";
import { isInSync } from "../driver/members";
import { Command, hasCommand, takeCommand } from "./card";
import { flushImage, refuseFailure, transferSectors, zeroSectors } from "./images";
import { doneStatus, doneTag, isSyncWanted, takeSync } from "./upper";

/**
 * The controller around the driver: calls it, carries out what it asked for, one command after the other, and lets
 * time go on when nothing else is to be done.
 */
@unmanaged
class Controller {
  /** 1 while writes and flushes are answered and not carried out. */
  writeProtected: u32;
  nowMs: u32;
  /** Tag of the operation under way. */
  tag: u32;
  unused: u32;
}

const STATE: usize = memory.data(16, 16);
/** Ticks in a row without any command: the longest scan of all regions takes under a hundred. */
const IDLE_TICKS_MAX: u32 = 4096;
/** Every process is a fresh controller and no answer outlives it, so that boots need not be told apart. */
const BOOT_NONCE: u32 = 1;

function controller(): Controller {
  return changetype<Controller>(STATE);
}

/** While protected, the images are not changed: the driver believes that what it writes is stored. */
export function protectImages(on: bool): void {
  controller().writeProtected = on ? 1 : 0;
}

function carryOut(command: Command): u32 {
  const operation = command.operation & ~CARD_OWN_BUFFER;
  if (controller().writeProtected != 0 && operation != CARD_READ) return STATUS_OK;
  // An image that can't be written is no dying card: the program ends there, and the marks say what to copy.
  if (operation == CARD_FLUSH) {
    if (!flushImage(command.member)) refuseFailure(command.member);
    return STATUS_OK;
  }
  if (operation == CARD_ZERO) {
    if (!zeroSectors(command.member, command.sector, command.count)) refuseFailure(command.member);
    return STATUS_OK;
  }
  const writes = operation == CARD_WRITE;
  // The caller's buffers are addresses too, here.
  const address = <usize>(command.buffer + command.bufferSector * SECTOR_BYTES);
  if (transferSectors(command.member, writes, command.sector, command.count, address)) return STATUS_OK;
  if (writes) refuseFailure(command.member);
  return STATUS_READ_ERROR;
}

/** One answer to the driver, or a tick when it waits for none. Returns whether it was a tick. */
function step(): bool {
  if (hasCommand()) {
    const command = takeCommand();
    const token = command.token;
    driver.complete(token, carryOut(command), 0);
    return false;
  }
  if (isSyncWanted()) {
    driver.syncDone(takeSync(), STATUS_OK);
    return false;
  }
  driver.tick(++controller().nowMs);
  return true;
}

/** Waits for the operation that was begun with `status`; returns how it ended. */
function ended(status: u32): u32 {
  if (status != STATUS_OK) return status;
  let idleTicks: u32 = 0;
  while (doneTag() != controller().tag) {
    idleTicks = step() ? idleTicks + 1 : 0;
    assert(idleTicks < IDLE_TICKS_MAX);
  }
  return doneStatus();
}

/** Sets an option of the driver (OPTION_...). */
export function setOption(key: u32, value: u32): void {
  const status = driver.configure(key, value);
  assert(status == STATUS_OK);
}

/** Makes a new array; `nonce` differs where an array of the same id may be there already. @returns STATUS_... */
export function formatArray(regionShift: u32, nonce: u32): u32 {
  return ended(driver.format(regionShift, nonce, ++controller().tag));
}

/** @returns STATUS_... */
export function assembleArray(): u32 {
  return ended(driver.assemble(POLICY_SYNC_GATED, BOOT_NONCE, ++controller().tag));
}

/** @returns STATUS_... */
export function stopArray(): u32 {
  return ended(driver.stop(++controller().tag));
}

/** One request (REQUEST_...) from or to `address`. @returns STATUS_... */
export function request(operation: u32, sector: u32, count: u32, address: usize): u32 {
  return ended(driver.submit(operation, sector, count, <u32>address, ++controller().tag));
}

function isAllCopied(): bool {
  return counterValue(COUNTER_REGIONS_TO_SYNC) == 0 && isInSync(0) && isInSync(1);
}

/**
 * Copies every region that needs sync, and ends the rebuild of an image that is behind; ends at once when a card fails,
 * which the next request tells.
 */
export function resyncArray(): void {
  let idleTicks: u32 = 0;
  while (!isAllCopied() && idleTicks < IDLE_TICKS_MAX) {
    idleTicks = step() ? idleTicks + 1 : 0;
  }
}
