import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { composeService, type Service } from "../../compose.ts";
import type { Execution } from "../../core/execution.ts";
import { isTerminal } from "../../core/index.ts";
import type { JsonObject } from "../../core/json.ts";
import { stepAt } from "../../core/locate.ts";
import { formatProblem } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import { loadConfig } from "../../definition/index.ts";
import { namedSteps, type TestCase } from "../../definition/tests/index.ts";
import { SimulatedClock } from "../../engine/clock/simulated.ts";
import type { Stores } from "../../engine/ports/index.ts";
import { silentLog } from "../../engine/ports/log.ts";
import { openSqliteStores } from "../../state/sqlite/open.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../github/index.ts";
import { Life } from "../life.ts";
import { quiet } from "../quiet.ts";
import { sandboxConfig } from "../sandbox-config.ts";
import type { Stage } from "../scenario/deed.ts";
import { Cast } from "./cast.ts";
import { Crashes } from "./doom.ts";
import { isBot, peopleOf, prepare, setTheScene } from "./happen.ts";
import { type Pending, Waits } from "./pending.ts";
import { rememberingTips } from "./remembering.ts";
import { Script } from "./script.ts";
import { type SeenVisit, Witness } from "./seen.ts";

const secret = "sandbox";
/** More timers than any sensible workflow has: what goes on beyond is said to be stuck. */
const mostTimers = 20_000;
/** A day of business hours; tests that read the clock have the same one everywhere. */
export const testStart = Date.UTC(2026, 0, 5, 9);

export interface PlayOptions {
  readonly test: TestCase;
  readonly workflow: Workflow;
  /** The definition, and every other file of `.hishamos/` that it may need, by repository path. */
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
  /** Where everything is kept; in memory unless given. It stays open. */
  readonly stores?: Stores;
}

/** What a case came to: all that expectations speak of. */
export interface Played {
  readonly execution: Execution | null;
  readonly visits: readonly SeenVisit[];
  /** Comments on the subject and its pull request, without the table that the App keeps up. */
  readonly comments: readonly string[];
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly issue: "open" | "closed" | null;
  readonly pullRequest: "open" | "closed" | "merged" | null;
  readonly unused: readonly string[];
  /** Steps in whose work it was to crash, and that were never under way. */
  readonly uncrashed: readonly string[];
  /** What waits at the end; of what ran out of time, what it waited for then. */
  readonly waiting: readonly Pending[];
  /** What the App made of each webhook, where nothing started. */
  readonly notes: readonly string[];
  /** Somebody was to do what can't be done, or it came to no end. */
  readonly trouble: string | null;
}

interface Incarnation {
  readonly life: Life;
  readonly service: Service;
}

/** Plays one case: the whole service in this process, on a stand-in of its own and a simulated clock. */
export async function play({ test, workflow, text, files, stores: given }: PlayOptions): Promise<Played> {
  const clock = new SimulatedClock(testStart);
  const sandbox = await startSandboxGitHub({ now: () => clock.now() });
  const stores = given ?? (await openSqliteStores({ directory: ":memory:" }));
  const repo = test.github.repository;
  const [owner = "", name = ""] = repo.split("/");
  for (const login of peopleOf(test).filter(isBot)) sandbox.createUser(login, "Bot");
  const roles = {
    ...Object.fromEntries(peopleOf(test).map((login) => [login, "write"])),
    ...test.github.collaborators,
  };
  const collaborators = Object.fromEntries(
    Object.entries(roles).flatMap(([login, role]) => (role === "none" ? [] : [[login, role as "write"]])),
  );
  const repository = sandbox.createRepository({
    owner,
    name,
    collaborators,
    labels: test.github.labels,
    files: { ...files, ...test.github.files, [workflow.path]: text },
  });
  const stage: Stage = { sandbox, repo, issue: null, pull: null };
  const script = new Script(test.answers);
  const witness = new Witness();
  const waits = new Waits();
  const prefixes = new Map<string, string>();
  const workflows = new Map<string, Workflow>();
  let root: Execution | null = null;
  /** Saves of the engine, and whatever happens on the stand-in. */
  let moves = 0;
  sandbox.on("announcement", () => {
    moves += 1;
  });
  const prefixOf = (execution: Execution): string | null => {
    const known = prefixes.get(execution.id);
    if (known !== undefined) return known;
    const { parent } = execution;
    let prefix: string | null = null;
    if (parent) {
      const around = prefixes.get(parent.execution);
      prefix = around === undefined ? null : `${around}${parent.run.path}/`;
      const reference = workflows.get(parent.execution);
      const child = reference && childOf(reference, parent.run.path);
      if (child) workflows.set(execution.id, child);
    } else if (execution.workflow.path === workflow.path && root === null) {
      prefix = "";
      workflows.set(execution.id, workflow);
    }
    if (prefix !== null) prefixes.set(execution.id, prefix);
    return prefix;
  };
  const cast: Cast = new Cast({ script, stage, clock, prefixOf, engine: () => now.service.engine });
  const crashes = new Crashes(test.crash);
  const fetch = rememberingTips(sandbox);
  const incarnate = async (): Promise<Incarnation> => {
    const life = new Life(crashes);
    const service = await composeService({
      config: sandboxConfig(sandbox, secret),
      duties: false,
      stores: life.stores(stores),
      clock: life.clock(clock),
      log: silentLog,
      runners: (own) => life.runners(cast.runners(own)),
      fetch: life.fetch(fetch),
      reports: isWatched(test, workflow),
      observer: {
        saved(before, after) {
          moves += 1;
          const prefix = prefixOf(after);
          if (prefix === null) return;
          if (prefix === "") root = after;
          crashes.see(prefix, after);
          witness.see(prefix, after);
          const own = workflows.get(after.id) ?? null;
          if (own) waits.see(prefix, before, after, own);
          cast.see(before, after, own);
        },
      },
    });
    return { life, service };
  };
  let now = await incarnate();
  const server = createServer((req, res) => {
    if (now.life.dead) req.socket.destroy();
    else void now.service.handle(req, res);
  });
  let trouble: string | null = null;
  try {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/api/github/webhooks`;
    setTheScene(stage, test.github);
    const happening = test.event && !isByHand(test) ? prepare(stage, test.event) : null;
    await now.service.start();
    sandbox.setWebhookTarget(url, secret);
    if (happening?.go) happening.go();
    else if (happening && test.event)
      await deliver(
        sandbox,
        { url, repo, installation: repository.installationId },
        test.event,
        happening.by,
      );
    else await startByHand();
    await goOn();
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  } finally {
    if (!now.life.dead) await now.service.stop();
    server.closeAllConnections();
    server.close();
  }
  try {
    return await lookAround();
  } finally {
    if (!given) await stores.close();
    await sandbox.close();
  }

  /** Until the end, or until nothing is to come any more. */
  async function goOn(): Promise<void> {
    const until = test.timeMs === null ? Infinity : testStart + test.timeMs;
    for (let timers = 0; timers < mostTimers; timers++) {
      const settled = await nothingMoves();
      if (now.life.dead) {
        await startAgain();
        continue;
      }
      const wait = clock.next();
      const ended = root === null || isTerminal(root.state);
      if ((ended && settled) || wait === null) return;
      if (clock.now() + wait > until) {
        clock.advance(until - clock.now());
        await nothingMoves();
        return;
      }
      clock.advance(wait);
    }
    throw new Error(`it is not at its end after ${mostTimers} timers`);
  }

  function nothingMoves(): Promise<boolean> {
    // In this order: what people do is delivered, and then processed.
    const idle = [() => cast.done(), () => sandbox.settled(), () => now.service.idle()];
    const died = now.life.died.then(() => false);
    return Promise.race([quiet(sandbox, idle, () => moves), died]);
  }

  /** The next process, over what the dead one has saved. */
  async function startAgain(): Promise<void> {
    server.closeAllConnections();
    await now.life.over();
    // What was on its way to the dead has failed; the next process asks for it again.
    await sandbox.settled();
    now = await incarnate();
    // A save that was under way at the death is stored, and nobody has seen it.
    for (const execution of (await stores.executions.list({ states: ["running", "paused"] })).executions) {
      const prefix = prefixOf(execution);
      if (prefix !== null) crashes.see(prefix, execution);
    }
    await now.service.start();
  }

  async function startByHand(): Promise<void> {
    // A tick is about nothing; a call is about the first issue there is.
    const [first] = test.event === null ? test.github.issues : [];
    const issue = first ? sandbox.issue(repo, 1) : null;
    if (issue) stage.issue = issue.number;
    const started = await now.service.engine.start({
      workflow,
      text,
      files: new Map(Object.entries(files)),
      commit: null,
      repository: { id: repository.id, owner, name },
      installation: repository.installationId,
      subject: issue && {
        type: "issue",
        number: issue.number,
        title: issue.title,
        author: issue.user?.login ?? "",
        labels: issue.labels.flatMap((label) => (typeof label === "string" ? [label] : (label.name ?? []))),
        url: issue.html_url,
        head_sha: null,
        is_fork: false,
        state: issue.state === "open" ? "open" : "closed",
      },
      actor: "maintainer",
      event: test.event?.payload ?? {},
      trigger: test.event?.name ?? null,
      vars: varsIn({ ...files, ...test.github.files }),
      input: test.input,
      occurrence: "test",
    });
    if (started.result === "invalid") throw new Error(started.problems.map(formatProblem).join("; "));
  }

  async function lookAround(): Promise<Played> {
    const number = stage.issue ?? stage.pull;
    const subject = number === null ? null : sandbox.issue(repo, number);
    const issue = stage.issue === null ? null : sandbox.issue(repo, stage.issue);
    const pull = sandbox.pullRequests(repo).find((one) => one.number === stage.pull);
    const places = [...new Set([stage.issue, stage.pull])].filter((each) => each !== null);
    const bodies = places.flatMap((each) => sandbox.comments(repo, each).map(({ body }) => body ?? ""));
    const notes: string[] = [];
    if (root === null) {
      for (const { guid } of sandbox.deliveries()) {
        const stored = await stores.deliveries.get(guid);
        const ignored = stored?.outcome?.startsWith("ignored") ?? false;
        if (stored)
          notes.push(`${stored.event}: ${ignored ? "no trigger fits" : (stored.outcome ?? "not processed")}`);
      }
    }
    return {
      execution: root,
      visits: witness.visits,
      comments: bodies.filter((body) => !body.includes("```mermaid")).map(withoutMarker),
      labels:
        subject?.labels.flatMap((label) => (typeof label === "string" ? [label] : (label.name ?? []))) ?? [],
      assignees: subject?.assignees?.map(({ login }) => login) ?? [],
      issue: issue ? (issue.state === "closed" ? "closed" : "open") : null,
      pullRequest: pull ? (pull.merged ? "merged" : pull.state === "closed" ? "closed" : "open") : null,
      unused: script.unused,
      uncrashed: crashes.unreached,
      waiting: root?.ending ? (byTimeout(root) ? waits.atTimeout : []) : waits.now,
      notes,
      trouble,
    };
  }
}

/** Whether anything in the case depends on what the App shows: comments that are looked at, buttons, the tracking issue. */
function isWatched({ expect, answers, event }: TestCase, workflow: Workflow): boolean {
  if (expect.comments !== undefined || (expect.issue !== undefined && event === null)) return true;
  if (
    Object.values(answers)
      .flat()
      .some((answer) => answer.clicks !== undefined)
  )
    return true;
  return [...namedSteps(workflow).values()].some(
    ({ step: { kind } }) =>
      kind.kind === "approval" && !kind.by.includes("command") && kind.by.includes("button"),
  );
}

/** What no webhook starts: inputs alone, a schedule's tick, a call. */
function isByHand({ event }: TestCase): boolean {
  return event === null || /^(?:schedule|dispatch)(?:\.|$)/.test(event.name);
}

/** `vars` of config.yml; none where there is no such file, or one that can't be read. */
function varsIn(files: Readonly<Record<string, string>>): JsonObject {
  const path = ".hishamos/config.yml";
  const loaded = loadConfig(files[path] ?? "", path);
  return "config" in loaded ? loaded.config.vars : {};
}

/** The workflow that the step at this path runs. */
function childOf(workflow: Workflow, path: string): Workflow | undefined {
  const kind = stepAt(workflow, path)?.step.kind;
  return kind?.kind === "workflow" ? workflow.children.get(kind.workflow) : undefined;
}

/** A child's timeout is the failure of the step that ran it. */
function byTimeout({ ending }: Execution): boolean {
  return ending?.error?.code === "timeout" || ending?.error?.code === "child_failed";
}

function withoutMarker(body: string): string {
  return body.replace(/\s*<!-- hishamos:[0-9a-f]+ -->\s*$/, "");
}

interface Target {
  readonly url: string;
  readonly repo: string;
  readonly installation: number | null;
}

/** A webhook that the stand-in never sends by itself, signed as GitHub signs. */
async function deliver(
  sandbox: SandboxGitHub,
  { url, repo, installation }: Target,
  { name, payload }: { readonly name: string; readonly payload: JsonObject },
  by: string,
): Promise<void> {
  const [event = "", action] = name.split(".");
  const token = sandbox.tokenFor(by);
  const known = await fetch(`${sandbox.url}/api/v3/repos/${repo}`, {
    headers: { authorization: `token ${token}` },
  });
  const sender = { ...sandbox.createUser(by), type: "User" };
  const { by: _by, ...rest } = payload;
  const body = JSON.stringify({
    ...(action === undefined ? {} : { action }),
    ...rest,
    repository: await known.json(),
    installation: { id: installation },
    sender,
  });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${signature}`,
    },
    body,
  });
}
