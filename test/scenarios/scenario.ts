import { expect, test } from "vitest";
import { durationMs } from "../../src/core/duration.ts";
import type { Commanded, Decided, GitHubEvent, Parked } from "../../src/core/event.ts";
import type {
  EffectRecord,
  Execution,
  LinkedPullRequest,
  Run,
  Spending,
  Subject,
} from "../../src/core/execution.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { formatProblem, type Problem } from "../../src/core/problem.ts";
import type { FailureClass, Workflow } from "../../src/core/workflow.ts";
import { type LoadedWorkflow, loadWorkflow } from "../../src/definition/index.ts";
import type { MessageBody, Started, StartRequest, Stores } from "../../src/engine/ports/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { World } from "./world.ts";

/** Other files of `.hishamos/` by name, as `qa.yml`. */
export type Files = Readonly<Record<string, string>>;

export const issue: Subject = {
  type: "issue",
  number: 7,
  title: "It does not start",
  author: "ronja",
  labels: ["bug"],
  url: "https://github.example/acme/shop/issues/7",
  head_sha: null,
  is_fork: false,
  state: "open",
};

export const pull: Subject = { ...issue, type: "pull_request", number: 8, author: "dev", head_sha: "a1" };

export const linked = (over: Partial<LinkedPullRequest> = {}): LinkedPullRequest => ({
  number: 8,
  url: "https://github.example/acme/shop/pull/8",
  branch: "fix",
  head_sha: "a1",
  state: "open",
  ...over,
});

/** A workflow's text with what is of no account in most stories: a name, and an agent `bot` that may answer anything. */
export function whole(text: string): string {
  const name = /^(?:name:|workflow:|[{-])/m.test(text) ? "" : "name: Test\n";
  const bot = /agent: bot\b/.test(text) ? "\nagents: { bot: { instructions: Work. } }" : "";
  return `${name}${text}${bot}`;
}

export function load(text: string, files: Files = {}): LoadedWorkflow {
  const all = Object.entries(files).map(([name, each]) => [`.hishamos/${name}`, whole(each)] as const);
  return loadWorkflow(whole(text), ".hishamos/test.yml", { files: new Map(all) });
}

function loaded(text: string, files: Files = {}): Extract<LoadedWorkflow, { workflow: Workflow }> {
  const result = load(text, files);
  if (!("workflow" in result)) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result;
}

type Begin = (given?: Partial<StartRequest>) => Promise<Told>;

/**
 * One story about one rule of docs/language.md, told to the real engine: YAML text, SQLite, a clock that stands still.
 * `rule` is the rule's anchor; a second story about it may say in `more` what it is about.
 */
export function scenario(
  rule: string,
  text: string,
  play: (start: Begin) => Promise<void>,
  { files = {}, more = "" }: { readonly files?: Files; readonly more?: string } = {},
): void {
  test(`${rule}${more === "" ? "" : `: ${more}`}`, async () => {
    expect.hasAssertions();
    const stores = await openSqliteStores({ directory: ":memory:" });
    const world = new World(stores);
    await world.engine.run();
    let count = 0;
    try {
      await play(async (given = {}) => {
        const source = whole(text);
        count += 1;
        const { workflow, files: used } = loaded(text, files);
        const started = await world.engine.start({
          workflow,
          text: source,
          files: used,
          commit: null,
          repository: { id: 1, owner: "acme", name: "shop" },
          installation: null,
          subject: null,
          actor: "alice",
          event: {},
          input: {},
          occurrence: String(count),
          ...given,
        });
        if (world.executions.length > 0 || started.result === "created") await world.quiet();
        return new Told(world, started, stores.definitions);
      });
    } finally {
      await world.engine.stop();
      await stores.close();
    }
  });
}

type Command = Commanded["command"];
let ids = 0;

/** An execution as a story sees it: what is done to it, one thing after the other, and what came of that. */
export class Told {
  readonly started: Started;
  readonly #world: World;
  readonly #definitions: Stores["definitions"];
  readonly #id: string | null;
  /** Code of the refusal of the last command or decision. */
  refused: string | null = null;

  constructor(world: World, started: Started, definitions: Stores["definitions"]) {
    this.#world = world;
    this.started = started;
    this.#definitions = definitions;
    this.#id = started.result === "invalid" ? null : started.execution.id;
  }

  get execution(): Execution {
    if (this.#id === null) throw new Error("nothing was started");
    return this.#world.execution(this.#id);
  }

  get state(): string {
    return this.execution.state;
  }

  /** As `triage:completed fix:running*2`: steps in the order they were first entered, visits over 1. */
  get steps(): string {
    return Object.entries(this.execution.steps)
      .map(([path, { runs, visits }]) => `${path}:${runs.at(-1)?.state}${visits > 1 ? `*${visits}` : ""}`)
      .join(" ");
  }

  /** Where and why it failed, as `fix broken`. */
  get error(): string | null {
    const error = this.execution.ending?.error;
    return error ? `${error.step} ${error.code}`.trim() : null;
  }

  run(path: string): Run {
    const run = this.execution.steps[path]?.runs.at(-1);
    if (!run) throw new Error(`${path} was not entered: ${this.steps}`);
    return run;
  }

  input(path: string): Json {
    return this.run(path).input;
  }

  output(path: string): Json {
    const run = this.run(path);
    return "output" in run ? run.output : null;
  }

  /** Code of the step's failure, or the reason of its skip. */
  why(path: string): string | null {
    const run = this.run(path);
    return run.state === "failed" ? run.error.code : run.state === "skipped" ? run.reason : null;
  }

  waiting(path: string): string | null {
    const run = this.run(path);
    return run.state === "running" ? (run.waiting?.for ?? "work") : null;
  }

  /** The execution that the step at this path runs. */
  child(path: string): Told {
    const found = this.#world.executions.findLast(
      ({ parent }) => parent?.execution === this.#id && parent.run.path === path,
    );
    if (!found) throw new Error(`no child at ${path}`);
    return new Told(this.#world, { result: "created", execution: found }, this.#definitions);
  }

  async succeed(
    path: string,
    output: Json = null,
    { spending = {}, effects = [] }: { spending?: Partial<Spending>; effects?: readonly EffectRecord[] } = {},
  ): Promise<void> {
    this.#world.workAt(this.execution.id, path).settle({ type: "succeeded", output, effects, spending });
    await this.#world.quiet();
  }

  async fail(
    path: string,
    failureClass: FailureClass = "error",
    code = "broken",
    output: Json = null,
  ): Promise<void> {
    const error = { code, message: "it broke", class: failureClass };
    this.#world.workAt(this.execution.id, path).settle({ type: "failed", error, output, effects: [] });
    await this.#world.quiet();
  }

  async park(path: string, waiting: Parked): Promise<void> {
    this.#world.workAt(this.execution.id, path).settle({ type: "parked", waiting, effects: [] });
    await this.#world.quiet();
  }

  async after(duration: string): Promise<void> {
    await this.#world.pass(durationMs(duration) ?? 0);
  }

  async command(command: Command, over: Partial<Commanded> = {}): Promise<void> {
    await this.#send({
      type: "commanded",
      id: `m${ids++}`,
      command,
      by: "maya",
      step: null,
      reason: null,
      ...over,
    });
  }

  /** A retry with the definition as it is now. */
  async retryLatest(text: string, step: string | null = null): Promise<void> {
    const { name, stem, path, hash } = loaded(text).workflow;
    await this.#definitions.put(hash, { path, text: whole(text) }, 0);
    await this.command("retry", { step, workflow: { name, stem, path, commit: null, hash } });
  }

  async decide(decision: Decided["decision"], over: Partial<Decided> = {}): Promise<void> {
    const asked = { step: null, by: "maya", reason: null, values: {}, asking: null };
    await this.#send({ type: "decided", id: `m${ids++}`, decision, ...asked, ...over });
  }

  async event(name: string, payload: JsonObject = {}, over: Partial<GitHubEvent> = {}): Promise<void> {
    await this.#send({ type: "event_received", id: `m${ids++}`, name, payload, ...over });
  }

  async #send(body: MessageBody): Promise<void> {
    const { engine, clock } = this.#world;
    const problem = await engine.check(this.execution, body);
    this.refused = problem?.code ?? null;
    if (problem) return;
    await engine.send({ id: body.id, executionId: this.execution.id, at: clock.now(), body });
    await this.#world.quiet();
  }
}

/** A definition that has this mistake, told under this code; `says` is part of the message, hint or other place. */
export function mistake(rule: string, text: string, code: string, says = "", files: Files = {}): void {
  test(`${rule}: ${code}`, () => {
    const problems: readonly Problem[] = load(text, files).problems;
    const told = problems.map((problem) => `${formatProblem(problem)} ${problem.hint ?? ""}`);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(told.join("\n")).toContain(says);
  });
}

/** A definition that has no mistake, and what is read from it. */
export function reads(
  rule: string,
  text: string,
  held?: (workflow: Workflow) => void,
  files: Files = {},
): void {
  test(`${rule}: as it is read`, () => {
    expect(load(text, files).problems.map(formatProblem)).toEqual([]);
    held?.(loaded(text, files).workflow);
  });
}

/** An expression and its value, in an execution on issue 7 whose `a` gave `output`. */
export function value(rule: string, expression: string, expected: Json, output: Json = null): void {
  const text = `
inputs: { x: {} }
steps: [{ id: a, agent: architect }]
outputs: { value: '{{ ${expression.replaceAll("'", "''")} }}' }`;
  const about = { more: expression } as const;
  scenario(
    rule,
    text,
    async (start) => {
      const run = await start({ subject: issue, input: { x: 1 } });
      await run.succeed("a", output);
      expect(run.execution.outputs).toEqual({ value: expected });
    },
    about,
  );
}
