/** A host that does nothing but move sectors over an SPI bus, byte by byte: the load of the card benchmark. */
import { CardImage } from "../sdcard-emulator/card-image.js";
import { profile } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { SpiCard } from "../sdcard-emulator/spi/spi-card.js";
import { packetOf, SECTOR_BYTES, SpiHost } from "./spi-host.js";

const CARD_SECTORS = 16_384;
/** Distinct sectors that are written: more than fit a cache of the machine, fewer than fill the table of contents. */
const DISTINCT = 4096;
/** A busy card is left alone for so long, so that polls are a small part of the traffic. */
const WAIT_NS = 100_000;

/** One initialised SDHC card with CRC on, and its host. */
export class SpiLoad {
  private readonly host: SpiHost;
  private readonly packets: readonly Uint8Array[];
  private next = 0;

  constructor() {
    const time = { nowNs: 0 };
    const card = new SpiCard({
      time,
      contents: new SectorContents(),
      media: new CardImage(CARD_SECTORS),
      characteristics: profile("mlc"),
      seed: 1,
    });
    this.host = new SpiHost(card, time, WAIT_NS).initialise();
    this.packets = Array.from({ length: DISTINCT }, (_, n) => packetOf(sectorOf(n)));
  }

  /** Bytes that went over the bus. */
  get bytes(): number {
    return this.host.bytes;
  }

  /** Writes `count` sectors: one CMD24 each, or all with one CMD25. */
  write(count: number, stream: boolean): void {
    const { host } = this;
    const first = this.claim(count);
    if (stream) host.command(25, first);
    for (let i = 0; i < count; i++) {
      if (!stream) host.command(24, first + i);
      host.sendPacket(this.packets[(first + i + this.next) % DISTINCT]!, stream);
    }
    if (stream) host.endStream();
  }

  /** Reads `count` sectors: one CMD17 each, or all with one CMD18. */
  read(count: number, stream: boolean): void {
    const { host } = this;
    const first = this.claim(count);
    if (stream) host.command(18, first);
    for (let i = 0; i < count; i++) {
      if (!stream) host.command(17, first + i);
      host.takePacket();
    }
    if (!stream) return;
    host.command(12, 0);
    host.awaitReady();
  }

  private claim(count: number): number {
    if (this.next + count > CARD_SECTORS) this.next = 0;
    const first = this.next;
    this.next += count;
    return first;
  }
}

function sectorOf(n: number): Uint8Array {
  const sector = new Uint8Array(SECTOR_BYTES);
  for (let i = 0; i < SECTOR_BYTES; i++) sector[i] = n * 31 + i * 7 + (i >>> 5) * (n >>> 8);
  sector[0] = n;
  sector[1] = n >>> 8;
  sector[300] = n;
  sector[301] = n >>> 8;
  return sector;
}
