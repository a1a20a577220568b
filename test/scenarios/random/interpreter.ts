import { child, msOf, type StepDocument, type WorkflowDocument } from "./document.ts";
import { outcomeOf } from "./outcome.ts";
import { type Process, Scheduler, type Task } from "./scheduler.ts";

type Value = number | null | readonly Value[] | { readonly [key: string]: Value };
interface Seen {
  readonly output: Value;
  readonly completed?: boolean;
}
interface Result {
  readonly state: "completed" | "failed" | "skipped";
  readonly output: Value;
  readonly code?: string;
  readonly failure?: "error" | "transient" | "timeout";
}
type Names = Readonly<Record<string, Seen | number>>;

export interface Walk {
  readonly state: "completed" | "failed";
  /** Per path how often it was entered, how the last visit ended, and its output. */
  readonly visited: ReadonlyMap<string, { visits: number; state: string; output: Value }>;
  readonly outputs: Value;
}

/**
 * What a reader of the language would do with paper and pencil: walks the document itself, one process for each thing
 * that goes on at the same time. It shares no code with the engine and knows no crash, no store and no person.
 */
export class Interpreter {
  readonly #document: WorkflowDocument;
  readonly #prefix: string;
  readonly #scheduler: Scheduler;
  readonly #visited = new Map<string, { visits: number; state: string; output: Value }>();
  #ending: "completed" | "failed" | null = null;

  /** `prefix`: what tells this walk's work from the same work elsewhere. */
  constructor(document: WorkflowDocument, start = 0, prefix = "") {
    this.#document = document;
    this.#prefix = prefix;
    this.#scheduler = new Scheduler(start);
  }

  walk(): Walk {
    const names = this.#all(this.#document.steps, "");
    let state = this.#ending ?? "completed";
    if (this.#document.finally) {
      this.#ending = null;
      const all = { ...names };
      const last = this.#whole(this.#document.finally, "finally", all);
      if (last === "failed") state = "failed";
    }
    const outputs =
      state === "completed" && this.#document.outputs ? fill(this.#document.outputs, names) : null;
    return { state, visited: this.#visited, outputs };
  }

  /** The workflow's own list; gives what it left behind under each step's name. */
  #all(steps: readonly StepDocument[], scope: string): Record<string, Seen> {
    const names: Record<string, Seen> = {};
    this.#ending = this.#whole(steps, scope, names);
    // The step that concluded has left its output too.
    return Object.fromEntries(steps.map(({ id }) => [id, { output: this.#visited.get(id)?.output ?? null }]));
  }

  #whole(steps: readonly StepDocument[], scope: string, names: Record<string, Seen>): "completed" | "failed" {
    const task = this.#scheduler.begin(this.#list(steps, scope, {}, names));
    this.#scheduler.run(() => task.over || this.#ending !== null);
    this.#scheduler.stop();
    for (const entry of this.#visited.values()) {
      if (entry.state === "running") entry.state = "skipped";
    }
    return this.#ending ?? (task.result?.state === "completed" ? "completed" : "failed");
  }

  /** `own` gathers what this list's steps gave; inner lists see it, and what `around` has. */
  *#list(
    steps: readonly StepDocument[],
    scope: string,
    around: Names,
    own: Record<string, Seen>,
  ): Process<Result> {
    const graph = steps.some((step) => routes.some((route) => step[route] !== undefined));
    const handlers = graph ? onlyByFailure(steps) : new Set<string>();
    const visits = new Map<string, number>();
    let current: StepDocument | undefined = steps[0];
    let error = failed("failed", "error");
    while (current) {
      const step: StepDocument = current;
      const count = visits.get(step.id) ?? 0;
      if (step.max_visits !== undefined && count >= step.max_visits) {
        if (step.on_exhausted === undefined) {
          return { ...failed("max_visits", "error"), output: this.#outputs(steps, own) };
        }
        error = failed("max_visits", "error");
        current = named(steps, step.on_exhausted);
        continue;
      }
      visits.set(step.id, count + 1);
      const path = scope === "" ? step.id : `${scope}/${step.id}`;
      const result: Result = yield* this.#step(step, path, { ...around, ...own });
      own[step.id] = { output: result.output, completed: result.state === "completed" };
      const next = follow(step, result, graph ? undefined : steps[steps.indexOf(step) + 1]?.id);
      if (result.state === "failed") error = result;
      if (next === undefined) {
        if (result.state === "failed") return { ...result, output: this.#outputs(steps, own) };
        if (handlers.has(step.id)) {
          return { ...error, output: this.#outputs(steps, own) };
        }
        break;
      }
      current = named(steps, next);
    }
    return completed(this.#outputs(steps, own));
  }

  #outputs(steps: readonly StepDocument[], own: Readonly<Record<string, Seen>>): Value {
    return Object.fromEntries(steps.map(({ id }) => [id, own[id]?.completed ? own[id].output : null]));
  }

  /** A whole step; where it concludes, nothing follows any more. */
  *#step(step: StepDocument, path: string, names: Names): Process<Result> {
    const result = yield* this.#any(step, path, names);
    if (result.state === "completed" && step.conclude) {
      this.#ending = step.conclude;
      yield { until: () => false };
    }
    return result;
  }

  *#any(step: StepDocument, path: string, names: Names): Process<Result> {
    if (step.for_each) return yield* this.#items(step, path, names);
    if (step.repeat) return yield* this.#iterations(step, path, names);
    return yield* this.#one(step, path, names, step.timeout);
  }

  *#items(step: StepDocument, path: string, names: Names): Process<Result> {
    const { in: items, max_parallel: most, fail_fast: fast } = step.for_each ?? never();
    this.#enter(path);
    const results: (Result | undefined)[] = items.map(() => undefined);
    const tasks: Task<Result>[] = [];
    for (const [index, item] of items.entries()) {
      const busy = () => tasks.filter(({ over }) => !over).length;
      const lost = () => fast && results.some((each) => each?.state === "failed");
      yield { until: () => lost() || busy() < most };
      if (lost()) break;
      const all = { ...names, item, index };
      const one = this.#one(step, `${path}[${index}]`, all, step.timeout);
      tasks.push(this.#scheduler.begin(keep(one, (result) => (results[index] = result))));
    }
    const firstFailure = () => results.find((each) => each?.state === "failed");
    yield { until: () => (fast && firstFailure() !== undefined) || tasks.every(({ over }) => over) };
    this.#cancel(tasks, path);
    const output = results.map((each) => (each?.state === "completed" ? each.output : null));
    const failure = firstFailure();
    return this.#leave(path, failure ? { ...failure, output } : completed(output));
  }

  *#iterations(step: StepDocument, path: string, names: Names): Process<Result> {
    const { until, every = "0ms", max } = step.repeat ?? never();
    this.#enter(path);
    if (step.condition !== undefined && !holds(step.condition, names)) return this.#leave(path, skipped);
    const deadline = step.timeout === undefined ? Infinity : this.#scheduler.now + msOf(step.timeout);
    for (let index = 0; ; ) {
      let result: Result | undefined;
      const { condition: _, ...bare } = step;
      const one = this.#one(bare, `${path}[]`, { ...names, index }, undefined);
      const task = this.#scheduler.begin(keep(one, (each) => (result = each)));
      yield { until: () => task.over, by: deadline };
      if (!result) {
        this.#cancel([task], path);
        return this.#leave(path, failed("timeout", "timeout"));
      }
      index += 1;
      if (result.state === "failed") return this.#leave(path, result);
      if (until === undefined ? index >= max : holds(until, { ...names, self: number(result.output) })) {
        return this.#leave(path, result);
      }
      if (index >= max) {
        return this.#leave(path, { ...failed("repeat_exhausted", "error"), output: result.output });
      }
      if (msOf(every) === 0) continue;
      const next = this.#scheduler.now + msOf(every);
      yield { until: () => false, by: Math.min(next, deadline) };
      if (deadline <= next) return this.#leave(path, failed("timeout", "timeout"));
    }
  }

  /** One visit of a step, of an item or of an iteration, with its tries. */
  *#one(step: StepDocument, path: string, names: Names, timeout: string | undefined): Process<Result> {
    const visit = this.#enter(path);
    if (step.condition !== undefined && !holds(step.condition, names)) return this.#leave(path, skipped);
    const input = step.inputs ? fill(step.inputs, names) : null;
    for (let attempt = 1; ; attempt++) {
      let result: Result | undefined;
      const by = timeout === undefined ? Infinity : this.#scheduler.now + msOf(timeout);
      const task = this.#scheduler.begin(
        keep(this.#work(step, path, visit, attempt, input, names), (each) => (result = each)),
      );
      yield { until: () => task.over, by };
      this.#cancel([task], path);
      result ??= failed("timeout", "timeout");
      if (result.state === "completed" && step.fail_if !== undefined) {
        const names2 = { ...names, self: number(result.output) };
        if (holds(step.fail_if, names2)) result = { ...failed("fail_if", "error"), output: result.output };
      }
      const { retry } = step;
      const again =
        result.state === "failed" &&
        retry !== undefined &&
        // A wait that took too long is an answer.
        step.delay === undefined &&
        attempt < retry.max_attempts &&
        retry.on.includes(result.failure ?? "error");
      if (!again) return this.#leave(path, result);
      yield { sleep: Math.min(300_000, msOf(retry.backoff.initial) * retry.backoff.factor ** (attempt - 1)) };
    }
  }

  *#work(
    step: StepDocument,
    path: string,
    visit: number,
    attempt: number,
    input: Value,
    names: Names,
  ): Process<Result> {
    if (step.steps) return yield* this.#list(step.steps, path, names, {});
    if (step.parallel) return yield* this.#branches(step.parallel, path, names);
    if (step.workflow !== undefined) return yield* this.#child(`${path}#${visit}#${attempt}`);
    if (step.delay !== undefined) {
      yield { sleep: msOf(step.delay) };
      return completed(null);
    }
    const outcome = outcomeOf(this.#prefix + path, visit, attempt, input);
    yield { sleep: outcome.ms };
    return outcome.failure ? failed("broken", outcome.failure) : completed(outcome.output);
  }

  *#branches(
    { join, steps }: NonNullable<StepDocument["parallel"]>,
    path: string,
    names: Names,
  ): Process<Result> {
    const results: (Result | undefined)[] = steps.map(() => undefined);
    const tasks = steps.map((step, index) => {
      const branch = this.#step(step, `${path}/${step.id}`, names);
      return this.#scheduler.begin(keep(branch, (result) => (results[index] = result)));
    });
    const count = (state: Result["state"] | undefined) =>
      results.filter((each) => each?.state === state).length;
    const needed = join === "any" ? 1 : join;
    const won = () =>
      needed === "all" ? count("failed") + count(undefined) === 0 : count("completed") >= needed;
    const lost = () =>
      needed === "all" ? count("failed") > 0 : count("completed") + count(undefined) < needed;
    yield { until: () => won() || lost() };
    this.#cancel(tasks, path);
    const output = Object.fromEntries(
      steps.map(({ id }, index) => {
        const result = results[index];
        return [id, result?.state === "completed" ? result.output : null];
      }),
    );
    const failure = results.find((each) => each?.state === "failed");
    return won() ? completed(output) : { ...(failure ?? failed("too_few", "error")), output };
  }

  *#child(name: string): Process<Result> {
    const inner = new Interpreter(child, this.#scheduler.now, `${name} `);
    const walk = inner.walk();
    yield { sleep: inner.#scheduler.now - this.#scheduler.now };
    return walk.state === "completed" ? completed(walk.outputs) : failed("child_failed", "error");
  }

  #enter(path: string): number {
    const entry = this.#visited.get(path) ?? { visits: 0, state: "running", output: null };
    this.#visited.set(path, { visits: entry.visits + 1, state: "running", output: null });
    return entry.visits + 1;
  }

  #leave(path: string, result: Result): Result {
    const entry = this.#visited.get(path) ?? never();
    this.#visited.set(path, { ...entry, state: result.state, output: result.output });
    return result;
  }

  #cancel(tasks: readonly { stop(): void }[], path: string): void {
    for (const task of tasks) task.stop();
    for (const [each, entry] of this.#visited) {
      const inside = each.startsWith(path) && "/[".includes(each.charAt(path.length) || "-");
      if (inside && entry.state === "running") this.#visited.set(each, { ...entry, state: "skipped" });
    }
  }
}

const routes = ["on_success", "on_failure", "on_skip", "on_timeout", "on_exhausted"] as const;

function follow(step: StepDocument, result: Result, next: string | undefined): string | undefined {
  if (result.state === "completed") return step.on_success ?? next;
  if (result.state === "skipped") return step.on_skip ?? next;
  if (result.failure === "timeout" && step.on_timeout !== undefined) return step.on_timeout;
  if (result.code === "repeat_exhausted" && step.on_exhausted !== undefined) return step.on_exhausted;
  return step.on_failure;
}

function named(steps: readonly StepDocument[], id: string): StepDocument {
  return steps.find((step) => step.id === id) ?? never();
}

/** The steps that no way of success and skips leads to. */
function onlyByFailure(steps: readonly StepDocument[]): ReadonlySet<string> {
  const regular = new Set(steps.slice(0, 1).map(({ id }) => id));
  for (const id of regular) {
    const { on_success, on_skip } = named(steps, id);
    for (const target of [on_success, on_skip]) if (target !== undefined) regular.add(target);
  }
  return new Set(steps.map(({ id }) => id).filter((id) => !regular.has(id)));
}

/** `steps.a.output > 4`, `item > 2`, `index < 1`, `self > 7`: ordering needs two numbers. */
function holds(condition: string, names: Names): boolean {
  const [, step, name, operator, right] =
    /^(?:steps\.(\w+)\.output|(\w+)) ([<>]) (\d+)$/.exec(condition) ?? never();
  const read = names[step ?? name ?? never()];
  const left = typeof read === "object" ? read.output : (read ?? null);
  if (typeof left !== "number") return false;
  return operator === ">" ? left > Number(right) : left < Number(right);
}

function fill(template: Readonly<Record<string, string>>, names: Names): Value {
  return Object.fromEntries(
    Object.entries(template).map(([key, text]) => {
      const [, step, name] = /^\{\{(?:steps\.(\w+)\.output|(\w+))\}\}$/.exec(text) ?? never();
      const read = names[step ?? name ?? never()];
      return [key, typeof read === "object" ? read.output : (read ?? null)];
    }),
  );
}

function* keep(process: Process<Result>, take: (result: Result) => void): Process<Result> {
  const result = yield* process;
  take(result);
  return result;
}

/** What an expression reads of an output that is no number is never larger or smaller than one. */
function number(value: Value): number | Seen {
  return typeof value === "number" ? value : { output: null };
}

const skipped: Result = { state: "skipped", output: null };

function completed(output: Value): Result {
  return { state: "completed", output };
}

function failed(code: string, failure: NonNullable<Result["failure"]>): Result {
  return { state: "failed", output: null, code, failure };
}

function never(): never {
  throw new Error("the interpreter met what no random workflow has");
}
