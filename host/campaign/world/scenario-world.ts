import { DriverTrap } from "../../mirror/driver-trap.js";
import { DirectWriter } from "../../page-cache/direct-writer.js";
import { EmulatedWorld } from "./emulated-world.js";
import { DIRECT_BUFFER_SECTORS, ScenarioThreads } from "./scenario-threads.js";
import { END_STOP, type BootEnd, type Scenario } from "./scenario.js";
import type { WorldParts } from "./world-parts.js";

/** Runs a scenario: its threads in an emulated world, boot after boot, with a cut explored after every event. */
export class ScenarioWorld {
  private readonly world: EmulatedWorld;
  private readonly direct: DirectWriter;
  private readonly threads: ScenarioThreads;

  constructor(
    private readonly scenario: Scenario,
    private readonly parts: WorldParts,
  ) {
    this.world = new EmulatedWorld(scenario, parts);
    const { clock, cache, observer, watch } = this.world;
    this.direct = new DirectWriter(cache.queue, observer, DIRECT_BUFFER_SECTORS);
    this.threads = new ScenarioThreads(
      clock,
      parts.contents,
      cache,
      this.direct,
      this.world,
      scenario.collides === 1,
      watch?.onAction,
    );
  }

  /** Runs all boots; cuts are explored after every event of those from `exploreFrom` on. */
  run(exploreFrom: number): void {
    const { world } = this;
    const isAlive = this.untilTrap(() => this.runBoots(exploreFrom));
    world.finish();
    this.parts.report.writes += this.direct.writes;
    // After the report is made, so that what happens from here on counts for nothing but progress.
    if (isAlive && this.scenario.boots.at(-1)!.end.topology !== END_STOP) this.untilTrap(() => this.settle());
  }

  private runBoots(exploreFrom: number): void {
    const { world, scenario } = this;
    for (const [index, boot] of scenario.boots.entries()) {
      this.runBoot(index, index >= exploreFrom);
      if (world.stopped) break;
      if (index + 1 < scenario.boots.length || boot.end.topology === END_STOP) {
        this.endBoot(boot.end, index >= exploreFrom);
      }
    }
  }

  private settle(): void {
    this.threads.crash();
    this.world.settle();
  }

  /** Whether the driver has not stopped itself. */
  private untilTrap(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      if (!(error instanceof DriverTrap)) throw error;
      this.world.complain(["trap"], -1, error.message);
      return false;
    }
  }

  private runBoot(index: number, explore: boolean): void {
    const { world } = this;
    const boot = this.scenario.boots[index]!;
    const { actions, end } = boot;
    world.startBoot(boot);
    const startedUs = world.clock.nowUs;
    if (explore) world.exploreCut();
    while (world.clock.nowUs - startedUs < end.atUs && !world.stopped) {
      const wasRunning = world.running;
      world.advance();
      if (world.running && !wasRunning) this.threads.start(actions);
      if (explore) world.exploreCut();
    }
  }

  private endBoot(end: BootEnd, explore: boolean): void {
    this.threads.crash();
    this.direct.crash();
    this.world.endBoot(end, explore);
  }
}
