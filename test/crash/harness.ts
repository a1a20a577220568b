import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { composeService, type Service } from "../../src/compose.ts";
import type { Execution } from "../../src/core/execution.ts";
import { isTerminal } from "../../src/core/index.ts";
import { formatProblem } from "../../src/core/problem.ts";
import type { Workflow } from "../../src/core/workflow.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import type { Stores } from "../../src/engine/ports/index.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { traceOf } from "../../src/engine/trace.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { Life } from "../../src/sandbox/life.ts";
import { sandboxConfig } from "../../src/sandbox/sandbox-config.ts";
import { Player } from "../../src/sandbox/scenario/player.ts";
import { readScenario, type Scenario } from "../../src/sandbox/scenario/scenario.ts";
import { Fate } from "./fate.ts";
import { endingOf, type Played } from "./played.ts";
import type { CrashPoint } from "./point.ts";

const definition = ".hishamos/bug-lifecycle.yml";
const secret = "a secret of these tests";
/** Reminders come after days; a wait this long means that nobody does anything any more. */
const longestWaitMs = 3_600_000;
/** Far more than the scenario has stages. */
const mostTurns = 500;

/**
 * The Bug Lifecycle from its report to its close, by the real service on a stand-in for GitHub, whose process dies at
 * each of the points and is started again over the same stores. Rejects where it comes to no end.
 */
export async function play(stores: Stores, points: readonly CrashPoint[]): Promise<Played> {
  // GitHub's and the clients' tokens are compared with the system's time.
  const clock = new SimulatedClock(Date.now());
  const sandbox = await startSandboxGitHub({ now: () => clock.now() });
  const { scenario, text, workflow } = theScenario();
  const [owner = "", name = ""] = scenario.repository.split("/");
  const files = { [definition]: text, ...scenario.files };
  sandbox.createRepository({ owner, name, collaborators: scenario.people, labels: ["bug"], files });
  const player = new Player({ sandbox, scenario, tell: () => {}, restart: async () => {} });
  const saved: Execution[] = [];
  const complaints: string[] = [];
  const fate = new Fate(points);
  const observed = noting(stores, saved);
  let now: Incarnation | null = null;
  const server = createServer((req, res) => {
    if (now === null || now.life.dead) req.socket.destroy();
    else void now.service.handle(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  sandbox.setWebhookTarget(`http://127.0.0.1:${port}/api/github/webhooks`, secret);
  const first = await incarnate(sandbox, observed, clock, new Life(fate), complaints);
  now = first;
  try {
    await first.service.start();
    fate.enter("start");
    player.start();
    for (let turn = 0; ; turn++) {
      const over = new AbortController();
      const how = await Promise.race([
        now.life.died.then(() => "dead" as const),
        settled(sandbox, now.service).then(() => "quiet" as const),
        stalled(now.life, clock, over.signal),
      ]);
      over.abort();
      if (now.life.dead) {
        server.closeAllConnections();
        await now.life.over();
        // What was on its way to the dead has failed, and GitHub does not send it again by itself.
        await sandbox.settled();
        now = await incarnate(sandbox, observed, clock, new Life(fate), complaints);
        await now.service.start();
        continue;
      }
      const [execution] = (await stores.executions.list({})).executions;
      if (how === "quiet") {
        if (execution && isTerminal(execution.state)) break;
        // Only now, at rest, do people hear of what waits for them: each stage begins as without a crash.
        const before = [...player.left];
        for (const trace of execution ? traceOf(null, execution) : []) player.see(trace);
        const answer = before.find((one) => !player.left.includes(one));
        fate.enter(answer?.to ?? "end");
        await player.done();
        if (answer) continue;
      }
      const wait = clock.next();
      if (wait === null || wait > longestWaitMs || turn > mostTurns) {
        throw new Error([stuck(execution, sandbox), ...complaints.slice(-3)].join("\n"));
      }
      clock.advance(wait);
    }
    const { repository } = scenario;
    const ending = await endingOf({ sandbox, repository, workflow, stores, saved });
    return { ending, complaints, counts: fate.counts, reached: fate.reached };
  } finally {
    if (!now.life.dead) await now.service.stop();
    server.closeAllConnections();
    server.close();
    await sandbox.close();
  }
}

interface Incarnation {
  readonly life: Life;
  readonly service: Service;
}

async function incarnate(
  sandbox: SandboxGitHub,
  stores: Stores,
  clock: SimulatedClock,
  life: Life,
  complaints: string[],
): Promise<Incarnation> {
  const complain = (fields: object, message: string) => {
    complaints.push(`${message} ${inspect(fields, { breakLength: Infinity, depth: 2 })}`);
  };
  const service = await composeService({
    config: sandboxConfig(sandbox, secret),
    duties: false,
    stores: life.stores(stores),
    clock: life.clock(clock),
    log: { ...silentLog, warn: complain, error: complain },
    fetch: life.fetch(fetch),
  });
  return { life, service };
}

/** Keeps every execution as it came into the store. */
function noting(stores: Stores, saved: Execution[]): Stores {
  return {
    ...stores,
    executions: {
      create: async (execution) => {
        const creation = await stores.executions.create(execution);
        if (creation === "created") saved.push(execution);
        return creation;
      },
      save: async (execution) => {
        const taken = await stores.executions.save(execution);
        if (taken) saved.push(execution);
        return taken;
      },
      load: (id) => stores.executions.load(id),
      list: (query) => stores.executions.list(query),
      unfinished: (after, limit) => stores.executions.unfinished(after, limit),
      due: (until, limit) => stores.executions.due(until, limit),
      nextDue: () => stores.executions.nextDue(),
      queued: (repository, group, limit) => stores.executions.queued(repository, group, limit),
    },
  };
}

/** Until no webhook is on its way and nothing is under way; what is done may cause webhooks, and they work. */
async function settled(sandbox: SandboxGitHub, service: Service): Promise<void> {
  const seen = () => sandbox.requests().length + sandbox.deliveries().length;
  for (let before = -1; before !== seen(); ) {
    before = seen();
    await sandbox.settled();
    await service.idle();
  }
}

const pollMs = 20;
const stalledAfter = 5;

/** Resolves when the service waits for nothing but its clock: a pause before it tries something again. */
async function stalled(life: Life, clock: SimulatedClock, over: AbortSignal): Promise<"stalled"> {
  for (let still = 0; still < stalledAfter && !over.aborted; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs).unref());
    const wait = clock.next();
    still = life.busy || wait === null || wait > longestWaitMs ? 0 : still + 1;
  }
  return "stalled";
}

function stuck(execution: Execution | undefined, sandbox: SandboxGitHub): string {
  if (!execution) return `nothing was started; ${sandbox.deliveries().length} deliveries`;
  const runs = Object.entries(execution.steps).flatMap(([path, { runs: all }]) => {
    const last = all.at(-1);
    return last ? [`${path}#${last.visit} ${last.state}`] : [];
  });
  return `it is stuck: ${execution.state} at revision ${execution.revision}; ${runs.join(", ")}`;
}

interface Material {
  readonly scenario: Scenario;
  readonly text: string;
  readonly workflow: Workflow;
}

let read: Material | null = null;

function theScenario(): Material {
  if (read) return read;
  const sourceOf = (url: string) => readFileSync(new URL(url, import.meta.url), "utf8");
  const found = readScenario(sourceOf("../../src/sandbox/scenarios/bug-lifecycle.yml"), "bug-lifecycle.yml");
  if ("problems" in found) throw new Error(found.problems.map(formatProblem).join("\n"));
  const text = sourceOf("../../workflows-library/bug-lifecycle.yml");
  const loaded = loadWorkflow(text, definition);
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  read = { scenario: found.scenario, text, workflow: loaded.workflow };
  return read;
}
