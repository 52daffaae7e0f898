import { Session, type Profiler } from "node:inspector";

/** A stage of the work: the functions that begin it, and the files all of whose functions belong to it. */
export interface Stage {
  readonly name: string;
  /** As "file.js function"; the innermost on the stack decides. */
  readonly functions: readonly string[];
  readonly files: readonly string[];
}

/** Time of one stage, as a share of all that was sampled (0 to 1). */
export interface StageShare {
  readonly name: string;
  readonly share: number;
}

const SAMPLING_US = 500;
/** Of what no stage claims. */
const OTHER = "other";

/**
 * Runs work under the sampling profiler of V8, and says where the time goes. The code that is measured knows nothing
 * of it.
 * @param stages in the order of the answer; what none of them claims comes last
 */
export function profileStages(stages: readonly Stage[], work: () => void): StageShare[] {
  const session = new Session();
  session.connect();
  try {
    session.post("Profiler.enable");
    session.post("Profiler.setSamplingInterval", { interval: SAMPLING_US });
    session.post("Profiler.start");
    work();
    const profile = stopProfiler(session);
    return sharesOf(stages, profile);
  } finally {
    session.disconnect();
  }
}

/** The session runs in this thread and answers before `post` returns. */
function stopProfiler(session: Session): Profiler.Profile {
  let profile: Profiler.Profile | undefined;
  session.post("Profiler.stop", (error, answer) => {
    if (error !== null) throw new Error(`the profiler failed: ${error.message}`);
    profile = answer.profile;
  });
  if (profile === undefined) throw new Error("the profiler did not answer at once");
  return profile;
}

function sharesOf(stages: readonly Stage[], { nodes, ...rest }: Profiler.Profile): StageShare[] {
  const samples = rest.samples ?? [];
  const deltasUs = rest.timeDeltas ?? [];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stageOfNode = new Map<number, string>();
  const visit = (id: number, inherited: string): void => {
    const node = byId.get(id)!;
    const own = stageOf(stages, node.callFrame) ?? inherited;
    stageOfNode.set(id, own);
    for (const child of node.children ?? []) visit(child, own);
  };
  visit(nodes[0]!.id, OTHER);
  const times = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = stageOfNode.get(id) ?? OTHER;
    times.set(name, (times.get(name) ?? 0) + (deltasUs[at] ?? 0));
  });
  // Not the whole time: before the first sample and after the last one nothing is known, and a short run is half that.
  const sampledUs = Math.max(
    1,
    [...times.values()].reduce((sum, us) => sum + us, 0),
  );
  return [...stages.map(({ name }) => name), OTHER].map((name) => ({
    name,
    share: (times.get(name) ?? 0) / sampledUs,
  }));
}

function stageOf(stages: readonly Stage[], { url, functionName }: { url: string; functionName: string }) {
  const file = url.slice(url.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  const called = `${file} ${functionName}`;
  return (
    stages.find(({ functions }) => functions.includes(called)) ??
    stages.find(({ files }) => files.includes(file))
  )?.name;
}
