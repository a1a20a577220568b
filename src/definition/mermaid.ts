import { finallyScope, innerList, inScope } from "../core/locate.ts";
import type { Routes, Step, StepKind, StepList, Workflow } from "../core/workflow.ts";

/**
 * The steps as a Mermaid flowchart: groups and parallels as boxes around theirs, `finally` apart. Nodes are numbered,
 * and names only ever stand in quoted labels, so that no id (`end`, `click`) and no text can be read as Mermaid or HTML.
 */
export function mermaid(workflow: Workflow): string {
  const nodes = mermaidNodes(workflow);
  const lines = listLines(workflow.steps, "", nodes, "  ");
  const last = workflow.finally;
  if (last !== null) {
    lines.push('  subgraph f["finally"]', ...listLines(last, finallyScope, nodes, "    "), "  end");
  }
  const handlers = handlersOf(workflow.steps, "", nodes);
  if (last !== null) handlers.push(...handlersOf(last, finallyScope, nodes));
  const style = handlers.length > 0 ? [`  class ${handlers.join(",")} handler`, handlerStyle] : [];
  return ["flowchart TD", ...lines, ...style, ""].join("\n");
}

/** The node of each step by its path without indexes: `s2`, and `s2_1` for the first one inside it. */
export function mermaidNodes(workflow: Workflow): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>();
  const name = (list: StepList, scope: string, prefix: string): void => {
    for (const [index, step] of list.steps.entries()) {
      const path = inScope(scope, step.id);
      const node = `${prefix}${index + 1}`;
      nodes.set(path, node);
      const inner = innerList(step);
      if (inner) name(inner, path, `${node}_`);
    }
  };
  name(workflow.steps, "", "s");
  if (workflow.finally) name(workflow.finally, finallyScope, "f");
  return nodes;
}

type Nodes = ReadonlyMap<string, string>;

function listLines(list: StepList, scope: string, nodes: Nodes, indent: string): string[] {
  return list.steps.flatMap((step, index) => {
    const path = inScope(scope, step.id);
    const node = nodes.get(path) ?? "";
    const inner = innerList(step);
    const text = escape(labelOf(step));
    const [open, close] = shapes[step.kind.kind];
    const drawn = inner
      ? [
          `${indent}subgraph ${node}["${text}"]`,
          ...listLines(inner, path, nodes, `${indent}  `),
          `${indent}end`,
        ]
      : [`${indent}${node}${open}"${text}"${close}`];
    return [...drawn, ...edges(list, step, index, scope, nodes).map((edge) => `${indent}${node} ${edge}`)];
  });
}

const handlerStyle = "  classDef handler stroke-dasharray: 4";

const shapes: Readonly<Record<StepKind["kind"], readonly [string, string]>> = {
  agent: ["([", "])"],
  action: ["[", "]"],
  approval: ["{{", "}}"],
  wait_for: ["[/", "/]"],
  wait_for_checks: ["[/", "/]"],
  wait_for_pull_request: ["[/", "/]"],
  delay: ["(", ")"],
  workflow: ["[[", "]]"],
  parallel: ["[", "]"],
  steps: ["[", "]"],
};

const routeLabels: readonly (readonly [keyof Routes, string])[] = [
  ["on_success", ""],
  ["on_failure", "failure"],
  ["on_skip", "skipped"],
  ["on_timeout", "timeout"],
  ["on_exhausted", "exhausted"],
];

function edges(list: StepList, step: Step, index: number, scope: string, nodes: Nodes): readonly string[] {
  const nodeOf = (id: string | undefined | null): string | undefined =>
    id === undefined || id === null ? undefined : nodes.get(inScope(scope, id));
  if (list.order === "parallel") return [];
  if (list.order === "list") {
    const next = nodeOf(list.steps[index + 1]?.id);
    if (next === undefined) return [];
    return [step.conclude === null ? `--> ${next}` : `-. skipped .-> ${next}`];
  }
  return routeLabels.flatMap(([route, name]) => {
    const to = nodeOf(step.routes[route]);
    if (to === undefined) return [];
    return [name === "" ? `--> ${to}` : `-. ${name} .-> ${to}`];
  });
}

function handlersOf(list: StepList, scope: string, nodes: Nodes): string[] {
  const own = [...list.handlers].flatMap((id) => nodes.get(inScope(scope, id)) ?? []);
  const inside = list.steps.flatMap((step) => {
    const inner = innerList(step);
    return inner ? handlersOf(inner, inScope(scope, step.id), nodes) : [];
  });
  return [...own, ...inside];
}

function labelOf(step: Step): string {
  return `${step.id}: ${whatOf(step.kind)}${loopOf(step)}`;
}

function whatOf(kind: StepKind): string {
  switch (kind.kind) {
    case "agent":
      return kind.agent;
    case "action":
      return kind.action;
    case "wait_for":
    case "approval":
    case "delay":
    case "steps":
      return kind.kind;
    case "wait_for_checks":
      return typeof kind.checks === "string" ? `${kind.checks} checks` : `checks ${kind.checks.join(", ")}`;
    case "wait_for_pull_request":
      return `pull request ${kind.state}`;
    case "workflow":
      return kind.workflow;
    case "parallel":
      return kind.join === "all" ? "parallel" : `parallel, ${kind.join} of ${kind.steps.steps.length}`;
    default:
      return kind satisfies never;
  }
}

function loopOf({ forEach, repeat }: Step): string {
  if (forEach) return `, for each ${forEach.as}`;
  if (repeat) return `, repeated up to ${repeat.max} times`;
  return "";
}

/** As Mermaid's entity codes: its labels are HTML. */
function escape(text: string): string {
  return text.replace(/[^A-Za-z0-9 _.,:/@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
