import { DriverModule, type DriverExports } from "../driver-module.js";

/** What the SPI module exports instead of `complete`; SPEC.md section 8. Numbers are u32 and may arrive as negative i32. */
export interface SpiExports extends Omit<DriverExports, "complete"> {
  connectBuses(buses: number): number;
  cardStart(slot: number, tag: number): number;
  busDone(slot: number, token: number, result: number): void;
  cardWord(slot: number, key: number): number;
  cardTransition(state: number, event: number): number;
  cardStateKind(state: number): number;
}

/** What the SPI module asks of the buses: assembly/sdcard/bus.ts. None of these may call an export of the module. */
export interface BusPort {
  select(card: number, on: number): void;
  speed(card: number, kilohertz: number): void;
  burst(card: number, address: number, count: number, token: number): void;
  wait(card: number, until: number, limitUs: number, token: number): void;
  sendBlock(
    card: number,
    startToken: number,
    buffer: number,
    bufferSector: number,
    own: number,
    crc: number,
    token: number,
  ): void;
  /** @returns 1 when it is taken, 0 when not */
  queueBlock(
    card: number,
    buffer: number,
    bufferSector: number,
    own: number,
    crc: number,
    limitUs: number,
    token: number,
  ): number;
  receiveBlock(card: number, buffer: number, bufferSector: number, own: number, token: number): void;
  cancel(card: number): void;
  checksum(buffer: number, bufferSector: number, own: number): number;
  copyBlock(buffer: number, bufferSector: number, address: number): number;
}

/** One instance of the SPI module: mirror driver and card driver. */
export class SpiModule extends DriverModule {
  readonly spi: SpiExports;
  private readonly plug: { port: BusPort | null };

  /** @param binary build/syncgate-spi.wasm @throws Error as DriverModule */
  constructor(binary: Uint8Array) {
    const plug: { port: BusPort | null } = { port: null };
    const port = (): BusPort => {
      if (plug.port === null) throw new Error("the SPI module has no buses yet: call connectBus() first");
      return plug.port;
    };
    super(binary, {
      bus: {
        select: (card, on) => port().select(card!, on!),
        speed: (card, kilohertz) => port().speed(card!, kilohertz!),
        burst: (card, address, count, token) => port().burst(card!, address!, count!, token!),
        wait: (card, until, limitUs, token) => port().wait(card!, until!, limitUs!, token!),
        sendBlock: (card, start, buffer, sector, own, crc, token) =>
          port().sendBlock(card!, start!, buffer!, sector!, own!, crc!, token!),
        queueBlock: (card, buffer, sector, own, crc, limitUs, token) =>
          port().queueBlock(card!, buffer!, sector!, own!, crc!, limitUs!, token!),
        receiveBlock: (card, buffer, sector, own, token) =>
          port().receiveBlock(card!, buffer!, sector!, own!, token!),
        cancel: (card) => port().cancel(card!),
        checksum: (buffer, sector, own) => port().checksum(buffer!, sector!, own!),
        copyBlock: (buffer, sector, address) => port().copyBlock(buffer!, sector!, address!),
      },
    });
    this.plug = plug;
    this.spi = this.exports as unknown as SpiExports;
  }

  /** Says who carries out transfers from now on. */
  connectBus(port: BusPort): void {
    this.plug.port = port;
  }
}
