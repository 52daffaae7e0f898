import { GPIOPinState, type RP2040 } from "rp2040js";

/** What may be wired to a bus: an emulated card (`SpiCard`), or something that watches one. */
export interface SpiDevice {
  /** Chip select: true is low. */
  select(on: boolean): void;
  /** One byte each way. */
  exchange(mosi: number): number;
}

/** One of `rp2040.spi`. */
export type SpiPeripheral = RP2040["spi"][number];

export interface CardWiring {
  readonly card: SpiDevice;
  /** GPIO number, 0 to 29, that firmware drives low (by SIO) to address the card. */
  readonly chipSelectPin: number;
}

const PINS = 30;
const LINE_HIGH = 0xff;
const NS_PER_S = 1e9;

/** Who is wired to which bus; the state of a transfer is in the wire, not here. */
const WIRES = new WeakMap<SpiPeripheral, SpiWire>();

/** The lines of one SPI bus, and the byte on its way. */
export class SpiWire {
  private readonly devices: (SpiDevice | null)[] = [];
  private readonly alarm: ReturnType<RP2040["clock"]["createAlarm"]>;
  private mosi = 0;

  constructor(private readonly spi: SpiPeripheral) {
    this.alarm = chipOf(spi).clock.createAlarm(() => this.end());
    spi.onTransmit = (value) => this.begin(value);
  }

  /** @returns takes the device off the bus again */
  add({ card, chipSelectPin }: CardWiring): () => void {
    const pin = chipOf(this.spi).gpio[chipSelectPin];
    if (pin === undefined) {
      throw new Error(`there is no GPIO ${chipSelectPin} for a chip select: give 0 to ${PINS - 1}`);
    }
    const place = this.devices.push(card) - 1;
    // A pin that nobody drives is pulled up.
    card.select(pin.value === GPIOPinState.Low);
    const unlisten = pin.addListener((state) => card.select(state === GPIOPinState.Low));
    return () => {
      unlisten();
      this.devices[place] = null;
      card.select(false);
    };
  }

  /** A frame has left the FIFO; it ends when its bits have passed. Ended at once it would hang DMA. */
  private begin(value: number): void {
    const { spi } = this;
    if (!(spi.clockFrequency > 0)) {
      chipOf(spi).logger.error(
        spi.name,
        "a transfer without a clock: set SSPCPSR to an even number from 2 to 254",
      );
      return;
    }
    this.mosi = value;
    this.alarm.schedule((spi.dataBits * NS_PER_S) / spi.clockFrequency);
  }

  private end(): void {
    let miso = LINE_HIGH;
    for (const device of this.devices) if (device !== null) miso &= device.exchange(this.mosi & LINE_HIGH);
    this.spi.completeTransmit(miso);
  }
}

/**
 * Wires a card to a bus of an emulated RP2040. Transfers take the time of their bits at the clock that firmware has set, so
 * DMA and interrupts work. Several cards may share a bus. The card's `time` is to be `new ChipTime(rp2040.clock)`.
 * @returns takes the card off the bus again
 * @throws Error for a pin that there is not
 */
export function attachCard(spi: SpiPeripheral, wiring: CardWiring): () => void {
  return wireOf(spi).add(wiring);
}

/** The wire of a bus; made when it is first asked for. */
export function wireOf(spi: SpiPeripheral): SpiWire {
  let wire = WIRES.get(spi);
  if (wire === undefined) WIRES.set(spi, (wire = new SpiWire(spi)));
  return wire;
}

function chipOf(spi: SpiPeripheral): RP2040 {
  return (spi as unknown as { rp2040: RP2040 }).rp2040;
}
