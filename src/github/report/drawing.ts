import { currentRun } from "../../core/draft.ts";
import type { Execution } from "../../core/execution.ts";
import type { Workflow } from "../../core/workflow.ts";
import { mermaid } from "../../definition/mermaid.ts";

/** Fill and text readable on GitHub's light and dark pages. */
const styles = {
  completed: "fill:#1a7f37,color:#fff,stroke:#1a7f37",
  running: "fill:#0969da,color:#fff,stroke:#0969da",
  waiting: "fill:#9a6700,color:#fff,stroke:#9a6700",
  failed: "fill:#cf222e,color:#fff,stroke:#cf222e",
  skipped: "fill:#6e7781,color:#fff,stroke:#6e7781",
} as const;

type Shade = keyof typeof styles;

/** The workflow's drawing, each entered step in the colour of its state. Nodes are `s1`, `s2`, … in the file's order. */
export function drawing(workflow: Workflow, execution: Execution): string {
  const shades = new Map<Shade, string[]>();
  for (const [index, step] of workflow.steps.steps.entries()) {
    const run = currentRun(execution, step.id);
    if (!run) continue;
    const shade: Shade = run.state === "running" && run.waiting ? "waiting" : run.state;
    shades.set(shade, [...(shades.get(shade) ?? []), `s${index + 1}`]);
  }
  const lines = [...shades].flatMap(([shade, nodes]) => [
    `  classDef ${shade} ${styles[shade]}`,
    `  class ${nodes.join(",")} ${shade}`,
  ]);
  return [mermaid(workflow).trimEnd(), ...lines].join("\n");
}
