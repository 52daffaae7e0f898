/** Runs between two looks at the clock of the process, which is slow to ask. */
const RUNS_A_LOOK = 8;

/**
 * Runs a load over and over for some CPU time of this process: user and system, garbage collection included.
 * @returns how often it ran, and the CPU time that took
 */
export function measureCpu<L>(
  load: L,
  run: (load: L) => void,
  seconds: number,
): { runs: number; cpuSeconds: number } {
  const before = process.cpuUsage();
  let cpuSeconds = 0;
  let runs = 0;
  while (cpuSeconds < seconds) {
    for (let i = 0; i < RUNS_A_LOOK; i++) run(load);
    runs += RUNS_A_LOOK;
    const { user, system } = process.cpuUsage(before);
    cpuSeconds = (user + system) / 1e6;
  }
  return { runs, cpuSeconds };
}
