import { DriverModule, type DriverExports, type DriverPort } from "../mirror/driver-module.js";
import { callWork, largerWork, NO_WORK, type CallWork } from "./call-work.js";

/** A driver that looks after every call at how much work it was. Slower than the driver alone, and otherwise the same. */
export class WatchedDriver extends DriverModule {
  /** Calls that may have asked anything of the cards. */
  calls = 0;
  /** The largest work of one of them, over all assemblies. */
  work: CallWork = NO_WORK;
  private submits = 0;

  constructor(binary: Uint8Array) {
    super(binary);
    Object.assign(this, { exports: this.watching(this.exports) });
  }

  override connect(port: DriverPort): void {
    super.connect({
      cardSubmit: (member, command, sector, count, buffer, bufferSector, token) => {
        this.submits++;
        port.cardSubmit(member, command, sector, count, buffer, bufferSector, token);
      },
      done: (tag, status) => port.done(tag, status),
      zeros: (buffer, bufferSector, count) => port.zeros(buffer, bufferSector, count),
      requestSync: (epoch) => port.requestSync(epoch),
    });
  }

  private watching(driver: DriverExports): DriverExports {
    const watched = <A extends number[], R>(call: (...args: A) => R) => {
      return (...args: A): R => {
        this.submits = 0;
        const result = call(...args);
        this.note(driver);
        return result;
      };
    };
    const { format, assemble, stop, submit, complete, tick, syncDone } = driver;
    return {
      ...driver,
      format: watched(format),
      assemble: watched(assemble),
      stop: watched(stop),
      submit: watched(submit),
      complete: watched(complete),
      tick: watched(tick),
      syncDone: watched(syncDone),
    };
  }

  private note(driver: DriverExports): void {
    const counted = callWork(driver);
    if (this.submits > counted.submits) {
      throw new Error(
        `a call handed ${this.submits} commands to the cards, but the driver counts ${counted.submits} at most`,
      );
    }
    this.calls++;
    this.work = largerWork(this.work, counted);
  }
}
