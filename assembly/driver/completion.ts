import { CAUSE_COMMAND_FAILED, STATUS_OK, STATUS_READ_ERROR, TRANSFERS } from "../layout";
import { recordTransferEnded } from "../bitmap/write-intent";
import { assemblyTransferEnded } from "./assemble";
import { cardFlushEnded } from "./card-flush";
import { copyTransferEnded } from "./copy";
import { loseMember } from "./loss";
import { formatTransferEnded } from "./format";
import { MODE_ASSEMBLING, MODE_FAILED, MODE_STOPPED, mode } from "./mode";
import { readTransferEnded } from "./read";
import { KIND_READ, request, wakeFlushWaiters } from "./requests";
import {
  OWNER_COPY,
  OWNER_FLUSH,
  OWNER_RECORD,
  OWNER_REQUEST,
  endTransfer,
  memberOf,
  ownerOf,
  requestOf,
  transferOf,
} from "./transfers";
import { writeTransferEnded } from "./write";

/** Whether a read may answer with `status`: its owner knows what to do about a sector that can't be read. */
function isReadAnswer(owner: u32, index: u32, status: u32): bool {
  if (status != STATUS_OK && status != STATUS_READ_ERROR) return false;
  if (owner == OWNER_REQUEST) return request(index).kind == KIND_READ;
  return owner == OWNER_COPY || (owner > OWNER_FLUSH && mode() == MODE_ASSEMBLING);
}

/** A card has answered: hands the answer to whoever started the transfer. */
export function transferEnded(token: u32, status: u32): void {
  const index = transferOf(token);
  if (index == TRANSFERS) return;
  const owner = ownerOf(index);
  const member = memberOf(index);
  const owned = requestOf(index);
  endTransfer(index);
  if (mode() == MODE_FAILED || mode() == MODE_STOPPED) return;
  if (status != STATUS_OK && !isReadAnswer(owner, owned, status)) {
    loseMember(member, CAUSE_COMMAND_FAILED);
    return;
  }
  switch (owner) {
    case OWNER_REQUEST: {
      if (request(owned).kind == KIND_READ) readTransferEnded(owned, status);
      else writeTransferEnded(owned);
      break;
    }
    case OWNER_COPY: {
      if (!copyTransferEnded(status)) loseMember(member, CAUSE_COMMAND_FAILED);
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
    default: {
      if (mode() == MODE_ASSEMBLING) assemblyTransferEnded(member, status);
      else formatTransferEnded();
    }
  }
}
