import { TRANSFERS } from "../layout";

/**
 * The cards' side of the driver in the WASI module: commands wait here, oldest first, until the driver's call has
 * returned; controller.ts carries them out. The driver never has more than TRANSFERS under way.
 */
@unmanaged
export class Command {
  member: u32;
  operation: u32;
  sector: u32;
  count: u32;
  buffer: u32;
  bufferSector: u32;
  token: u32;
  unused: u32;
}

const QUEUE: usize = memory.data(1280, 16);
/** Commands put in and taken out so far. */
const STATE: usize = memory.data(8, 8);
if (TRANSFERS * offsetof<Command>() != 1280) ERROR("sizes drifted from layout.ts");

function entry(number: u32): Command {
  return changetype<Command>(QUEUE + <usize>((number % TRANSFERS) * <u32>offsetof<Command>()));
}

/** Called by the driver: see the declaration in the driver's own card.ts. */
export function submit(
  member: u32,
  operation: u32,
  sector: u32,
  count: u32,
  buffer: u32,
  bufferSector: u32,
  token: u32,
): void {
  assert(load<u32>(STATE) - load<u32>(STATE, 4) < TRANSFERS);
  const command = entry(load<u32>(STATE));
  command.member = member;
  command.operation = operation;
  command.sector = sector;
  command.count = count;
  command.buffer = buffer;
  command.bufferSector = bufferSector;
  command.token = token;
  store<u32>(STATE, load<u32>(STATE) + 1);
}

export function hasCommand(): bool {
  return load<u32>(STATE) != load<u32>(STATE, 4);
}

/** The oldest command; it stays valid until the driver is called again. */
export function takeCommand(): Command {
  assert(hasCommand());
  const command = entry(load<u32>(STATE, 4));
  store<u32>(STATE, load<u32>(STATE, 4) + 1, 4);
  if (!hasCommand()) store<u64>(STATE, 0);
  return command;
}
