import { DriverTrap } from "../../mirror/driver-trap.js";
import type { CutSampler } from "../search/cut-sampler.js";
import type { EmulatedWorld } from "../world/emulated-world.js";

/** Steps of one run; more means that whoever runs it waits for something that never comes. */
const STEPS_MAX = 50_000_000;

/** Thrown by SampledRun.step where the run is to end early: a clean power cut for a client that waits inside a call. */
export class RunEnded extends Error {
  constructor() {
    super("the run ended: enough promises are broken");
    this.name = "RunEnded";
  }
}

/** One boot of a world in which cuts are explored at a sample of the steps. */
export class SampledRun {
  private steps = 0;
  private startedUs = 0;

  /**
   * @param sampler null: every step is a moment, and the world's schedule says which are cut
   * @param lengthUs virtual time over which the sampler spreads its cuts, from the end of assembly on
   * @param onCut told after each cut explored
   */
  constructor(
    private readonly world: EmulatedWorld,
    private readonly sampler: CutSampler | null,
    private readonly lengthUs: number,
    private readonly onCut: () => void = () => undefined,
  ) {}

  /** Whether the time is over: the client may end, all cuts were made. */
  get over(): boolean {
    return this.progress >= 1;
  }

  /** Boots the world, lets the client work, and completes the report. Cuts begin once the array is assembled. */
  run(client: () => void): void {
    const { world } = this;
    try {
      world.startBoot();
      while (!world.running) {
        this.advance();
        if (world.stopped) throw new RunEnded();
      }
      this.startedUs = world.clock.nowUs;
      client();
    } catch (error) {
      if (error instanceof DriverTrap) world.complain(["trap"], -1, error.message);
      else if (!(error instanceof RunEnded)) throw error;
    }
    world.finish();
  }

  /**
   * Lets the next event happen, and cuts the power, in thought, if it is time.
   * @throws RunEnded when the run is to end; the client must let it through
   */
  step(): void {
    this.advance();
    if (this.sampler === null || this.sampler.due(this.progress, this.world.busy)) {
      this.world.exploreCut();
      this.onCut();
    }
    if (this.world.stopped) throw new RunEnded();
  }

  private get progress(): number {
    return (this.world.clock.nowUs - this.startedUs) / this.lengthUs;
  }

  private advance(): void {
    if (this.steps++ === STEPS_MAX) throw new Error(`a run does not end after ${STEPS_MAX} events`);
    this.world.advance();
  }
}

/**
 * Length of a run under a schedule, us: a part of a campaign that makes a share of the cuts runs for that share of the time.
 * @param budget cuts that the part would make at a sample
 * @param cuts   those of a whole run
 */
export function scheduledLength(lengthUs: number, budget: number, cuts: number): number {
  return lengthUs * Math.min(1, budget / cuts);
}
