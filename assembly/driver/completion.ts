import { CAUSE_COMMAND_FAILED, REQUESTS, STATUS_OK, STATUS_READ_ERROR, TRANSFERS } from "../layout";
import { recordTransferEnded } from "../bitmap/write-intent";
import { assemblyTransferEnded } from "./assemble";
import { cardFlushEnded } from "./card-flush";
import { copyTransferEnded, isCopyReading } from "./copy";
import { loseMember } from "./loss";
import { formatTransferEnded } from "./format";
import { MODE_ASSEMBLING, MODE_FAILED, MODE_FORMATTING, MODE_RUNNING, MODE_STOPPED, mode } from "./mode";
import { readTransferEnded } from "./read";
import { isRebuildReading, rebuildTransferEnded } from "./rebuild";
import { superblockTransferEnded } from "./superblock-write";
import { KIND_READ, KIND_WRITE, request, wakeFlushWaiters } from "./requests";
import {
  OWNER_BOOT,
  OWNER_COPY,
  OWNER_FLUSH,
  OWNER_RECORD,
  OWNER_REQUEST,
  OWNER_SUPERBLOCK,
  Transfer,
  endTransfer,
  transfer,
  transferOf,
} from "./transfers";
import { writeTransferEnded } from "./write";

/** Whether a read may answer with `status`: its owner knows what to do about a sector that can't be read. */
function isReadAnswer(owner: u32, index: u32, status: u32): bool {
  if (status != STATUS_OK && status != STATUS_READ_ERROR) return false;
  if (owner == OWNER_REQUEST) return request(index).kind == KIND_READ;
  if (owner == OWNER_COPY) return isCopyReading();
  return owner == OWNER_BOOT && (mode() == MODE_ASSEMBLING || isRebuildReading());
}

/** A card has answered, a write with what it took: hands the answer to whoever started the transfer. */
export function transferEnded(token: u32, status: u32, fingerprint: u32): void {
  const index = transferOf(token);
  if (index == TRANSFERS) return;
  const entry = transfer(index);
  // An index that cannot lead out of the pool: the compiler of the exported C sees that, and need not compare it again.
  const owned = entry.index & (REQUESTS - 1);
  const ofRequest = entry.owner == OWNER_REQUEST && status == STATUS_OK && mode() == MODE_RUNNING;
  if (ofRequest && request(owned).kind == KIND_WRITE) {
    endTransfer(index, entry);
    writeTransferEnded(owned, fingerprint);
  } else {
    seldomEnded(index, entry, status, fingerprint);
  }
}

/** The same for all but a write of a caller that went well while the array runs, which nearly every answer is about. */
function seldomEnded(index: u32, entry: Transfer, status: u32, fingerprint: u32): void {
  const owner = entry.owner;
  const member = entry.member;
  const owned = entry.index & (REQUESTS - 1);
  const atWork = mode() != MODE_FAILED && mode() != MODE_STOPPED;
  if (atWork && status != STATUS_OK && !isReadAnswer(owner, owned, status)) {
    // With the member goes every transfer that it owes, this one too.
    loseMember(member, CAUSE_COMMAND_FAILED);
    return;
  }
  endTransfer(index, entry);
  if (!atWork) return;
  switch (owner) {
    case OWNER_REQUEST: {
      if (request(owned).kind == KIND_READ) readTransferEnded(owned, status);
      else writeTransferEnded(owned, fingerprint);
      break;
    }
    case OWNER_COPY: {
      copyTransferEnded(member, status, fingerprint);
      break;
    }
    case OWNER_RECORD: {
      recordTransferEnded();
      break;
    }
    case OWNER_FLUSH: {
      cardFlushEnded(member);
      wakeFlushWaiters();
      break;
    }
    case OWNER_SUPERBLOCK: {
      superblockTransferEnded();
      break;
    }
    default: {
      if (mode() == MODE_ASSEMBLING) assemblyTransferEnded(member, status);
      else if (mode() == MODE_FORMATTING) formatTransferEnded();
      else rebuildTransferEnded(status);
    }
  }
}
