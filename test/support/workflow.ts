import type { Expression, Template } from "../../src/core/expression.ts";
import {
  defaultMaxSteps,
  type Limits,
  type Step,
  type StepKind,
  type StepList,
  type Workflow,
} from "../../src/core/workflow.ts";
import { parseCondition } from "../../src/expression/index.ts";

export type StepSketch = Partial<Omit<Step, "kind" | "routes" | "condition" | "failIf">> & {
  readonly id: string;
  readonly kind?: StepKind | undefined;
  readonly condition?: string;
  readonly failIf?: string;
  /** Makes it a group of these; with `join`, parallel branches. */
  readonly steps?: readonly StepSketch[];
  readonly join?: "all" | "any" | number;
} & Partial<Step["routes"]>;

/** A workflow from a sketch of its steps; everything unsaid is as the parser would leave it. */
export function aWorkflow(
  sketches: readonly StepSketch[],
  { limits, ...over }: Partial<Omit<Workflow, "limits">> & { readonly limits?: Partial<Limits> } = {},
): Workflow {
  return {
    name: "Test",
    stem: "test",
    version: null,
    description: null,
    status: "active",
    path: ".hishamos/test.yml",
    hash: "0".repeat(64),
    triggers: [],
    inputs: [],
    permissions: {},
    concurrency: { group: null, onConflict: null },
    cancelOn: ["closed", "unlabeled"],
    report: { comment: "auto", check: "HishamOS / Test", issue: "auto" },
    limits: {
      timeoutMs: null,
      maxSteps: defaultMaxSteps,
      tokens: null,
      costUsd: null,
      onBudget: "pause",
      ...limits,
    },
    commands: new Map(),
    agents: new Map(),
    steps: aList(sketches.map(aStep)),
    finally: null,
    outputs: null,
    children: new Map(),
    readsFiles: false,
    ...over,
  };
}

export function aStep(sketch: StepSketch): Step {
  const { id, kind, condition, failIf, steps, join, ...others } = sketch;
  const { on_success, on_failure, on_skip, on_timeout, on_exhausted, ...rest } = others;
  return {
    id,
    kind: kind ?? innerKind(steps, join) ?? { kind: "action", action: "issues.addLabels" },
    inputs: null,
    condition: condition === undefined ? null : expression(condition),
    routes: {
      on_success: on_success ?? null,
      on_failure: on_failure ?? null,
      on_skip: on_skip ?? null,
      on_timeout: on_timeout ?? null,
      on_exhausted: on_exhausted ?? null,
    },
    retry: {
      maxAttempts: 1,
      initialMs: 10_000,
      factor: 2,
      maxMs: 300_000,
      jitter: false,
      on: ["transient", "timeout", "error"],
    },
    timeoutMs: null,
    remind: null,
    maxVisits: null,
    failIf: failIf === undefined ? null : expression(failIf),
    conclude: null,
    forEach: null,
    repeat: null,
    subject: null,
    unique: null,
    secrets: [],
    secretHeaders: [],
    safeOutputs: [],
    ...rest,
  };
}

function innerKind(steps: readonly StepSketch[] | undefined, join: StepSketch["join"]): StepKind | null {
  if (!steps) return null;
  const inner = aList(steps.map(aStep));
  if (join === undefined) return { kind: "steps", steps: inner };
  return { kind: "parallel", join, steps: { ...inner, order: "parallel" } };
}

export function aList(steps: readonly Step[]): StepList {
  const graph = steps.some(({ routes }) => Object.values(routes).some((target) => target !== null));
  const bySuccess = new Set(steps.flatMap(({ routes }) => [routes.on_success, routes.on_skip]));
  const byFailure = steps.flatMap(({ routes }) => [
    routes.on_failure,
    routes.on_timeout,
    routes.on_exhausted,
  ]);
  const handlers = byFailure.filter(
    (id): id is string => id !== null && !bySuccess.has(id) && id !== steps[0]?.id,
  );
  return {
    order: graph ? "graph" : "list",
    steps,
    handlers: new Set(handlers),
    byId: new Map(steps.map((step) => [step.id, step])),
  };
}

/** A template that is one expression. */
export function template(text: string): Template {
  const parsed = parseCondition(text);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return { evaluate: (scope) => parsed.expression.evaluate(scope) };
}

export function expression(text: string): Expression {
  const parsed = parseCondition(text);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.expression;
}
