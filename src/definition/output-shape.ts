import type { AgentDefinition, Step, Workflow } from "../core/workflow.ts";

/** What is known of a step's output before it runs: which keys it has, or null where anything may come. */
export type OutputShape =
  | { readonly type: "map"; readonly of: string; readonly keys: ReadonlyMap<string, OutputShape> }
  | { readonly type: "list"; readonly of: string; readonly item: OutputShape }
  | null;

export interface ShapeContext {
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly children: ReadonlyMap<string, Workflow>;
}

/** The names under a workflow's outputs: a template doesn't tell its keys. */
export const outputNames = new WeakMap<Workflow, readonly string[]>();

const approval = ["approved", "by", "at", "reason"];
const actionsRun = ["run_id", "url", "conclusion", "head_sha", "results"];

/** `whole`: a for_each's output is the list; else that of one item. */
export function outputShape(step: Step, context: ShapeContext, whole = true): OutputShape {
  const one = oneShape(step, context);
  return step.forEach && whole ? { type: "list", of: `the for_each of "${step.id}"`, item: one } : one;
}

function oneShape({ id, kind }: Step, context: ShapeContext): OutputShape {
  switch (kind.kind) {
    case "parallel":
    case "steps": {
      const keys = kind.steps.steps.map((inner) => [inner.id, outputShape(inner, context)] as const);
      return { type: "map", of: `"${id}"`, keys: new Map(keys) };
    }
    case "approval":
      return named(`the approval "${id}"`, approval);
    case "action":
      return kind.action === "actions.run" ? named(`"${id}" (actions.run)`, actionsRun) : null;
    case "agent": {
      const { properties, additionalProperties } = context.agents.get(kind.agent)?.outputSchema ?? {};
      if (additionalProperties !== false || typeof properties !== "object" || properties === null)
        return null;
      return named(`"${id}" (${kind.agent})`, Object.keys(properties));
    }
    case "workflow": {
      const child = context.children.get(kind.workflow);
      const names = child && outputNames.get(child);
      return names ? named(`"${id}" (${kind.workflow})`, names) : null;
    }
    case "wait_for":
    case "wait_for_checks":
    case "wait_for_pull_request":
    case "delay":
      return null;
    default:
      return kind satisfies never;
  }
}

function named(of: string, keys: readonly string[]): OutputShape {
  return { type: "map", of, keys: new Map(keys.map((key) => [key, null])) };
}
