/**
 * An alarm of the timer fires when the low 32 bits of the time are equal to it (RP2040 Datasheet, 4.6): one that is set
 * in the past waits 71 minutes. Firmware may look after setting it and disarm it; if it does not, that is reported.
 */
import type { BoardChip } from "./board-chip.js";

interface Timer {
  alarms: { armed: boolean; targetMicros: number }[];
  writeUint32(offset: number, value: number): void;
}

const TIMER = 0x40054;
const ALARM0 = 0x10;
const ALARMS = 4;
/** For so long firmware may take to find out. */
const GRACE_US = 100;
const NS_PER_US = 1000;
const HALF_RANGE = 0x80000000;

export class PastAlarmTrap {
  constructor(private readonly chip: BoardChip) {
    const timer = chip.peripherals[TIMER] as unknown as Timer;
    const original = Object.getPrototypeOf(timer) as Timer;
    const checks = Array.from({ length: ALARMS }, (_, index) =>
      chip.clock.createAlarm(() => this.check(timer, index)),
    );
    timer.writeUint32 = (offset, value) => {
      original.writeUint32.call(timer, offset, value);
      const index = (offset - ALARM0) / 4;
      const check = checks[index];
      if (check !== undefined && this.isPast(value)) check.schedule(GRACE_US * NS_PER_US);
    };
  }

  private isPast(alarmUs: number): boolean {
    const nowUs = Math.floor(this.chip.clock.nanos / NS_PER_US);
    const ahead = (alarmUs - nowUs) >>> 0;
    return ahead >= HALF_RANGE;
  }

  private check({ alarms }: Timer, index: number): void {
    const { armed, targetMicros } = alarms[index]!;
    if (!armed || !this.isPast(targetMicros)) return;
    throw this.chip.fault(
      `timer alarm ${index} was set to ${targetMicros} us, which had passed, and waits 71 minutes: look at the time after setting it`,
    );
  }
}
