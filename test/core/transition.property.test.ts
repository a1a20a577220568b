import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Event,
  type Execution,
  executionTable,
  isTerminal,
  newExecution,
  owedEffects,
  type RunRef,
  runKey,
  runTable,
  type StepKind,
  scopePath,
  transition,
  unreachable,
  type Workflow,
} from "../../src/core/index.ts";
import { isInside } from "../../src/core/inside.ts";
import { aList, aStep, aWorkflow, expression, type StepSketch, template } from "../support/workflow.ts";
import { start } from "./support.ts";

const ids = ["a", "b", "c", "d", "e"] as const;
const always = { source: "true", evaluate: () => ({ value: true }) };

const kinds: fc.Arbitrary<StepKind> = fc.constantFrom<StepKind>(
  { kind: "action", action: "issues.addLabels" },
  { kind: "agent", agent: "qa-agent" },
  { kind: "approval", from: [], count: 1, by: ["command"], exclude: [], message: null },
  { kind: "approval", from: [], count: 2, by: ["command"], exclude: [], message: null },
  { kind: "wait_for", events: ["issues.edited"], match: always, since: null },
  { kind: "delay", duration: { evaluate: () => ({ value: "10s" }) } },
  { kind: "workflow", workflow: "./child.yml" },
  { kind: "wait_for_checks", checks: "all" },
  { kind: "wait_for_pull_request", state: "merged" },
);

const loops = fc.option(
  fc.constantFrom<StepSketch>(
    { id: "", forEach: { in: template("[1, 2, 3]"), as: "item", maxParallel: 2, failFast: true } },
    { id: "", forEach: { in: template("[1, 2]"), as: "item", maxParallel: 10, failFast: false } },
    { id: "", forEach: { in: template("[]"), as: "item", maxParallel: 10, failFast: true } },
    { id: "", repeat: { until: expression("self == 1"), everyMs: 1_000, max: 3 } },
    { id: "", repeat: { until: null, everyMs: 0, max: 2 } },
  ),
  { freq: 3 },
);

/** A step that may hold a list of its own, down to `depth`. */
function deep(id: string, depth: number, routed: boolean): fc.Arbitrary<StepSketch> {
  const flat = fc.tuple(sketch(id), loops).map(([step, loop]) => ({ ...step, ...loop, id }));
  const plain = routed ? flat : flat.map((step) => withoutRoutes(step));
  if (depth === 0) return plain;
  const join = fc.constantFrom<"all" | "any" | number | undefined>(undefined, undefined, "all", "any", 2);
  const nested = join.chain((joined) =>
    fc
      .tuple(
        plain,
        deep(`${id}x`, depth - 1, joined === undefined),
        deep(`${id}y`, depth - 1, joined === undefined),
      )
      .map(([step, ...steps]) => ({ ...step, kind: undefined, steps, ...(joined ? { join: joined } : {}) })),
  );
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: nested });
}

function withoutRoutes(step: StepSketch): StepSketch {
  const { on_success: _s, on_failure: _f, on_skip: _k, on_timeout: _t, ...rest } = step;
  return rest;
}

const sketch = (id: string): fc.Arbitrary<StepSketch> => {
  const near = ids.some((each) => each === id) ? ids : [`${id.slice(0, -1)}x`, `${id.slice(0, -1)}y`];
  const target = fc.option(fc.constantFrom(...near));
  return fc
    .record({
      kind: kinds,
      on_success: target,
      on_failure: target,
      on_skip: target,
      on_timeout: target,
      maxVisits: fc.integer({ min: 1, max: 3 }),
      attempts: fc.integer({ min: 1, max: 3 }),
      timeoutMs: fc.option(fc.constant(5_000)),
      remind: fc.option(fc.constant({ everyMs: 2_000, max: 2 })),
      condition: fc.option(fc.constantFrom("1 > 2", "1 < 2", "nosuchroot.x"), { freq: 4 }),
      failIf: fc.option(fc.constant("self == 1"), { freq: 4 }),
      conclude: fc.option(fc.constantFrom("completed" as const, "failed" as const), { freq: 6 }),
    })
    .map(({ attempts, condition, failIf, on_success, on_failure, on_skip, on_timeout, ...rest }) => ({
      id,
      ...rest,
      ...(condition ? { condition } : {}),
      ...(failIf ? { failIf } : {}),
      ...(on_success ? { on_success } : {}),
      ...(on_failure ? { on_failure } : {}),
      ...(on_skip ? { on_skip } : {}),
      ...(on_timeout ? { on_timeout } : {}),
      retry: {
        maxAttempts: attempts,
        initialMs: 1_000,
        factor: 2,
        maxMs: 60_000,
        jitter: true,
        on: ["transient" as const, "timeout" as const],
      },
    }));
};

const workflows = fc
  .tuple(fc.tuple(...ids.map((id) => deep(id, 2, true))), fc.option(deep("f", 1, false)))
  .map(([sketches, last]) =>
    aWorkflow(sketches, {
      limits: { timeoutMs: 600_000, maxSteps: 500 },
      finally: last && aList([aStep(last)]),
    }),
  );

/** What happens next, with the attempt it speaks of chosen among those there have been: often a late one. */
const happenings = fc.record({
  kind: fc.constantFrom(
    "succeeded",
    "failed",
    "transient",
    "parked",
    "retry timer",
    "delay timer",
    "timeout timer",
    "remind timer",
    "repeat timer",
    "look timer",
    "child parked",
    "child finished",
    "checks parked",
    "check",
    "merged",
    "timed out",
    "event",
    "push",
    "approve",
    "reject",
    "done",
    "fail",
    "pause",
    "resume",
    "cancel",
    "retry",
    "retry from",
    "skip",
    "started",
  ),
  which: fc.nat({ max: 7 }),
  step: fc.constantFrom(...ids),
  after: fc.constantFrom(0, 0, 1_000, 5_000, 60_000),
  output: fc.constantFrom(null, 1, "x"),
});
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

function eventOf(happening: Happening, refs: readonly RunRef[], at: number, id: string): Event {
  const { kind, which, step, output } = happening;
  const run = refs.at(-1 - (which % Math.max(1, refs.length))) ?? {
    round: 1,
    path: step,
    visit: 1,
    attempt: 1,
  };
  const by = which % 2 === 0 ? "maya" : "tom";
  switch (kind) {
    case "started":
      return { type: "started", at };
    case "succeeded":
      return {
        type: "step_succeeded",
        at,
        run,
        output,
        effects: [{ key: runKey(run), method: "m", ref: null }],
      };
    case "failed":
    case "transient": {
      const error = {
        code: "broken",
        message: "",
        class: kind === "failed" ? "error" : "transient",
      } as const;
      return { type: "step_failed", at, run, error, effects: [] };
    }
    case "parked": {
      const waiting = {
        for: "person",
        agent: "qa-agent",
        question: "?",
        outputSchema: null,
        produces: null,
      } as const;
      return { type: "step_parked", at, run, waiting, effects: [] };
    }
    case "retry timer":
      return { type: "timer_fired", at, run, timer: "retry" };
    case "delay timer":
      return { type: "timer_fired", at, run, timer: "delay" };
    case "timeout timer":
      return { type: "timer_fired", at, run, timer: "timeout" };
    case "remind timer":
      return { type: "timer_fired", at, run, timer: "remind" };
    case "repeat timer":
      return { type: "timer_fired", at, run, timer: "repeat" };
    case "look timer":
      return { type: "timer_fired", at, run, timer: "look" };
    case "child parked":
      return { type: "step_parked", at, run, waiting: { for: "child", execution: "c" }, effects: [] };
    case "child finished": {
      const state = which % 2 === 0 ? "completed" : "failed";
      return { type: "child_finished", at, id, run, child: "c", state, outputs: output, error: null };
    }
    case "checks parked":
      return {
        type: "step_parked",
        at,
        run,
        waiting: { for: "checks", which: "all", headSha: null },
        effects: [],
      };
    case "check":
      return { type: "event_received", at, id, name: "check_run.completed", payload: {} };
    case "merged": {
      const pullRequest = { number: 1, url: "", branch: "", head_sha: "sha0", state: "merged" as const };
      return { type: "event_received", at, id, name: "pull_request.closed", payload: {}, pullRequest };
    }
    case "timed out":
      return { type: "timed_out", at, round: 1 };
    case "event":
      return { type: "event_received", at, id, name: "issues.edited", payload: {} };
    case "push": {
      const pullRequest = {
        number: 1,
        url: "",
        branch: "",
        head_sha: `sha${which % 3}`,
        state: "open" as const,
      };
      return { type: "event_received", at, id, name: "pull_request.synchronize", payload: {}, pullRequest };
    }
    case "approve":
    case "reject":
    case "done":
    case "fail":
      return {
        type: "decided",
        at,
        id,
        decision: kind,
        step: which < 4 ? null : step,
        by,
        reason: null,
        values: {},
        asking: which === 7 ? 1 : null,
      };
    case "retry":
      return { type: "commanded", at, id, command: "retry", by, step: null, reason: null };
    case "retry from":
      return { type: "commanded", at, id, command: "retry", by, step, reason: null };
    case "skip":
      return { type: "commanded", at, id, command: "skip", by, step: which < 4 ? null : step, reason: null };
    case "pause":
    case "resume":
    case "cancel":
      return { type: "commanded", at, id, command: kind, by, step: null, reason: null };
    default:
      return unreachable(kind);
  }
}

function refsOf(execution: Execution): RunRef[] {
  return Object.entries(execution.steps).flatMap(([path, { runs }]) =>
    runs.map(({ round, visit, attempt }) => ({ round, path, visit, attempt })),
  );
}

const owedKeys = (workflow: Workflow, execution: Execution) =>
  owedEffects(workflow, execution)
    .flatMap((effect) => ("run" in effect ? [runKey(effect.run)] : []))
    .toSorted();

/** Read from the table by the test itself: the core's own guard is not asked. */
function isInTable(from: keyof typeof runTable, to: string): boolean {
  return Object.values<string>(runTable[from]).includes(to);
}

const isRunning = (execution: Execution, path: string) => {
  const run = execution.steps[path]?.runs.at(-1);
  return run?.round === execution.round && run.state === "running" ? run : null;
};

/** What runs although what is around it does not. */
function orphans(execution: Execution): readonly string[] {
  return Object.keys(execution.steps).filter((path) => {
    const around = path.endsWith("]") ? path.slice(0, path.lastIndexOf("[")) : scopePath(path);
    const alone = around === "" || around === "finally";
    return isRunning(execution, path) && !alone && !isRunning(execution, around);
  });
}

/** What waits for something inside while nothing is under way there; or the execution itself. */
function idle(execution: Execution): readonly string[] {
  const running = Object.keys(execution.steps).filter((path) => isRunning(execution, path));
  const waits = running.filter((path) => {
    const waiting = isRunning(execution, path)?.waiting;
    return waiting?.for === "steps" || (waiting?.for === "repeat" && waiting.until === null);
  });
  const stuck = waits.filter((path) => !running.some((each) => isInside(each, path)));
  return running.length === 0 ? ["the execution", ...stuck] : stuck;
}

test("over random workflows and event sequences the table holds, replays change nothing, and what is owed is what was not done", () => {
  fc.assert(
    fc.property(workflows, fc.array(happenings, { minLength: 1, maxLength: 40 }), (workflow, sequence) => {
      let execution = newExecution(workflow, {
        id: "e",
        repository: { id: 1, owner: "acme", name: "shop" },
        installation: null,
        subject: null,
        actor: "alice",
        input: {},
        event: {},
        commit: null,
        at: start,
      });
      let at = start;
      const refs: RunRef[] = [];
      const underWay = new Set<string>();
      let scheduled: number | null = null;
      const happened: Happening[] = [
        { kind: "started", which: 0, step: "a", after: 0, output: null },
        ...sequence,
      ];
      for (const [index, happening] of happened.entries()) {
        at += happening.after;
        const event = eventOf(happening, refs, at, `m${index}`);
        const before = execution;
        const next = transition(workflow, before, event);
        if ("problem" in next) {
          expect(next.problem.code).toMatch(/^HOS30\d$/);
          continue;
        }
        execution = next.execution;
        if (execution === before) {
          expect(next.effects).toEqual([]);
          continue;
        }

        // The walk is in the tables, and a terminal state is left by retry alone.
        const isRetry = event.type === "commanded" && event.command === "retry";
        if (before.state !== execution.state) {
          const moves: readonly string[] = Object.values(executionTable[before.state]);
          // One event may resume and end it, or retry and end it, in the same breath.
          const throughRunning = moves.includes("running") && execution.state !== "paused";
          expect(moves.includes(execution.state) || throughRunning).toBe(true);
        }
        if (isTerminal(before.state)) expect(isRetry).toBe(true);
        for (const [path, record] of Object.entries(execution.steps)) {
          const was = before.steps[path]?.runs.at(-1);
          const now = record.runs.at(-1);
          if (now === was) continue;
          const from =
            was?.round === now?.round && was?.visit === now?.visit ? (was?.state ?? "pending") : "pending";
          expect([from, now?.state, isInTable(from, now?.state ?? "")]).toEqual([from, now?.state, true]);
        }

        expect(orphans(execution)).toEqual([]);
        if (execution.state === "running") expect(idle(execution)).toEqual([]);

        // Told again, it changes nothing.
        const again = transition(workflow, execution, event);
        if (!("problem" in again)) expect(again.execution).toBe(execution);

        // What is owed, derived from the document alone, is what was to be performed and has not ended.
        if ("run" in event && event.type !== "timer_fired") underWay.delete(runKey(event.run));
        for (const effect of next.effects) {
          if (effect.type === "cancel_step") underWay.delete(runKey(effect.run));
          if (effect.type === "run_step" || effect.type === "start_child") underWay.add(runKey(effect.run));
          if (effect.type === "schedule") scheduled = effect.at;
        }
        const document = JSON.parse(JSON.stringify(execution)) as Execution;
        expect(document).toEqual(execution);
        expect(owedKeys(workflow, document)).toEqual([...underWay].toSorted());
        if (execution.due !== null) expect(scheduled).toBe(execution.due);
        if (isTerminal(execution.state)) expect(owedEffects(workflow, document)).toEqual([]);
        refs.push(...refsOf(execution).filter((ref) => !refs.some((known) => runKey(known) === runKey(ref))));
      }
    }),
    { numRuns: 2_000 },
  );
});
