import type { Execution } from "../../../src/core/execution.ts";
import { isObject, type Json } from "../../../src/core/json.ts";
import { formatProblem } from "../../../src/core/problem.ts";
import { loadWorkflow } from "../../../src/definition/index.ts";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import {
  type Engine,
  type Message,
  type StartRequest,
  type StepRequest,
  type StepResult,
  type Stores,
  silentLog,
} from "../../../src/engine/ports/index.ts";
import { createInProcessQueue } from "../../../src/queue/in-process.ts";
import { Life } from "../../../src/sandbox/life.ts";
import { Fate } from "../fate.ts";
import type { Counts, CrashPoint } from "../point.ts";
import { type Act, acts, deploy, deployActs, deploys, files, main, meant } from "./whole-language.ts";

/** What a run came to, the same wherever its processes died. */
export interface EngineEnding {
  readonly executions: readonly unknown[];
  /** The keys under which something was done outside, each once. */
  readonly deeds: readonly string[];
  /** What must not be. */
  readonly wrong: readonly string[];
}

export interface EnginePlayed {
  readonly ending: EngineEnding;
  readonly counts: Counts;
  readonly reached: readonly string[];
}

/** Longer waits are for people. */
const longestWaitMs = 60_000;
const mostTurns = 300;

/**
 * Starts of a workflow with everything in it, and of one that supersedes itself, by the engine alone on real stores; its process dies at the points and
 * is started again. Rejects where it comes to no end.
 */
export async function playEngine(stores: Stores, points: readonly CrashPoint[]): Promise<EnginePlayed> {
  const fate = new Fate(points);
  const clock = new SimulatedClock();
  const outside = new Outside();
  let now = await incarnate(stores, clock, new Life(fate), outside);
  const doing = async (name: string, act: (engine: Engine) => Promise<unknown>) => {
    // No two starts at the same time: the older is the older.
    clock.advance(1);
    fate.enter(name.replaceAll(" ", "-"));
    for (let done = false, turn = 0; ; turn++) {
      if (turn > mostTurns) throw new Error(`it comes to no rest: ${JSON.stringify(await storyOf(stores))}`);
      const { life, engine } = now;
      const went = async () => {
        if (!done) await act(engine);
        done = true;
        await rest(life, engine);
      };
      await Promise.race([went(), life.died]);
      if (life.dead) {
        await life.over();
        now = await incarnate(stores, clock, new Life(fate), outside);
        continue;
      }
      const wait = clock.next();
      if (wait === null || wait > longestWaitMs) return;
      clock.advance(wait);
    }
  };
  const playing = async (some: readonly Act[]) => {
    for (const act of some) {
      const execution = meant(act, await everyone(stores));
      if (!execution) throw new Error(`nobody to ${act.name}: ${JSON.stringify(await storyOf(stores))}`);
      await doing(act.name, (engine) => engine.send(messageOf(act.name, execution, act.body)));
    }
  };
  for (const occurrence of ["first", "second"]) {
    await doing(occurrence, (engine) => engine.start({ ...request("main", main), occurrence }));
  }
  await playing(acts);
  for (const each of deploys) {
    await doing(each.occurrence, (engine) => engine.start({ ...request("deploy", deploy), ...each }));
  }
  await playing(deployActs);
  return {
    ending: {
      executions: await storyOf(stores),
      deeds: outside.deeds,
      wrong: [...outside.complaints, ...(await leftOver(stores))],
    },
    counts: fate.counts,
    reached: fate.reached,
  };
}

function request(stem: string, text: string): Omit<StartRequest, "occurrence"> {
  const loaded = loadWorkflow(text, `.hishamos/${stem}.yml`, { files });
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return {
    workflow: loaded.workflow,
    text,
    files,
    commit: null,
    repository: { id: 1, owner: "acme", name: "shop" },
    installation: null,
    subject: null,
    actor: "alice",
    event: {},
    input: {},
  };
}

function messageOf(id: string, { id: executionId }: Execution, body: (typeof acts)[number]["body"]): Message {
  const said = { id, by: "maya", reason: null } as const;
  const whole =
    body.type === "commanded"
      ? { ...said, step: null, ...body }
      : { ...said, values: {}, asking: null, ...body };
  return { id, executionId, at: 0, body: whole };
}

/** The world that does the work: it finds again what was done, as GitHub does by our marker. */
class Outside {
  readonly #done = new Map<string, Json>();
  readonly complaints: string[] = [];

  get deeds(): readonly string[] {
    return [...this.#done.keys()].toSorted((a, b) => (a < b ? -1 : 1));
  }

  do({ key, input, run, mayHaveHappened }: StepRequest): StepResult {
    const effects = [{ key, method: "issues.createComment", ref: null }];
    const known = this.#done.get(key);
    if (known !== undefined) {
      if (!mayHaveHappened && run.attempt === 1)
        this.complaints.push(`${key} is asked for twice, as if for the first time`);
      return { type: "succeeded", output: known, effects };
    }
    const output = { number: isObject(input) ? (input["issue_number"] ?? null) : null };
    this.#done.set(key, output);
    return { type: "succeeded", output, effects };
  }
}

async function incarnate(stores: Stores, clock: SimulatedClock, life: Life, outside: Outside) {
  const runner = {
    run: (asked: StepRequest) => life.change(`work ${asked.path}`, async () => outside.do(asked)),
  };
  const engine = createEngine({
    stores: life.stores(stores),
    clock: life.clock(clock),
    queue: createInProcessQueue({ concurrency: 10 }),
    runners: { agent: runner, action: runner },
    log: {
      ...silentLog,
      error: (fields, message) => outside.complaints.push(`${message} ${JSON.stringify(fields)}`),
    },
  });
  // It may die in the middle of its start.
  await Promise.race([engine.run(), life.died]);
  return { life, engine };
}

/** Until nothing is under way; what a timer set off reads the store before it wakes anybody. */
async function rest(life: Life, engine: Engine): Promise<void> {
  for (let still = 0; still < 3; ) {
    await engine.idle();
    await new Promise(setImmediate);
    still = life.busy ? 0 : still + 1;
  }
}

async function everyone(stores: Stores): Promise<readonly Execution[]> {
  const { executions } = await stores.executions.list({ limit: 1_000 });
  return executions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function storyOf(stores: Stores): Promise<readonly unknown[]> {
  return (await everyone(stores)).map((execution) => ({
    id: execution.id,
    stem: execution.workflow.stem,
    parent: execution.parent?.execution,
    state: execution.state,
    slot: execution.slot,
    wants: execution.wants,
    outputs: execution.outputs,
    ending: execution.ending,
    entered: execution.spending.steps,
    timeline: execution.timeline.map(({ by, what, step }) => `${by} ${what} ${step}`),
    steps: Object.entries(execution.steps).map(([path, { visits, attempts, runs }]) => ({
      path,
      visits,
      attempts,
      runs: runs.map((run) => [run.visit, run.state, "output" in run ? withoutTime(run.output) : null]),
    })),
  }));
}

/** How long a retry of the store took is chance. */
function withoutTime(output: Json): Json {
  return JSON.parse(JSON.stringify(output, (key, value) => (key === "at" ? undefined : value))) as Json;
}

async function leftOver(stores: Stores): Promise<readonly string[]> {
  const waiting = await stores.messages.waiting(100);
  const unfinished = await stores.executions.unfinished(null, 100);
  return [
    ...waiting.map((id) => `messages for ${id} are left`),
    ...unfinished.map((id) => `${id} has not ended`),
  ];
}
