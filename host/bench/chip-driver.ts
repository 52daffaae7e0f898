import { STATUS_OK } from "../../assembly/layout.js";
import { exportName } from "../export-c/c-names.js";
import type { CExport } from "../export-c/export-c.js";
import { DriverModule, type DriverExports, type DriverPort } from "../mirror/driver-module.js";
import { CalledCore, type CallCost } from "../rp2040/called-core.js";
import { RAM_BYTES, RAM_START } from "../rp2040/board-chip.js";
import type { OptionValue } from "./bitmap-settings.js";

/** Where the struct of the callbacks lies: above the driver's variables, below the stack. */
const CALLBACKS_AT = RAM_START + RAM_BYTES - 16 * 1024;

type Export = Exclude<keyof DriverExports, "memory">;

/**
 * The exported C on an emulated Cortex-M0+, with the face of the module: whoever drives the module drives the chip. Told of
 * every call is `onCall`.
 */
export class ChipDriver extends DriverModule {
  /** Gets what each call took. */
  onCall: ((name: Export, cost: CallCost) => void) | null = null;
  readonly core: CalledCore;
  private plugged: DriverPort | null = null;

  /**
   * @param binary the module that `exported` was made of
   * @param elf `exported`, compiled and linked
   * @param tuning options that are set at every start
   */
  constructor(
    binary: Uint8Array,
    exported: CExport,
    elf: Uint8Array,
    private readonly tuning: readonly OptionValue[] = [],
  ) {
    super(binary);
    this.core = new CalledCore(elf);
    const names = Object.keys(this.exports).filter((name) => name !== "memory") as Export[];
    const calls = names.map((name) => [name, (...values: number[]) => this.called(name, values)]);
    Object.assign(this, {
      exports: { memory: this.exports.memory, ...Object.fromEntries(calls) },
      memory: this.core.variable("memory"),
    });
    const answers = this.answers();
    const members = [...exported.header.matchAll(/^ {2}void \(\*(\w+)\)\(/gm)].map(([, name]) => name!);
    members.forEach((name, i) => {
      const answer = answers[name];
      if (answer === undefined) throw new Error(`the header has a callback ${name} that nobody answers`);
      this.core.chip.writeUint32(CALLBACKS_AT + 4 * i, this.core.callback(answer));
    });
    this.reset();
  }

  override connect(port: DriverPort): void {
    this.plugged = port;
  }

  /** The controller starts anew, with the tuning. @throws Error for an option that the driver refuses */
  override reset(): void {
    // The first time, while the module's own constructor runs, there is no core yet.
    if (this.core.call("syncgate_start", CALLBACKS_AT).result !== 1)
      throw new Error("syncgate_start refused the callbacks");
    for (const [option, value] of this.tuning) {
      if (this.exports.configure(option, value) !== STATUS_OK)
        throw new Error(`the driver refuses option ${option} = ${value}`);
    }
  }

  private called(name: Export, values: readonly number[]): number {
    const cost = this.core.call(exportName(name), ...values);
    this.onCall?.(name, cost);
    return cost.result;
  }

  private answers(): Readonly<Record<string, (argument: (index: number) => number) => void>> {
    const port = (): DriverPort => {
      if (this.plugged === null) throw new Error("the driver has no port yet: call connect() first");
      return this.plugged;
    };
    return {
      card_submit: (a) => port().cardSubmit(a(0), a(1), a(2), a(3), a(4), a(5), a(6)),
      upper_done: (a) => port().done(a(0), a(1)),
      upper_zeros: (a) => port().zeros(a(0), a(1), a(2)),
      upper_request_sync: (a) => port().requestSync(a(0)),
      trap: (a) => {
        throw new Error(`the driver has stopped itself for reason ${a(0)} on the chip`);
      },
    };
  }
}
