import { formatProblem, type Problem } from "../../core/problem.ts";
import type { AgentDefinition, Workflow } from "../../core/workflow.ts";
import { loadAgent, loadWorkflow } from "../../definition/index.ts";
import { checkCase, namedSteps, problemAt } from "../../definition/tests/index.ts";
import type { CaseToPlay } from "./case.ts";
import { checks } from "./checks.ts";
import { type Difference, judge, stillWaiting } from "./judge.ts";
import { play } from "./play.ts";

/** What became of one case. */
export interface Verdict {
  readonly name: string;
  readonly path: string;
  readonly workflow: string;
  readonly passed: boolean;
  /** Empty where it passed. With position, for people and for annotations. */
  readonly problems: readonly Problem[];
  /** Lines that show the differences. */
  readonly detail: readonly string[];
  readonly durationMs: number;
}

const loaded = new Map<string, Workflow | readonly Problem[]>();

/** Plays a case and judges it. Never rejects: what goes wrong is the verdict. */
export async function verdictOn(one: CaseToPlay): Promise<Verdict> {
  const { test } = one;
  const began = performance.now();
  const verdict = (problems: readonly Problem[], detail: readonly string[] = []): Verdict => ({
    name: test.name,
    path: test.path,
    workflow: test.workflow,
    passed: problems.length === 0,
    problems,
    detail,
    durationMs: Math.round(performance.now() - began),
  });
  const workflow = workflowOf(one);
  if (!("steps" in workflow)) {
    const [first] = workflow;
    return verdict([
      problemAt(test, "workflow", {
        code: "HOS811",
        message: `the workflow has problems: ${first ? formatProblem(first) : ""}`,
        hint: `Run hishamos validate on it${workflow.length > 1 ? `; there are ${workflow.length}` : ""}.`,
      }),
    ]);
  }
  const wrong = checkCase(test, workflow, checks());
  if (wrong.length > 0) return verdict(wrong);
  try {
    const played = await play({ test, workflow, text: one.text, files: one.files });
    const differences = judge(test, played, namedSteps(workflow));
    const uncrashed = played.uncrashed.map((step) => `crash: ${step} was never under way`);
    const problems = [
      ...(played.trouble === null ? [] : [problemAt(test, "", { code: "HOS816", message: played.trouble })]),
      ...uncrashed.map((message) => problemAt(test, "crash", { code: "HOS817", message })),
      ...differences.map(({ at, message }) =>
        problemAt(test, at, { code: "HOS817", message: `${at.slice(7)}: ${message}` }),
      ),
    ];
    // A difference of the state says it itself.
    const still = differences.some(({ at }) => at === "expect.state") ? "" : stillWaiting(played);
    const unused =
      played.unused.length === 0 ? [] : [`answers that nothing asked for: ${played.unused.join(", ")}`];
    return verdict(
      problems,
      problems.length === 0
        ? []
        : [...uncrashed, ...linesOf(differences), ...(still === "" ? [] : [still]), ...unused],
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return verdict([problemAt(test, "", { code: "HOS816", message })]);
  }
}

function linesOf(differences: readonly Difference[]): readonly string[] {
  return differences.flatMap(({ at, message, detail }) => [
    `${at.slice(7)}: ${message}`,
    ...detail.map((line) => `  ${line}`),
  ]);
}

/** Many cases are of one workflow: it is loaded once. */
function workflowOf({ path, text, files }: CaseToPlay): Workflow | readonly Problem[] {
  const key = JSON.stringify([path, text, files]);
  const known = loaded.get(key);
  if (known) return known;
  const agents = new Map<string, AgentDefinition>();
  for (const [name, source] of Object.entries(files)) {
    if (!name.includes("/agents/")) continue;
    const read = loadAgent(source, name);
    if ("agent" in read) agents.set(read.agent.name, read.agent);
  }
  const read = loadWorkflow(text, path, { agents, files: new Map(Object.entries(files)) });
  const result = "workflow" in read ? read.workflow : read.problems;
  loaded.set(key, result);
  return result;
}
