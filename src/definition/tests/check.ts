import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Problem } from "../../core/problem.ts";
import type { AgentDefinition, StepKind, Workflow } from "../../core/workflow.ts";
import { webhookEvents } from "../catalogue.generated.ts";
import type { TestProblem } from "./problems.ts";
import { answerDeeds } from "./read.ts";
import { type NamedStep, namedSteps, pathOf } from "./steps.ts";
import type { Answer, TestCase } from "./types.ts";

/** What the outputs of agents are held to, which other rooms know. */
export interface AnswerChecks {
  /** The roles that ship, by name. */
  readonly roles: ReadonlyMap<string, AgentDefinition>;
  /** Holds an output against an agent's `output_schema`; the errors in a few words. */
  against(
    schema: JsonObject,
    output: Json,
  ): { readonly result: string } | { readonly result: "invalid"; readonly errors: readonly string[] };
}

/** What is wrong with a case, seen with the workflow that it tests: names of steps, forms of answers, the event. */
export function checkCase(test: TestCase, workflow: Workflow, checks: AnswerChecks): readonly Problem[] {
  const steps = namedSteps(workflow);
  const found: TestProblem[] = [];
  const add = (code: TestProblem["code"], at: string, message: string, hint?: string) => {
    const position = test.places[at] ?? test.places[at.split(".")[0] ?? ""] ?? test.places[""];
    found.push({
      code,
      message,
      path: test.path,
      ...(position && { position }),
      ...(hint !== undefined && { hint }),
    });
  };
  const unknown = (name: string, at: string) =>
    add(
      "HOS812",
      at,
      `the workflow "${workflow.name}" has no step "${name}"`,
      didYouMean(name, [...steps.keys()]) ?? `Its steps: ${[...steps.keys()].join(", ")}.`,
    );
  for (const [key, given] of Object.entries(test.answers)) {
    const at = `answers.${key}`;
    const path = pathOf(key.replace(/#\d+$/, ""), steps);
    const named = path === null ? undefined : steps.get(path.replaceAll(/\[\d*\]/g, ""));
    if (!named) {
      unknown(key, at);
      continue;
    }
    for (const answer of Array.isArray(given) ? (given as readonly Answer[]) : [given as Answer]) {
      const problem = misfit(named, path ?? "", answer, checks);
      if (problem) add(problem.code, at, `${key}: ${problem.message}`, problem.hint);
    }
  }
  for (const name of test.crash) if (pathOf(name, steps) === null) unknown(name, "crash");
  const { steps: expected = [] } = test.expect;
  const names = Array.isArray(expected)
    ? expected.map((item: string | object) =>
        typeof item === "string" ? item : (Object.keys(item)[0] ?? ""),
      )
    : Object.keys(expected);
  for (const name of names) if (pathOf(name, steps) === null) unknown(name, "expect.steps");
  if (test.event) checkEvent(test.event.name, (message, hint) => add("HOS815", "event", message, hint));
  return found;
}

function checkEvent(name: string, wrong: (message: string, hint?: string) => void): void {
  const [event = "", action] = name.split(".");
  if (event === "schedule" || event === "dispatch") return;
  const actions = webhookEvents.get(event);
  if (actions === undefined) {
    wrong(
      `"${event}" is no event that GitHub delivers`,
      didYouMean(event, [...webhookEvents.keys(), "schedule"]),
    );
  } else if (action === undefined && actions.length > 0) {
    wrong(`the event "${event}" needs its action`, `As ${event}.${actions[0] ?? ""}.`);
  } else if (action !== undefined && !actions.includes(action)) {
    wrong(
      `the event "${event}" is never sent as "${action}"`,
      didYouMean(action, actions) ?? `Its actions: ${actions.join(", ")}.`,
    );
  }
}

type Misfit = Pick<TestProblem, "code" | "message" | "hint">;

/** What a step of the kind can be answered with, besides what people do meanwhile. */
const fitting: Readonly<Record<StepKind["kind"], readonly (typeof answerDeeds)[number][]>> = {
  agent: ["output", "fail", "pull_request"],
  action: ["output", "fail", "run"],
  approval: ["approve", "reject"],
  wait_for: ["event"],
  wait_for_checks: ["checks", "output", "fail"],
  wait_for_pull_request: [],
  delay: [],
  workflow: [],
  parallel: [],
  steps: [],
};
const inWords: Readonly<Record<StepKind["kind"], string>> = {
  agent: "an agent",
  action: "an action",
  approval: "an approval",
  wait_for: "a wait for an event",
  wait_for_checks: "a wait for checks",
  wait_for_pull_request: "a wait for a pull request",
  delay: "a delay",
  workflow: "a child workflow",
  parallel: "a parallel",
  steps: "a group",
};

function misfit(
  { step, workflow }: NamedStep,
  path: string,
  answer: Answer,
  checks: AnswerChecks,
): Misfit | null {
  const { kind } = step;
  const deed = answerDeeds.find((each) => answer[each] !== undefined);
  if (deed === undefined) return null;
  const own = fitting[kind.kind];
  if (own.length === 0 && kind.kind !== "wait_for_pull_request") {
    const inner = kind.kind === "workflow" || kind.kind === "parallel" || kind.kind === "steps";
    return {
      code: "HOS813",
      message: `the step is ${inWords[kind.kind]}, which nobody answers`,
      hint: inner ? `Answer the steps in it, as ${path}/STEP.` : "Its time passes by itself.",
    };
  }
  const isDeed = answer.as !== undefined;
  if (!isDeed && !own.includes(deed)) {
    return {
      code: "HOS813",
      message: `the step is ${inWords[kind.kind]}; "${deed}" does not answer it`,
      hint: `It takes ${[...own, "or something that somebody does (as: LOGIN)"].join(", ")}.`,
    };
  }
  if (kind.kind !== "agent") return null;
  const agent: AgentDefinition | undefined = workflow.agents.get(kind.agent) ?? checks.roles.get(kind.agent);
  if (agent === undefined) return null;
  if (deed === "pull_request" && agent.produces !== "pull_request") {
    return { code: "HOS813", message: `the agent ${agent.name} does not produce a pull request` };
  }
  if (deed !== "output" || agent.outputSchema === null || agent.produces === "pull_request") return null;
  const checked = checkOnce(agent.outputSchema, answer.output ?? null, checks);
  if (!("errors" in checked)) return null;
  const needs = isObject(agent.outputSchema["properties"])
    ? Object.keys(agent.outputSchema["properties"]).join(", ")
    : "";
  return {
    code: "HOS814",
    message: `the output of ${agent.name} ${checked.errors.join("; ")}`,
    ...(needs === "" ? {} : { hint: `It gives ${needs}.` }),
  };
}

/** Compiling a schema takes milliseconds, and the cases of a file mostly give the same answers. */
const known = new WeakMap<JsonObject, Map<string, Checked>>();
type Checked = ReturnType<AnswerChecks["against"]>;

function checkOnce(schema: JsonObject, output: Json, checks: AnswerChecks): Checked {
  const ofSchema = known.get(schema) ?? new Map<string, Checked>();
  known.set(schema, ofSchema);
  const key = JSON.stringify(output);
  const checked = ofSchema.get(key) ?? checks.against(schema, output);
  ofSchema.set(key, checked);
  return checked;
}
