import { hasBlockAddresses, type CardGeneration } from "./card-identity.js";

/** Clocks with chip select high that a card needs after power-up (SD Physical Layer Simplified Specification, 6.4.1.1). */
const POWER_UP_CLOCKS = 74;
const BITS = 8;
const NS_PER_US = 1000;
const DEFAULT_BLOCK_BYTES = 512;

/** How far a card has come since power-up, and what the host has set. */
export class CardMode {
  /** CMD0 with chip select low has chosen SPI; until the power goes there is no way back (7.2.1). */
  spi = false;
  /** CRCs are checked: off after CMD0, CMD59 (7.2.2). */
  crcOn = false;
  /** CMD16. */
  blockBytes = DEFAULT_BLOCK_BYTES;
  /** CMD55 came last. */
  applicationCommand = false;
  /** ACMD23's number of blocks to come, 0 for none. */
  announcedBlocks = 0;
  private clocks = 0;
  private begun = false;
  private versionAsked = false;
  private readyNs = Infinity;

  constructor(
    private readonly time: { readonly nowNs: number },
    private readonly generation: CardGeneration,
    private readonly initialisationUs: number,
  ) {}

  /** Whether the card has not finished its initialisation: the idle bit of R1. */
  get idle(): boolean {
    return !(this.time.nowNs >= this.readyNs);
  }

  /** Whether enough clocks have come since power-up. */
  get clocked(): boolean {
    return this.clocks >= POWER_UP_CLOCKS;
  }

  /** A byte passed with chip select high; it counts if the host's line is at rest too. */
  clock(mosi: number): void {
    if (mosi === 0xff && this.clocks < POWER_UP_CLOCKS) this.clocks += BITS;
  }

  powerUp(): void {
    this.spi = false;
    this.clocks = 0;
    this.reset();
  }

  /** CMD0. */
  reset(): void {
    this.crcOn = false;
    this.blockBytes = DEFAULT_BLOCK_BYTES;
    this.applicationCommand = false;
    this.announcedBlocks = 0;
    this.begun = false;
    this.versionAsked = false;
    this.readyNs = Infinity;
  }

  /** CMD8 was understood: the host knows version 2 (4.3.13). */
  askVersion(): void {
    this.versionAsked = true;
  }

  /**
   * ACMD41 or CMD1. A high-capacity card stays idle for ever for a host that has not sent CMD8, or says that it cannot
   * do high capacity (7.2.1).
   */
  initialise(hostKnowsHighCapacity: boolean): void {
    if (hasBlockAddresses(this.generation) && !(this.versionAsked && hostKnowsHighCapacity)) return;
    if (this.begun) return;
    this.begun = true;
    this.readyNs = this.time.nowNs + this.initialisationUs * NS_PER_US;
  }
}
