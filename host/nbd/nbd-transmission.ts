import { SECTOR_BYTES } from "../../assembly/layout.js";
import type { BlockExport } from "./block-export.js";
import type { ByteStream } from "./byte-stream.js";
import type { NbdLimits } from "./nbd-limits.js";
import * as nbd from "./nbd-protocol.js";

const REPLY_BYTES = 16;
const KNOWN_FLAGS = nbd.CMD_FLAG_FUA | nbd.CMD_FLAG_NO_HOLE;
/** Called before each request is carried out. */
export type BeforeRequest = () => Promise<void>;

/**
 * The transmission phase with simple replies: requests one after another until DISC, or until the client breaks the
 * protocol. A request that cannot be carried out is answered by an error.
 * @throws StreamEnded
 */
export async function transmit(
  stream: ByteStream,
  device: BlockExport,
  limits: NbdLimits,
  before: BeforeRequest,
): Promise<void> {
  for (;;) {
    const header = Buffer.from(await stream.take(nbd.REQUEST_BYTES));
    if (header.readUInt32BE(0) !== nbd.REQUEST_MAGIC) return;
    const flags = header.readUInt16BE(4);
    const command = header.readUInt16BE(6);
    const offset = header.readBigUInt64BE(16);
    const length = header.readUInt32BE(24);
    if (command === nbd.CMD_DISC) return;
    let payload: Buffer | null = null;
    if (command === nbd.CMD_WRITE) {
      if (length > limits.requestBytes) await stream.skip(length);
      else payload = length === 0 ? Buffer.alloc(0) : await stream.take(length);
    }
    await before();
    let error = refusal(command, flags, offset, length, device.sectors, limits);
    let data: Uint8Array | null = null;
    if (error === nbd.NBD_OK) {
      const sector = Number(offset) / SECTOR_BYTES;
      const done = carryOut(device, command, flags, sector, length / SECTOR_BYTES, payload);
      if (done === false) error = nbd.NBD_EIO;
      else if (done !== true) data = done;
    }
    const reply = Buffer.alloc(REPLY_BYTES);
    reply.writeUInt32BE(nbd.SIMPLE_REPLY_MAGIC, 0);
    reply.writeUInt32BE(error, 4);
    header.copy(reply, 8, 8, 16); // the client's cookie
    await stream.give(data === null ? reply : Buffer.concat([reply, data]));
  }
}

/** The error that a request gets unseen; NBD_OK when it can be carried out. */
function refusal(
  command: number,
  flags: number,
  offset: bigint,
  length: number,
  sectors: number,
  limits: NbdLimits,
): number {
  if ((flags & ~KNOWN_FLAGS) !== 0) return nbd.NBD_EINVAL;
  if (command === nbd.CMD_FLUSH) return nbd.NBD_OK;
  const writes = command === nbd.CMD_WRITE || command === nbd.CMD_TRIM || command === nbd.CMD_WRITE_ZEROES;
  if (!writes && command !== nbd.CMD_READ) return nbd.NBD_EINVAL;
  const transfers = command === nbd.CMD_READ || command === nbd.CMD_WRITE;
  if (transfers && length > limits.requestBytes) return nbd.NBD_EOVERFLOW;
  const sectorBytes = BigInt(SECTOR_BYTES);
  if (length === 0 || length % SECTOR_BYTES !== 0 || offset % sectorBytes !== 0n) return nbd.NBD_EINVAL;
  const isInside = offset + BigInt(length) <= BigInt(sectors) * sectorBytes;
  if (!isInside) return writes ? nbd.NBD_ENOSPC : nbd.NBD_EINVAL;
  return nbd.NBD_OK;
}

/** @returns what was read, or whether it went well */
function carryOut(
  device: BlockExport,
  command: number,
  flags: number,
  sector: number,
  count: number,
  payload: Buffer | null,
): Uint8Array | boolean {
  const fua = (flags & nbd.CMD_FLAG_FUA) !== 0;
  if (command === nbd.CMD_READ) return device.read(sector, count) ?? false;
  if (command === nbd.CMD_WRITE) return device.write(sector, payload!, fua);
  if (command === nbd.CMD_FLUSH) return device.flush();
  return device.zero(sector, count, fua, command === nbd.CMD_TRIM);
}
