/** Firmware on an emulated board that goes its way once, and stands still wherever its power is to be cut. */
import {
  ChipTime,
  FirmwareError,
  ObjectSnapshot,
  PoweredBoard,
  WatchedCard,
  type Board,
  type BoardCard,
  type BusNote,
  type SpiDevice,
} from "../../rp2040/index.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import type { CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";
import { POWER_ONE, POWER_RESET } from "../../sdcard-emulator/power-topology.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { SpiCard } from "../../sdcard-emulator/spi/spi-card.js";
import { applyCheck } from "../check-command.js";
import { ContentKeys } from "../content-key.js";
import { keyOf, newestOptions } from "../crash-state.js";
import { keptLines } from "../dut-story.js";
import { crashStateOf } from "../judge-cache.js";
import type { FirmwareUnderTest } from "./firmware-device.js";

/** The cards that a firmware is run on. */
export interface BenchSetting {
  readonly contents: SectorContents;
  readonly characteristics: CardCharacteristics;
  /** Of the cards' timing; the second card has the next one. */
  readonly seed: number;
}

/** What a cut at this moment may leave, over the cards in the order in which they lose their power. */
export interface CutSpace {
  readonly axes: readonly CrashAxis[];
  /** The option of each axis that leaves what was written last. */
  readonly newest: readonly number[];
}

/** What a cut has left, and how the boot behind it ended. */
export interface Aftermath {
  /** Of what both cards held then and, with a check, what had been said: the same for the same state in every thread. */
  readonly state: string;
  /** null: well. */
  readonly wrong: string | null;
  /** What became of what was not settled, a line a sector. */
  readonly kept: readonly string[];
  /** What the firmware said after the cut. */
  readonly said: readonly string[];
}

const CARDS = ["A", "B"] as const;
/** A chip that dies alone stops its cards in the middle of a command: more moments than what is on the cards tells apart. */
const BYTES_BETWEEN_MOMENTS = 64;

export class FirmwareBench {
  readonly bench: PoweredBoard;
  private readonly cards: readonly [SpiCard, SpiCard];
  private readonly verdicts = new Map<string, string | null>();
  private readonly contentKeys: ContentKeys;
  private readonly states = new Map<string, string>();
  /** Whole lines that were said in boots before this one. */
  private before: readonly string[] = [];
  /** Cycles of this boot at which what a cut may leave has become another, while they are looked for. */
  private moments: number[] | null = null;
  /** The moment at which the board stands, to be gone back to any number of times. */
  private here: ObjectSnapshot | null = null;

  /** @param onNote told of each command and block of both buses; null: nobody watches */
  constructor(
    private readonly dut: FirmwareUnderTest,
    private readonly setting: BenchSetting,
    onNote: ((cycle: number, bus: number, note: BusNote) => void) | null = null,
  ) {
    const { contents, characteristics, seed } = setting;
    const time = new ChipTime();
    const images = dut.base(contents);
    this.contentKeys = new ContentKeys(dut.base(contents), contents);
    const cardOf = (slot: 0 | 1): SpiCard =>
      new SpiCard({
        time,
        contents,
        media: images[slot],
        characteristics,
        seed: seed + slot,
        identity: { serialNumber: slot + 1 },
      });
    this.cards = [cardOf(0), cardOf(1)];
    const wired = (bus: 0 | 1): BoardCard => {
      const card = this.cards[bus];
      const watched: SpiDevice =
        onNote === null ? card : new WatchedCard(card, (note) => onNote(this.board.cycle, bus, note));
      const device = new MomentWatch(watched, card, () => this.noteMoment(), this.bytesBetween);
      return { device, bus, chipSelectPin: dut.chipSelectPins[bus] };
    };
    const { firmware, strict } = dut;
    this.bench = new PoweredBoard({
      firmware,
      time,
      cards: this.cards,
      wiring: [wired(0), wired(1)],
      strict,
    });
    this.bench.powerOn();
  }

  get board(): Board {
    return this.bench.board!;
  }

  /** Whole lines that the UART has said, of all boots so far. */
  get marks(): readonly string[] {
    return [...this.before, ...this.board.uart.split("\n").slice(0, -1)];
  }

  /** Goes on to a moment. @throws FirmwareError */
  runTo(cycle: number): void {
    this.here = null;
    this.board.run({ untilCycle: cycle });
  }

  /** Goes on to the verdict of this boot, without a cut. @returns what is wrong, and the moments of this boot */
  async runUncut(): Promise<{ readonly wrong: string | null; readonly moments: readonly number[] }> {
    const { wrong, moments } = this.run();
    return { wrong: wrong ?? (await this.check(this.marks, this.images())), moments };
  }

  /** Moments: cycles at which what a cut may leave has become another, ascending. */
  private run(): { readonly wrong: string | null; readonly moments: readonly number[] } {
    const moments = (this.moments = [this.board.cycle]);
    const wrong = this.verdictOf(this.board);
    this.noteMoment();
    this.moments = null;
    return { wrong, moments };
  }

  /**
   * Cuts the power now, and boots again; then everything is as before.
   * @param explore what is to be done in that boot, told its moments; the bench stands at its beginning
   */
  async inNextBoot<T>(
    choice: readonly number[],
    explore: (moments: readonly number[], kept: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const outer = (this.here ??= this.snapshot());
    const { before, marks } = this;
    const kept = this.cutBy(choice, true);
    this.before = marks;
    this.bench.powerOn();
    this.here = null;
    try {
      const begin = this.snapshot();
      const { moments } = this.run();
      begin.restore();
      return await explore(moments, kept);
    } finally {
      outer.restore();
      this.here = outer;
      this.before = before;
    }
  }

  /** What a cut now may leave; nothing happens. */
  cutSpace(): CutSpace {
    const snapshot = (this.here ??= this.snapshot());
    const axes: CrashAxis[] = [];
    const newest: number[] = [];
    this.cut((card) => {
      axes.push(...card.crashSpace());
      newest.push(...newestOptions([card]));
      return newestOptions([card]);
    });
    snapshot.restore();
    return { axes, newest };
  }

  private cut(choose: (card: SpiCard, member: number) => readonly number[]): void {
    this.bench.cut({ ...this.dut.power, chooseOutcome: choose });
  }

  /** @returns what became of what was not settled, if it is to be told */
  private cutBy(choice: readonly number[], tell: boolean): string[] {
    const kept: string[] = [];
    let at = 0;
    this.cut((card, member) => {
      const own = choice.slice(at, (at += card.crashSpace().length));
      if (tell) kept.push(...keptLines([card], own, [CARDS[member]!]));
      return own;
    });
    return kept;
  }

  /**
   * Cuts the power now, boots again, and judges; then everything is as before.
   * @param tell whether what was kept is told
   */
  async judge(choice: readonly number[], tell = false): Promise<Aftermath> {
    const snapshot = (this.here ??= this.snapshot());
    const { marks } = this;
    const kept = this.cutBy(choice, tell);
    // A chip that died alone leaves cards in the middle of something, and a card that died alone a chip: states whose images
    // are equal need not go the same way, and each is judged.
    const { topology } = this.dut.power;
    const comparable = topology !== POWER_RESET && topology !== POWER_ONE;
    const told = this.dut.check === null ? [] : marks;
    const images = comparable ? this.cards.map(({ media }) => media) : this.images();
    const key = keyOf(images, told);
    const state = this.stateOf(key, images, told);
    const known = comparable && !tell ? this.verdicts.get(key) : undefined;
    let wrong = known ?? null;
    let said: readonly string[] = [];
    if (known === undefined) {
      const said0 = topology === POWER_ONE ? this.board.uart.length : 0;
      const board = this.bench.board ?? this.bench.powerOn();
      wrong = this.verdictOf(board) ?? (await this.check(marks, this.images()));
      said = board.uart.slice(said0).trimEnd().split("\n");
      if (comparable) this.verdicts.set(key, wrong);
    }
    snapshot.restore();
    return { state, wrong, kept, said };
  }

  private stateOf(key: string, images: readonly CardImage[], told: readonly string[]): string {
    let state = this.states.get(key);
    if (state === undefined) this.states.set(key, (state = this.contentKeys.of(images, told)));
    return state;
  }

  private verdictOf(board: Board): string | null {
    try {
      const verdict = this.dut.verdict.await(board);
      if (verdict.is === "pass") return null;
      return verdict.is === "fail" ? `the firmware says "${verdict.line}"` : `no verdict: ${verdict.why}`;
    } catch (error) {
      if (error instanceof FirmwareError) return error.message;
      throw error;
    }
  }

  private async check(marks: readonly string[], images: readonly CardImage[]): Promise<string | null> {
    const { check, deadlineMs } = this.dut;
    if (check === null) return null;
    return applyCheck(check, crashStateOf(images, marks, this.setting.contents), deadlineMs);
  }

  private images(): CardImage[] {
    return this.cards.map((card) => card.viewImage());
  }

  private snapshot(): ObjectSnapshot {
    const { flash, bootrom } = this.board.chip;
    const { firmware } = this.dut;
    const { contents, characteristics } = this.setting;
    const constant = [flash.buffer, bootrom.buffer, firmware, contents, characteristics];
    return new ObjectSnapshot([this.bench], constant);
  }

  private noteMoment(): void {
    const { cycle } = this.board;
    if (this.moments !== null && cycle > this.moments.at(-1)!) this.moments.push(cycle);
  }

  private get bytesBetween(): number {
    const { topology } = this.dut.power;
    return topology === POWER_RESET || topology === POWER_ONE ? BYTES_BETWEEN_MOMENTS : Infinity;
  }
}

/** Notices, byte by byte, that what a cut may leave of a card has become another. */
class MomentWatch implements SpiDevice {
  private version = -1;
  private bytes = 0;

  constructor(
    private readonly device: SpiDevice,
    private readonly card: SpiCard,
    private readonly onMoment: () => void,
    private readonly bytesBetween: number,
  ) {}

  select(on: boolean): void {
    this.device.select(on);
  }

  exchange(mosi: number): number {
    const miso = this.device.exchange(mosi);
    const { crashVersion } = this.card;
    if (crashVersion !== this.version || ++this.bytes >= this.bytesBetween) {
      this.version = crashVersion;
      this.bytes = 0;
      this.onMoment();
    }
    return miso;
  }
}
