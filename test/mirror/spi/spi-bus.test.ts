/** Chip selects of one bus: those of empty slots too, and of slots whose card comes late. */
import { describe, expect, it } from "vitest";
import { SpiBus, type SpiDevice } from "../../../host/mirror/spi/spi-bus.js";
import { VirtualClock } from "../../../host/sdcard-emulator/virtual-clock.js";

class Recorder implements SpiDevice {
  selected = false;
  readonly heard: [selected: boolean, byte: number][] = [];

  select(on: boolean): void {
    this.selected = on;
  }

  exchange(mosi: number): number {
    this.heard.push([this.selected, mosi]);
    return this.selected ? 0x55 : 0xff;
  }
}

function sharedBus(a: SpiDevice | null, b: SpiDevice | null) {
  const devices = [a, b];
  const bus = new SpiBus(new VirtualClock(), devices, [0, 1]);
  const insert = (slot: number, device: SpiDevice | null): void => {
    devices[slot] = device;
    bus.replaced(slot);
  };
  return { bus, insert };
}

describe("a bus of two slots", () => {
  it("sends a command for an empty slot to nobody", () => {
    const other = new Recorder();
    const { bus } = sharedBus(null, other);
    bus.select(0);
    expect(bus.exchange(0x40)).toBe(0xff);
    expect(other.heard).toEqual([]);
    bus.deselect();
    expect(other.heard).toEqual([[false, 0xff]]);
  });

  it("selects a card that is put in while its chip select is low", () => {
    const late = new Recorder();
    const { bus, insert } = sharedBus(null, new Recorder());
    bus.select(0);
    insert(0, late);
    expect(late.selected).toBe(true);
    expect(bus.exchange(0xff)).toBe(0x55);
    bus.deselect();
    expect(late.selected).toBe(false);
  });

  it("deselects a card that is pulled out while it is selected, and takes a new one in its place", () => {
    const [first, second] = [new Recorder(), new Recorder()];
    const { bus, insert } = sharedBus(first, null);
    bus.select(0);
    insert(0, null);
    expect(first.selected).toBe(false);
    expect(bus.exchange(0xff)).toBe(0xff);
    insert(0, second);
    expect(bus.exchange(0xff)).toBe(0x55);
  });

  it("leaves a card alone that is put in beside the selected one", () => {
    const [selected, late] = [new Recorder(), new Recorder()];
    const { bus, insert } = sharedBus(selected, null);
    bus.select(0);
    insert(1, late);
    expect(late.selected).toBe(false);
    expect(bus.exchange(0x40)).toBe(0x55);
    expect(late.heard).toEqual([]);
  });

  it("clocks every card while none is selected", () => {
    const both = [new Recorder(), new Recorder()];
    const { bus } = sharedBus(both[0]!, both[1]!);
    bus.exchange(0xff);
    for (const card of both) expect(card.heard).toEqual([[false, 0xff]]);
    bus.select(1);
    bus.reset();
    expect(both[1]!.selected).toBe(false);
  });
});

describe("the time of a bus", () => {
  it("is the clock's while it rests, and that of its bytes in a transfer", () => {
    const clock = new VirtualClock();
    const bus = new SpiBus(clock, [null, null], [0, 1]);
    bus.setSpeed(8000);
    const at = (us: number): void => {
      clock.schedule(us - clock.nowUs, { onTime: () => undefined }, 0);
      clock.step();
    };
    at(1000);
    expect(bus.nowNs).toBe(1_000_000);
    bus.drive(0, true);
    at(1002);
    // Two bytes of a microsecond each end now; when they pass, each is seen at its own time.
    expect(bus.nowNs).toBe(1_000_000);
    bus.exchange(0xff);
    expect(bus.nowNs).toBe(1_001_000);
    bus.exchange(0xff);
    bus.drive(0, false);
    expect(bus.nowNs).toBe(1_002_000);
    at(5000);
    expect(bus.nowNs).toBe(5_000_000);
  });

  it("stays that of the bytes while one of two slots has a transfer under way", () => {
    const clock = new VirtualClock();
    const bus = new SpiBus(clock, [null, null], [0, 1]);
    bus.drive(0, true);
    clock.schedule(10, { onTime: () => undefined }, 0);
    clock.step();
    bus.drive(1, false);
    expect(bus.nowNs).toBe(0);
  });
});
