import { createHumanEngine, shippedRoles } from "../../agents/index.ts";
import { durationMs } from "../../core/duration.ts";
import type { Decided } from "../../core/event.ts";
import type { Execution, RunningRun, Waiting } from "../../core/execution.ts";
import { isObject, type Json } from "../../core/json.ts";
import { allSteps, staticPath } from "../../core/locate.ts";
import type { FailureClass, Step, Workflow } from "../../core/workflow.ts";
import type { Answer } from "../../definition/tests/index.ts";
import type { StepRunners } from "../../engine/parts.ts";
import type { Clock, Engine, MessageBody, StepRequest, StepResult } from "../../engine/ports/index.ts";
import { type Deed, doDeed, type Stage } from "../scenario/deed.ts";
import type { Script } from "./script.ts";

export interface CastOptions {
  readonly script: Script;
  readonly stage: Stage;
  readonly clock: Clock;
  /** The path under which the test knows the executions' steps, or null where it is none of its. */
  readonly prefixOf: (execution: Execution) => string | null;
  readonly engine: () => Engine;
}

type Asked = Extract<Waiting, { for: "person" | "approval" | "event" | "checks" | "pull_request" | "run" }>;

/** Plays everybody whom a case gives an answer: models and people, actions that fail, events that come. */
export class Cast {
  readonly #options: CastOptions;
  /** What an attempt was given, for when it waits. */
  readonly #given = new Map<string, Answer | null>();
  readonly #asked = new Set<string>();
  #messages = 0;
  #doing: Promise<void> = Promise.resolve();

  constructor(options: CastOptions) {
    this.#options = options;
  }

  /** Resolves when all that was begun is done; rejects where a deed failed. */
  done(): Promise<void> {
    return this.#doing;
  }

  /** Stands between the engine and those who do the work. No agent's work and no HTTP request leaves the test. */
  runners(own: StepRunners): StepRunners {
    return {
      ...own,
      agent: { run: (request) => this.#agent(request) },
      action: { run: (request) => this.#action(request, own) },
    };
  }

  async #agent(request: StepRequest): Promise<StepResult> {
    const answer = this.#next(request);
    if (answer?.fail !== undefined && reasonOf(answer) === null) return failed(answer);
    if (answer?.output !== undefined && answer.by === undefined && answer.after === undefined)
      return { type: "succeeded", output: answer.output, effects: [] };
    const { kind } = request.step;
    const name = kind.kind === "agent" ? kind.agent : "";
    const agent = request.workflow.agents.get(name) ?? shippedRoles().get(name);
    if (!agent) return { type: "failed", error: unknownAgent(name), effects: [] };
    return await createHumanEngine().run({ agent, request, signal: request.signal });
  }

  async #action(request: StepRequest, own: StepRunners): Promise<StepResult> {
    const answer = this.#next(request);
    if (answer?.fail !== undefined) return failed(answer);
    if (answer?.output !== undefined) return { type: "succeeded", output: answer.output, effects: [] };
    const { kind } = request.step;
    if (kind.kind === "action" && kind.action === "http.request") {
      const message = `a test asks nobody outside: give ${request.path} an answer with output or fail`;
      return { type: "failed", error: { code: "not_in_tests", message, class: "error" }, effects: [] };
    }
    return await own.action.run(request);
  }

  #next({ execution, path, run }: StepRequest): Answer | null {
    const prefix = this.#options.prefixOf(execution);
    if (prefix === null) return null;
    const answer = this.#options.script.next(prefix + path, run.visit);
    this.#given.set(keyOf(execution, path, run.visit), answer);
    return answer;
  }

  /** Sees every save; each asking is answered once. */
  see(before: Execution | null, after: Execution, workflow: Workflow | null): void {
    const prefix = this.#options.prefixOf(after);
    if (prefix === null || workflow === null) return;
    const { stage } = this.#options;
    if (stage.issue === null && stage.pull === null && after.subject) {
      if (after.subject.type === "issue") stage.issue = after.subject.number;
      else stage.pull = after.subject.number;
    }
    for (const [path, record] of Object.entries(after.steps)) {
      if (before && Object.hasOwn(before.steps, path) && before.steps[path] === record) continue;
      const run = record.runs.at(-1);
      if (run?.state !== "running" || !run.waiting || !isAsked(run.waiting)) continue;
      const step = allSteps(workflow).get(staticPath(path))?.step;
      if (step) this.#ask(after, { path, prefix, run, step, waiting: run.waiting });
    }
  }

  #ask(execution: Execution, at: Waits): void {
    const { path, run, waiting, prefix } = at;
    const asking = waiting.for === "approval" ? waiting.asking : run.attempt - (run.looks ?? 0);
    const key = keyOf(execution, path, run.visit);
    if (this.#asked.has(`${key}/${asking}`)) return;
    this.#asked.add(`${key}/${asking}`);
    const known = this.#given.get(key);
    const answer = known === undefined ? this.#options.script.next(prefix + path, run.visit) : known;
    if (!answer || (answer.fail !== undefined && reasonOf(answer) === null)) return;
    const afterMs = durationMs(answer.after ?? null);
    const give = () => {
      this.#doing = this.#doing.then(() => this.#give(execution, at, answer));
      // Whoever waits for `done` hears of it; until then a failed deed must not end the process.
      this.#doing.catch(() => {});
    };
    if (afterMs === null) give();
    else this.#options.clock.at(this.#options.clock.now() + afterMs, give);
  }

  async #give(execution: Execution, { path, step, waiting }: Waits, answer: Answer): Promise<void> {
    const { stage } = this.#options;
    const { sandbox, repo } = stage;
    if (answer.as !== undefined) {
      if (answer.clicks !== undefined) await this.#button(answer.clicks);
      doDeed(stage, answer as Deed);
    } else if (answer.approve !== undefined) {
      for (const by of [answer.approve].flat())
        await this.#decide(execution, path, step, "approve", by, answer);
    } else if (answer.reject !== undefined) {
      await this.#decide(execution, path, step, "reject", answer.reject, answer);
    } else if (answer.pull_request !== undefined) {
      this.#change(answer, answer.pull_request);
    } else if (answer.output !== undefined) {
      await this.#answer(execution, path, answer.by ?? "maintainer", answer.output);
    } else if (reasonOf(answer) !== null) {
      await this.#decline(execution, path, answer.by ?? "maintainer", reasonOf(answer) ?? "");
    } else if (answer.event !== undefined) {
      const [[name, payload] = ["", {}]] = Object.entries(answer.event);
      const id = this.#id();
      const body = { type: "event_received", id, name, payload: isObject(payload) ? payload : {} } as const;
      await this.#send(execution, body);
    } else if (answer.checks !== undefined) {
      const at = stage.pull ?? (waiting.for === "checks" ? waiting.headSha : null);
      if (at === null) throw new Error(`${path} waits for checks, and there is no pull request`);
      for (const [name, conclusion] of Object.entries(answer.checks))
        sandbox.reportCheck(repo, { at, name, conclusion });
    } else if (answer.run !== undefined && waiting.for === "run") {
      const { conclusion = "success", output } = answer.run;
      const end = { conclusion: conclusion as "success", ...(output === undefined ? {} : { output }) };
      sandbox.finishRun(waiting.runId, end);
    }
  }

  /** By a comment where commands are heard, else by a review or a button, as a person would. */
  async #decide(
    execution: Execution,
    path: string,
    step: Step,
    decision: "approve" | "reject",
    by: string,
    { reason }: Answer,
  ): Promise<void> {
    const { stage } = this.#options;
    const { sandbox, repo } = stage;
    const ways = step.kind.kind === "approval" ? step.kind.by : [];
    const number = stage.issue ?? stage.pull;
    if (ways.includes("command") && number !== null) {
      sandbox.as(by).comment({ repo, number }, `/hishamos ${decision} ${path} ${reason ?? ""}`.trim());
    } else if (ways.includes("review") && stage.pull !== null) {
      const event = decision === "approve" ? "approve" : "request_changes";
      doDeed(stage, { as: by, reviews: { event, body: reason ?? "" } });
    } else if (ways.includes("button") && stage.pull !== null) {
      await this.#button(decision);
      doDeed(stage, { as: by, clicks: decision });
    } else {
      await this.#send(execution, {
        ...decidedBy(this.#id(), decision, path, by),
        reason: reason ?? null,
        values: {},
      });
    }
  }

  async #button(identifier: string): Promise<void> {
    const { sandbox, repo, pull } = this.#options.stage;
    if (pull === null) return;
    const shown = () =>
      sandbox
        .checkRuns(repo, pull)
        .some(({ actions }) => actions.some((each) => each.identifier === identifier));
    await sandbox.until(shown, { what: `the button ${identifier} on #${pull}`, timeoutMs: 5_000 });
  }

  async #answer(execution: Execution, path: string, by: string, output: Json): Promise<void> {
    const { issue, pull, sandbox, repo } = this.#options.stage;
    const number = issue ?? pull;
    const values = isObject(output) ? output : {};
    if (number === null) {
      await this.#send(execution, { ...decidedBy(this.#id(), "done", path, by), reason: null, values });
      return;
    }
    const block = `\`\`\`yaml\n${JSON.stringify(values, null, 2)}\n\`\`\``;
    sandbox.as(by).comment({ repo, number }, `/hishamos done ${path}\n${block}`);
  }

  async #decline(execution: Execution, path: string, by: string, reason: string): Promise<void> {
    const { issue, pull, sandbox, repo } = this.#options.stage;
    const number = issue ?? pull;
    if (number !== null) sandbox.as(by).comment({ repo, number }, `/hishamos fail ${path} ${reason}`);
    else await this.#send(execution, { ...decidedBy(this.#id(), "fail", path, by), reason, values: {} });
  }

  /** Opens the pull request that closes the subject, or pushes to the one that is open. */
  #change(answer: Answer, change: NonNullable<Answer["pull_request"]>): void {
    const { stage } = this.#options;
    const { sandbox, repo } = stage;
    const by = answer.by ?? "developer";
    const { branch = "fix/1", title = "Fix it", body, message = title } = change;
    const open =
      stage.pull !== null &&
      sandbox.pullRequests(repo).some(({ number, state }) => number === stage.pull && state === "open");
    const files = change.files ?? { [`${branch.replaceAll("/", "-")}.txt`]: `${this.#messages++}\n` };
    sandbox.as(by).push({ repo, branch, message, files });
    if (open) return;
    const closes = stage.issue === null ? title : `Closes #${stage.issue}`;
    const opened = sandbox.as(by).openPullRequest({ repo, head: branch, title, body: body ?? closes });
    stage.pull = opened.number;
  }

  async #send(execution: Execution, body: MessageBody): Promise<void> {
    const { clock, engine } = this.#options;
    await engine().send({ id: body.id, executionId: execution.id, at: clock.now(), body });
  }

  #id(): string {
    this.#messages += 1;
    return `test:${this.#messages}`;
  }
}

interface Waits {
  readonly path: string;
  readonly prefix: string;
  readonly run: RunningRun;
  readonly step: Step;
  readonly waiting: Asked;
}

function isAsked(waiting: Waiting): waiting is Asked {
  return ["person", "approval", "event", "checks", "pull_request", "run"].includes(waiting.for);
}

function keyOf({ id, round }: Execution, path: string, visit: number): string {
  return `${id}/${round}/${path}/${visit}`;
}

function decidedBy(id: string, decision: Decided["decision"], step: string, by: string) {
  return { type: "decided", id, decision, step, by, asking: null } as const;
}

/** Why a person says that it can't be done; null where it is not a person who fails. */
function reasonOf({ fail, by }: Answer): string | null {
  return typeof fail === "string" && by !== undefined ? fail : null;
}

function failed({ fail }: Answer): StepResult {
  const given = typeof fail === "object" ? fail : { class: (fail ?? "error") as FailureClass };
  const { class: kind = "error", code = kind, message = "the test lets it fail" } = given;
  return { type: "failed", error: { code, message, class: kind }, effects: [] };
}

function unknownAgent(name: string) {
  return { code: "unknown_agent", message: `there is no agent "${name}"`, class: "error" } as const;
}
