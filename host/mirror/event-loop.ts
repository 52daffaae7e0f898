import { VirtualClock, type ClockHandler } from "../sdcard-emulator/virtual-clock.js";
import { PowerLostError } from "./mirror-error.js";

/** Events between two looks at what the caller does meanwhile. */
const EVENTS_PER_TURN = 4096;

/** Does nothing but make the clock reach a moment. */
const ALARM: ClockHandler = { onTime: () => undefined };

/** Virtual time for callers that await: lets events happen until what they wait for has. */
export class EventLoop implements ClockHandler {
  readonly clock = new VirtualClock();
  /** Number of the controller's life; another one begins when it loses its power. */
  life = 0;
  private wakes = 0;
  private nextJob = 0;
  private readonly jobs = new Map<number, () => void>();

  /**
   * @param patienceUs virtual time without any progress after which something will never happen
   * @param afterEvent called after each event, when exports of the driver may be called
   */
  constructor(
    private readonly patienceUs: number,
    private readonly afterEvent: () => void,
  ) {}

  /** Something happened that a caller may be waiting for. */
  wake(): void {
    this.wakes++;
  }

  /** Runs `job` as an event of its own, at once in virtual time, if the controller still lives. */
  later(job: () => void): void {
    this.jobs.set(this.nextJob, job);
    this.clock.schedule(0, this, this.nextJob++);
  }

  /** The clock's call; nobody else's. */
  onTime(what: number): void {
    const job = this.jobs.get(what);
    this.jobs.delete(what);
    job?.();
  }

  loseController(): void {
    this.life++;
    this.jobs.clear();
    this.clock.cancel(this);
  }

  /**
   * Lets events happen until `reached`.
   * @param what     what is waited for, as the subject of a sentence
   * @param progress changes as long as there is hope; default: hope lasts for `patienceUs`
   * @throws PowerLostError when the controller goes first
   * @throws Error when nothing has moved for too long
   */
  async until(what: string, reached: () => boolean, progress: () => number = () => 0): Promise<void> {
    const { life, clock } = this;
    let progressed = progress();
    let sinceUs = clock.nowUs;
    // Whoever called goes on first: the next request may be one that runs at the same time.
    await Promise.resolve();
    while (!reached()) {
      if (this.life !== life) throw new PowerLostError(what);
      this.turn(reached);
      if (progress() !== progressed) {
        progressed = progress();
        sinceUs = clock.nowUs;
      }
      if (clock.nowUs - sinceUs > this.patienceUs) {
        throw new Error(
          `${what} had no answer in ${this.patienceUs / 1e6} s of virtual time: has a card lost its power? reassemble() gives it back`,
        );
      }
      await Promise.resolve();
    }
  }

  /** Lets `us` µs pass. @throws Error for what is no whole number of µs */
  advance(us: number): void {
    const endUs = this.clock.nowUs + us;
    this.clock.schedule(us, ALARM, 0);
    while (this.clock.nextUs() <= endUs) this.event();
  }

  private turn(reached: () => boolean): void {
    const { wakes } = this;
    for (let events = 0; events < EVENTS_PER_TURN && wakes === this.wakes && !reached(); events++)
      this.event();
  }

  private event(): void {
    if (!this.clock.step())
      throw new Error("nothing is under way and nothing ever will be: call reassemble()");
    this.afterEvent();
  }
}
