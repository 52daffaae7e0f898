import { MEMBERS, REQUESTS } from "../layout";
import { advanceGate } from "../bitmap/sync-gate";
import { advanceWriteIntent } from "../bitmap/write-intent";
import { beginMetering, endMetering } from "../work-meter";
import { advanceAssembly } from "./assemble";
import { advanceCardFlush } from "./card-flush";
import { advanceFlush } from "./flush";
import { advanceFormat } from "./format";
import { MODE_ASSEMBLING, MODE_DRAINING, MODE_FORMATTING, MODE_STOPPING, isAssembled, mode } from "./mode";
import { advanceRead } from "./read";
import { KIND_FLUSH, KIND_READ, KIND_WRITE, nextAwake, request } from "./requests";
import { advanceCopyRequest, advanceResync } from "./resync";
import { refillScanBudget } from "./scan-budget";
import { advanceStop } from "./stop";
import { advanceWrite } from "./write";

/** Rounds after which something must be wrong: each round moves something a bounded way. */
const ROUNDS_MAX: u32 = 64;

/** Every export begins here. */
export function beginCall(): void {
  refillScanBudget();
  beginMetering();
}

function advanceRequest(index: u32): void {
  const kind = request(index).kind;
  if (kind == KIND_WRITE) advanceWrite(index);
  else if (kind == KIND_READ) advanceRead(index);
  else if (kind == KIND_FLUSH) advanceFlush(index);
  else advanceCopyRequest();
}

function advanceRequests(): bool {
  let moved: bool = false;
  for (let index = nextAwake(); index != REQUESTS; index = nextAwake()) {
    advanceRequest(index);
    moved = true;
  }
  return moved;
}

function advanceModeChange(): bool {
  switch (mode()) {
    case MODE_FORMATTING:
      return advanceFormat();
    case MODE_ASSEMBLING:
      return advanceAssembly();
    case MODE_STOPPING:
    case MODE_DRAINING:
      return advanceStop();
    default:
      return false;
  }
}

/** Every export ends here: moves everything on until nothing can move without an answer from outside. */
export function pump(): void {
  let moved: bool = true;
  let round: u32 = 0;
  while (moved) {
    assert(round < ROUNDS_MAX);
    round++;
    moved = advanceModeChange();
    if (isAssembled()) {
      if (advanceRequests()) moved = true;
      if (advanceResync()) moved = true;
      // While draining the layer above can no longer write, so no sync could be asked of it.
      if (mode() != MODE_DRAINING && advanceGate()) moved = true;
    }
    if (isAssembled() || mode() == MODE_ASSEMBLING) {
      if (advanceWriteIntent()) moved = true;
    }
    if (isAssembled() || mode() == MODE_ASSEMBLING || mode() == MODE_FORMATTING) {
      for (let member: u32 = 0; member < MEMBERS; member++) {
        if (advanceCardFlush(member)) moved = true;
      }
    }
  }
  endMetering();
}
