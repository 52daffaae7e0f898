import { instantiateSync } from "@assemblyscript/loader";
import * as layout from "../../assembly/layout.js";
import { compiledModule } from "./compiled-module.js";
import { DriverTrap } from "./driver-trap.js";
import { layoutDigest } from "./layout-digest.js";

/** The exports of the module; SPEC.md describes each. All numbers are u32 and may arrive as negative i32. */
export interface DriverExports {
  readonly memory: WebAssembly.Memory;
  configure(option: number, value: number): number;
  format(regionShift: number, bootNonce: number, tag: number): number;
  assemble(policy: number, bootNonce: number, tag: number): number;
  stop(tag: number): number;
  submit(operation: number, sector: number, count: number, buffer: number, tag: number): number;
  complete(token: number, status: number, fingerprint: number): void;
  tick(nowMs: number): void;
  syncDone(epoch: number, status: number): void;
  regionState(region: number): number;
  scrub(mode: number, firstRegion: number, tag: number): number;
  counter(key: number): number;
  geometry(key: number): number;
  transition(state: number, event: number): number;
  layoutDigest(): number;
  assemblyDecision(classA: number, classB: number, relation: number): number;
  eventRing(): number;
  memberCommand(command: number, member: number, tag: number): number;
  memberState(member: number): number;
  superblockWord(member: number, offset: number): number;
  memberTransition(state: number, event: number): number;
  staticBytes(): number;
  trapReport(): number;
}

/** What the module asks of its host. None of these may call an export of the module. */
export interface DriverPort {
  /** `card.submit`: answered later by `complete(token, ...)`. */
  cardSubmit(
    member: number,
    command: number,
    sector: number,
    count: number,
    buffer: number,
    bufferSector: number,
    token: number,
  ): void;
  /** `upper.done`. */
  done(tag: number, status: number): void;
  /** `upper.zeros`: the caller's buffer gets zeros. */
  zeros(buffer: number, bufferSector: number, count: number): void;
  /** `upper.requestSync`: answered later by `syncDone(epoch, ...)`. */
  requestSync(epoch: number): void;
}

/** Of this host's layout, once it was asked for: a campaign makes instances by the hundred. */
let ownDigest: number | undefined;

/** Functions of one import module. */
export type FurtherImports = Readonly<Record<string, (...values: number[]) => number | void>>;

/**
 * One instance of the driver. Its memory is its whole state, so a fresh boot is a copy of the memory as it was
 * after instantiation.
 */
export class DriverModule {
  readonly exports: DriverExports;
  /** The module's linear memory; it never grows, so the view stays valid. */
  readonly memory: Uint8Array;
  private readonly pristine: Uint8Array;
  private port: DriverPort | null = null;

  /**
   * @param binary a build of the driver
   * @param further imports that this build asks for besides
   * @throws Error when the module was compiled with another layout than the host
   */
  constructor(binary: Uint8Array, further: Readonly<Record<string, FurtherImports>> = {}) {
    const plug = (): DriverPort => {
      if (this.port === null) throw new Error("the driver has no port yet: call connect() first");
      return this.port;
    };
    const imports = {
      ...further,
      card: {
        submit: (
          member: number,
          command: number,
          sector: number,
          count: number,
          buffer: number,
          bufferSector: number,
          token: number,
        ): void => {
          plug().cardSubmit(member, command, sector >>> 0, count, buffer, bufferSector, token);
        },
      },
      upper: {
        done: (tag: number, status: number): void => plug().done(tag, status),
        zeros: (buffer: number, bufferSector: number, count: number): void =>
          plug().zeros(buffer, bufferSector, count),
        requestSync: (epoch: number): void => plug().requestSync(epoch),
      },
    };
    // The loader is used to load; its wrapped exports are not, because they cost a call each.
    const loaded = instantiateSync(compiledModule(binary), imports);
    this.exports = loaded.instance.exports as unknown as DriverExports;
    const expected = (ownDigest ??= layoutDigest(layout));
    const found = this.exports.layoutDigest() >>> 0;
    if (found !== expected) {
      throw new Error(
        `the driver module was built from another assembly/layout.ts (digest ${found}, expected ${expected}): run "npm run build"`,
      );
    }
    this.memory = new Uint8Array(this.exports.memory.buffer);
    this.pristine = this.memory.slice(0, this.exports.staticBytes());
  }

  /** Says who answers the module's imports from now on. */
  connect(port: DriverPort): void {
    this.port = port;
  }

  /** Back to the state after instantiation: what a reset of the controller does. */
  reset(): void {
    this.memory.set(this.pristine);
  }

  /** Explains a trap thrown by an export: the assertion's place, if it was one. */
  trap(error: unknown): DriverTrap {
    return DriverTrap.of(error, this.exports.memory, this.exports.trapReport());
  }
}
