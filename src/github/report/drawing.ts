import { scopedRun } from "../../core/draft.ts";
import type { Execution, Run } from "../../core/execution.ts";
import { allSteps, innerList, staticPath } from "../../core/locate.ts";
import type { Workflow } from "../../core/workflow.ts";
import { mermaid, mermaidNodes } from "../../definition/mermaid.ts";
import { isOutside } from "./waiting.ts";

/** Fill and text readable on GitHub's light and dark pages; of a step that has many items, the first of these counts. */
const styles = {
  running: "fill:#0969da,color:#fff,stroke:#0969da",
  waiting: "fill:#9a6700,color:#fff,stroke:#9a6700",
  failed: "fill:#cf222e,color:#fff,stroke:#cf222e",
  completed: "fill:#1a7f37,color:#fff,stroke:#1a7f37",
  skipped: "fill:#6e7781,color:#fff,stroke:#6e7781",
} as const;

type Shade = keyof typeof styles;

/** The workflow's drawing, each entered step in the colour of its state; the boxes around steps stay as they are. */
export function drawing(workflow: Workflow, execution: Execution): string {
  const found = shadesByStep(workflow, execution);
  const nodes = mermaidNodes(workflow);
  const lines = (Object.keys(styles) as Shade[]).flatMap((shade) => {
    const shaded = [...nodes].flatMap(([path, node]) => (found.get(path) === shade ? [node] : []));
    if (shaded.length === 0) return [];
    return [`  classDef ${shade} ${styles[shade]}`, `  class ${shaded.join(",")} ${shade}`];
  });
  return [mermaid(workflow).trimEnd(), ...lines].join("\n");
}

function shadesByStep(workflow: Workflow, execution: Execution): ReadonlyMap<string, Shade> {
  const steps = allSteps(workflow);
  const order = Object.keys(styles);
  const found = new Map<string, Shade>();
  for (const path of Object.keys(execution.steps)) {
    const key = staticPath(path);
    const step = steps.get(key)?.step;
    const run = scopedRun(execution, path);
    if (!step || innerList(step) || !run) continue;
    // What stands outermost shows this round only.
    if (!path.includes("/") && run.round !== execution.round) continue;
    const shade = shadeOf(run);
    const before = found.get(key);
    if (before === undefined || order.indexOf(shade) < order.indexOf(before)) found.set(key, shade);
  }
  return found;
}

function shadeOf(run: Run): Shade {
  return run.state === "running" && run.waiting && isOutside(run.waiting) ? "waiting" : run.state;
}
