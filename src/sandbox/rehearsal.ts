import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { composeService } from "../compose.ts";
import type { Config } from "../config.ts";
import type { Execution } from "../core/execution.ts";
import { isTerminal } from "../core/index.ts";
import type { JsonObject } from "../core/json.ts";
import { formatProblem, unreachable } from "../core/problem.ts";
import { loadWorkflow } from "../definition/index.ts";
import { SimulatedClock } from "../engine/clock/simulated.ts";
import { silentLog } from "../engine/ports/log.ts";
import type { ScheduleStore, Stores } from "../engine/ports/store.ts";
import { type Trace, traceOf } from "../engine/trace.ts";
import { openSqliteStores } from "../state/sqlite/open.ts";
import { deliver } from "./deliver.ts";
import { makeHappen, payloadAt, type StartingEvent } from "./event.ts";
import { type SandboxGitHub, startSandboxGitHub } from "./github/index.ts";
import { quiet } from "./quiet.ts";
import { sandboxConfig } from "./sandbox-config.ts";
import { Player } from "./scenario/player.ts";
import type { Scenario } from "./scenario/scenario.ts";

const secret = "sandbox";
/** More timers than any sensible workflow has: what goes on beyond is said to be stuck. */
const mostTimers = 10_000;

export interface RehearsalOptions {
  /** Path in the repository, and the workflow's text. */
  readonly path: string;
  readonly text: string;
  readonly event: StartingEvent | null;
  readonly scenario: Scenario;
  readonly input: JsonObject;
  /** What `http.request` may reach and send; it is not played, but done. */
  readonly requests: Config["requests"];
  readonly tell: (who: string, what: string) => void;
  readonly saved: (saved: { traces: readonly Trace[]; revision: number; engineMs: number }) => void;
}

export interface Rehearsed {
  /** Still open, to be looked at; the caller closes it. */
  readonly sandbox: SandboxGitHub;
  readonly repository: string;
  readonly subject: number | null;
  /** Why it is not at its end, for a person, or null. */
  readonly note: string | null;
}

/** The whole service in this process, on the stand-in and a simulated clock: what waits for days is over at once. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsed> {
  const { path, text, event, scenario, input, requests, tell, saved } = options;
  const clock = new SimulatedClock(Date.now());
  const sandbox = await startSandboxGitHub({ now: () => clock.now() });
  const stores = await openSqliteStores({ directory: ":memory:" });
  const [owner = "", name = ""] = scenario.repository.split("/");
  const repository = sandbox.createRepository({
    owner,
    name,
    collaborators: scenario.people,
    files: { [path]: text, ...scenario.files },
  });
  let last: Execution | null = null;
  /** Saves of the engine, and whatever happens on the stand-in. */
  let moves = 0;
  sandbox.on("announcement", () => {
    moves += 1;
  });
  const place = { id: repository.id, owner, name, installation: repository.installationId };
  const player = new Player({ sandbox, scenario, tell, restart: async () => {} });
  const service = await composeService({
    config: sandboxConfig(sandbox, secret, requests),
    duties: false,
    stores: { ...stores, schedules: event?.played === "by the clock" ? firstTick(stores) : noSchedules },
    clock,
    log: silentLog,
    observer: {
      saved(before, after, engineMs) {
        last = after;
        moves += 1;
        const traces = traceOf(before, after);
        saved({ traces, revision: after.revision, engineMs });
        for (const trace of traces) player.see(trace);
      },
    },
  });
  const server = createServer((req, res) => void service.handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/github/webhooks`;
  sandbox.setWebhookTarget(url, secret);
  await service.start();

  /** False where something still waits for the clock (a refused report is tried again later). */
  const settle = () => {
    // In this order: what people do is delivered, and then processed.
    const idle = [() => player.done(), () => sandbox.settled(), () => service.idle()];
    return quiet(sandbox, idle, () => moves);
  };
  try {
    player.start();
    if (event) await play(event);
    await settle();
    if (last === null) await startByHand();
    for (let timers = 0; timers < mostTimers; timers++) {
      const settled = await settle();
      const wait = clock.next();
      const ended = last === null || isTerminal((last as Execution).state);
      if ((ended && settled) || wait === null) break;
      if (wait >= 3_600_000) tell("clock", `goes on by ${inWords(wait)}: nobody does anything`);
      clock.advance(wait);
    }
    return {
      sandbox,
      repository: scenario.repository,
      subject: player.subject,
      note: noteOf(last, sandbox, event),
    };
  } finally {
    await service.stop();
    server.closeAllConnections();
    server.close();
    await stores.close();
  }

  async function play(starting: StartingEvent): Promise<void> {
    switch (starting.played) {
      case "as a deed":
        return player.about(makeHappen(sandbox, starting));
      case "as given":
        return deliver({ url, secret, event: starting.name, payload: payloadAt(starting, place) });
      case "by the clock":
        return goToTick();
      default:
        return unreachable(starting.played);
    }
  }

  /** Lets the service find the schedule, as if it had just been installed, and the clock go on to its first tick. */
  async function goToTick(): Promise<void> {
    const added = { id: place.id, name, full_name: scenario.repository };
    const payload = {
      action: "added",
      repositories_added: [added],
      installation: { id: place.installation },
    };
    await deliver({ url, secret, event: "installation_repositories", payload });
    await settle();
    const tick = await stores.schedules.nextDue();
    if (tick === null) return;
    tell("clock", `goes on to ${new Date(tick).toISOString()}`);
    clock.advance(tick - clock.now());
  }

  /** For a workflow that no trigger starts: as a call of the API would. */
  async function startByHand(): Promise<void> {
    const loaded = loadWorkflow(text, path);
    if (!("workflow" in loaded) || loaded.workflow.triggers.length > 0) return;
    const number = player.subject;
    const issue = number === null ? null : sandbox.issue(scenario.repository, number);
    const started = await service.engine.start({
      workflow: loaded.workflow,
      text,
      commit: null,
      repository: { id: repository.id, owner, name },
      installation: repository.installationId,
      subject: issue && {
        type: issue.pull_request ? "pull_request" : "issue",
        number: issue.number,
        title: issue.title,
        author: issue.user?.login ?? "",
        labels: issue.labels.flatMap((label) => (typeof label === "string" ? [label] : (label.name ?? []))),
        url: issue.html_url,
        head_sha: null,
        is_fork: false,
        state: issue.state,
      },
      actor: event?.sender ?? owner,
      event: event?.payload ?? {},
      input,
      occurrence: "by hand",
    });
    if (started.result === "invalid") throw new Error(started.problems.map(formatProblem).join("\n"));
  }
}

/** Further ticks would start it again and again while it waits: after the first there are no more. */
function firstTick({ schedules }: Pick<Stores, "schedules">): ScheduleStore {
  let repository = 0;
  return {
    ...schedules,
    replaceFor: (id, set) => {
      repository = id;
      return schedules.replaceFor(id, set);
    },
    advance: async () => {
      await schedules.replaceFor(repository, []);
      return true;
    },
  };
}

/** What the clock starts meanwhile would disturb the rehearsal of another event. */
const noSchedules: ScheduleStore = {
  replaceFor: async () => {},
  due: async () => [],
  nextDue: async () => null,
  advance: async () => false,
  removeInstallation: async () => {},
};

function noteOf(
  last: Execution | null,
  sandbox: SandboxGitHub,
  starting: StartingEvent | null,
): string | null {
  if (last === null) {
    if (starting?.played === "by the clock")
      return "Nothing started: the workflow has no `schedule` with a tick to come whose condition is true.";
    const given = starting?.played === "as given" ? [starting.name] : [];
    const said = [...given, ...sandbox.deliveries().map(({ event }) => event)];
    return `Nothing started: none of the events (${[...new Set(said)].join(", ") || "none"}) matches the workflow's \`on\`.`;
  }
  if (last.ending?.error) {
    const { step, code, message } = last.ending.error;
    return `It failed${step ? ` at ${step}` : ""} (${code}): ${message}`;
  }
  if (isTerminal(last.state)) return null;
  return "It waits for something that never comes: answer it in a --scenario, or give the step a timeout.";
}

function inWords(ms: number): string {
  const days = ms / 86_400_000;
  const hours = ms / 3_600_000;
  return days >= 1
    ? `${+days.toFixed(1)} d`
    : hours >= 1
      ? `${+hours.toFixed(1)} h`
      : `${+(ms / 60_000).toFixed(1)} min`;
}
