import type { Workflow } from "../../src/core/workflow.ts";
import { type Answer, namedSteps, pathOf, type TestCase } from "../../src/definition/tests/index.ts";
import type { CaseToPlay } from "../../src/sandbox/workflow-tests/case.ts";

/** The cases of one workflow's test file, and the workflow. */
export interface Played {
  readonly workflow: Workflow;
  readonly cases: readonly CaseToPlay[];
}

export interface Scenario {
  readonly one: CaseToPlay;
  /** What was changed, for whoever looks into a failure. */
  readonly changes: readonly string[];
}

/** How often a scenario is one that the workflow ends otherwise than well: somebody rejects, or nobody answers. */
const shareOfTroubles = 0.03;
const shareOfCrashes = 0.3;
const shareOfTransient = 0.15;
const shareOfPeople = 0.4;
const hourMs = 3_600_000;

/**
 * A case of the workflow with what life adds and what may change nothing of where it ends: the process dies in the work of
 * some steps, GitHub fails for a moment where the step tries again, and people rather than a model answer, some hours later.
 * So the case's own expectations say what each scenario has to come to.
 */
export function scenarioOf({ workflow, cases }: Played, random: () => number): Scenario {
  const well = cases.filter(({ test }) => test.expect.state === "completed");
  const others = cases.filter(({ test }) => test.expect.state !== "completed");
  const pool = (random() < shareOfTroubles && others.length > 0) || well.length === 0 ? others : well;
  const one = pick(pool, random);
  const changes: string[] = [];
  const crash = crashes(workflow, cases, one.test, random);
  if (crash.length > 0) changes.push(`crash in ${crash.join(", ")}`);
  const answers = { ...one.test.answers };
  for (const [path, { step }] of namedSteps(workflow)) {
    const { kind, retry, timeoutMs } = step;
    const transient = retry.maxAttempts > 1 && retry.on.includes("transient") && step.forEach === null;
    const key = Object.keys(answers).find(
      (each) => pathOf(each.replace(/#\d+$/, ""), namedSteps(workflow)) === path,
    );
    if (kind.kind === "action" && transient && key === undefined && random() < shareOfTransient) {
      answers[path] = [{ fail: "transient", times: 1 }];
      changes.push(`GitHub fails once at ${path}`);
    }
    const answer = key === undefined ? undefined : answers[key];
    if (kind.kind !== "agent" || key === undefined || !isPlain(answer) || random() >= shareOfPeople) continue;
    if (isUnspoken(answer, one.test)) continue;
    const most = Math.min((timeoutMs ?? 24 * hourMs) / 3, 48 * hourMs);
    const hours = Math.floor((random() * most) / hourMs);
    answers[key] = { ...answer, by: "maintainer", ...(hours > 0 ? { after: `${hours}h` } : {}) };
    changes.push(`a person answers ${path} after ${hours} h`);
  }
  return { one: { ...one, test: { ...one.test, crash, answers } }, changes };
}

/** Of the steps that this case visits, some of those in which the file says that a crash does no harm. */
function crashes(
  workflow: Workflow,
  cases: readonly CaseToPlay[],
  { expect }: TestCase,
  random: () => number,
): readonly string[] {
  if (!Array.isArray(expect.steps) || random() >= shareOfCrashes) return [];
  const visited = new Set(expect.steps.filter((step): step is string => typeof step === "string"));
  const harmless = new Set(cases.flatMap(({ test }) => test.crash));
  // A loop over nothing is never under way.
  const loops = new Set(
    [...namedSteps(workflow)].flatMap(([path, { step }]) => (step.forEach ? [path] : [])),
  );
  const possible = [...visited].filter(
    (step) => harmless.has(step) && !loops.has(step) && !step.includes("["),
  );
  return possible.filter(() => random() < 2 / Math.max(2, possible.length));
}

/** Whether no comment may say what is in the answer: a person's answer is one. */
function isUnspoken(answer: Answer, { expect }: TestCase): boolean {
  const said = JSON.stringify(answer.output);
  return (expect.comments ?? []).some((each) => typeof each !== "string" && said.includes(each.not));
}

/** One answer of a model to every visit: a person could give it too. */
function isPlain(answer: Answer | readonly Answer[] | undefined): answer is Answer {
  if (answer === undefined || Array.isArray(answer)) return false;
  const { output, by, after, ...rest } = answer as Answer;
  return output !== undefined && by === undefined && after === undefined && Object.keys(rest).length === 0;
}

function pick<T>(from: readonly T[], random: () => number): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error("there is nothing to choose from");
  return found;
}
