import type { Routes, Step, StepKind, StepList, Workflow } from "../core/workflow.ts";

/**
 * The steps as a Mermaid flowchart. Nodes are numbered, and names only ever stand in quoted labels, so that no
 * id (`end`, `click`) and no text can be read as Mermaid or HTML.
 */
export function mermaid(workflow: Workflow): string {
  const { steps } = workflow;
  const nodes = new Map(steps.steps.map((step, index) => [step.id, `s${index + 1}`]));
  const lines = steps.steps.flatMap((step, index) => {
    const node = nodes.get(step.id) ?? "";
    const [open, close] = shapes[step.kind.kind];
    return [`  ${node}${open}"${label(step)}"${close}`, ...edges(steps, step, index, node, nodes)];
  });
  const handlers = [...steps.handlers].flatMap((id) => nodes.get(id) ?? []);
  const style = handlers.length > 0 ? [`  class ${handlers.join(",")} handler`, handlerStyle] : [];
  return ["flowchart TD", ...lines, ...style, ""].join("\n");
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
  parallel: ["[[", "]]"],
  steps: ["[[", "]]"],
};

const routeLabels: readonly (readonly [keyof Routes, string])[] = [
  ["on_success", ""],
  ["on_failure", "failure"],
  ["on_skip", "skipped"],
  ["on_timeout", "timeout"],
  ["on_exhausted", "exhausted"],
];

function edges(
  list: StepList,
  step: Step,
  index: number,
  node: string,
  nodes: ReadonlyMap<string, string>,
): readonly string[] {
  if (list.order === "list") {
    const next = nodes.get(list.steps[index + 1]?.id ?? "");
    if (next === undefined) return [];
    return [step.conclude === null ? `  ${node} --> ${next}` : `  ${node} -. skipped .-> ${next}`];
  }
  return routeLabels.flatMap(([route, name]) => {
    const target = step.routes[route];
    const to = target === null ? undefined : nodes.get(target);
    if (to === undefined) return [];
    return [name === "" ? `  ${node} --> ${to}` : `  ${node} -. ${name} .-> ${to}`];
  });
}

function label(step: Step): string {
  const { kind } = step;
  const what = kind.kind === "agent" ? kind.agent : kind.kind === "action" ? kind.action : kind.kind;
  return escape(`${step.id}: ${what}`);
}

/** As Mermaid's entity codes: its labels are HTML. */
function escape(text: string): string {
  return text.replace(/[^A-Za-z0-9 _.,:/@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
