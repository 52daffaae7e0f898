import { CARD_OWN_BUFFER } from "../layout";
import { enqueue, entry, takeEntry, Entry } from "./command-queue";
import { noteSubmitted } from "./live-commands";
import { joinRow } from "./shared-crc";

/** Called by the driver: see the declaration in the driver's own card.ts. The command begins once its call has returned. */
export function submit(
  member: u32,
  command: u32,
  sector: u32,
  count: u32,
  buffer: u32,
  bufferSector: u32,
  token: u32,
): void {
  const number = takeEntry();
  const e = entry(number);
  memory.fill(changetype<usize>(e), 0, offsetof<Entry>());
  e.token = token;
  e.slot = member;
  e.operation = command & ~CARD_OWN_BUFFER;
  e.own = (command & CARD_OWN_BUFFER) == 0 ? 0 : 1;
  e.sector = sector;
  e.count = count;
  e.buffer = buffer;
  e.bufferSector = bufferSector;
  joinRow(number);
  enqueue(number);
  noteSubmitted();
}
