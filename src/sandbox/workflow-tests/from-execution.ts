import { stringify } from "yaml";
import { shippedRoles } from "../../agents/roles.ts";
import type { Execution, Run } from "../../core/execution.ts";
import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { stepAt } from "../../core/locate.ts";
import type { Step, Workflow } from "../../core/workflow.ts";
import { eventOf, sceneOf } from "./recorded-event.ts";
import { inOrder } from "./seen.ts";

/** An execution as it ended (or stands), with the executions that its steps started. */
export interface Recorded {
  readonly execution: Execution;
  readonly workflow: Workflow;
  /** Path below which the test knows its steps; empty for the one that was asked for. */
  readonly prefix: string;
}

export interface RecordOptions {
  /** True: every action is answered with what it gave; false: what the stand-in can do is done there. */
  readonly answerActions: boolean;
  /** Whether the outputs of the whole are expected: numbers and addresses in them may be others on the stand-in. */
  readonly outputs: boolean;
}

/**
 * A test file of what happened: the event, what everybody answered, and the steps and end that came of it. The first of
 * the records is the execution itself.
 */
export function testOf(records: readonly Recorded[], options: RecordOptions): string {
  const [main] = records;
  if (!main) throw new Error("there is no execution to write a test of");
  const { execution, workflow } = main;
  const answers = Object.fromEntries(records.flatMap((record) => answersOf(record, options)));
  const event = eventOf(execution, workflow);
  const document = {
    workflow: workflow.stem,
    name: `as it went on ${new Date(execution.startedAt).toISOString().slice(0, 10)}${execution.subject ? ` for #${execution.subject.number}` : ""}`,
    ...(event === null ? { input: execution.input } : { event: { [event.name]: event.payload } }),
    github: {
      repository: `${execution.repository.owner}/${execution.repository.name}`,
      ...sceneOf(execution, event),
      ...decidersOf(records),
    },
    ...(Object.keys(answers).length === 0 ? {} : { answers }),
    expect: expectationOf(records, options),
  };
  const head = `# Written by hishamos test --from-execution ${execution.id}\n`;
  return head + stringify(document, { lineWidth: 110 });
}

/** Whoever decided was allowed to: they get the roles and teams that the approvals ask for. */
function decidersOf(records: readonly Recorded[]): JsonObject {
  const collaborators: Record<string, Json> = {};
  const teams: Record<string, Json> = {};
  for (const { execution, workflow } of records) {
    for (const [path, { runs }] of Object.entries(execution.steps)) {
      const kind = stepAt(workflow, path)?.step.kind;
      if (kind?.kind !== "approval") continue;
      const people = runs.flatMap((run) =>
        "output" in run && isObject(run.output) ? textsIn(run.output["by"]) : [],
      );
      if (people.length === 0) continue;
      const role = kind.from.find((each) => each.startsWith("role:"))?.slice(5);
      if (role !== undefined && role !== "write") for (const login of people) collaborators[login] = role;
      for (const team of kind.from) if (team.includes("/")) teams[team.replace(/^@/, "")] = people;
    }
  }
  return {
    ...(Object.keys(collaborators).length === 0 ? {} : { collaborators }),
    ...(Object.keys(teams).length === 0 ? {} : { teams }),
  };
}

function textsIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === "string") : [];
}

function expectationOf(records: readonly Recorded[], { outputs }: RecordOptions): JsonObject {
  const [main] = records;
  if (!main) return {};
  const { execution } = main;
  const error = execution.ending?.error;
  return {
    state: execution.state,
    steps: stepsOf(main),
    ...(error ? { error: { step: error.step, code: error.code } } : {}),
    ...(outputs && execution.outputs !== null ? { outputs: execution.outputs } : {}),
  };
}

/** In their order, where the document still has every visit, and was not retried by hand; else what each came to. */
function stepsOf({ execution }: Recorded): Json {
  const records = Object.entries(execution.steps);
  const whole = records.every(([, { visits, runs }]) => runs.length === visits) && execution.round === 1;
  if (!whole) {
    return Object.fromEntries(
      records.flatMap(([path, { visits, runs }]) => {
        const run = runs.at(-1);
        if (!run || path.includes("[")) return [];
        const state = run.state === "running" ? "waiting" : run.state;
        return [[path, execution.round === 1 && visits > 1 ? { state, visits } : state]];
      }),
    );
  }
  const visits = records.flatMap(([path, { runs }]) => runs.map((run) => ({ path, run })));
  return inOrder(visits).flatMap(({ path, run }) => {
    if (run.state === "skipped" || path.includes("[")) return [];
    return [run.state === "failed" ? { [path]: "failed" } : path];
  });
}

function answersOf(
  { execution, workflow, prefix }: Recorded,
  options: RecordOptions,
): readonly (readonly [string, Json])[] {
  return Object.entries(execution.steps).flatMap(([path, { runs }]): readonly (readonly [string, Json])[] => {
    const located = stepAt(workflow, path);
    if (!located) return [];
    const round = runs.at(-1)?.round ?? 1;
    const given = runs
      .filter((run) => run.round === round && run.state !== "skipped")
      .map((run) => declined(execution, path, run) ?? answerOf(located.step, run, workflow, options));
    const answers = given.flatMap((answer) => answer ?? []);
    const [first, second] = answers;
    if (first === undefined || answers.length !== given.length)
      return first === undefined ? [] : [[prefix + path, first]];
    const same =
      second === undefined || answers.every((each) => JSON.stringify(each) === JSON.stringify(first));
    return [[prefix + path, same ? first : answers]];
  });
}

/** The answer of a person who said that it can't be done, as the timeline has it. */
function declined({ timeline }: Execution, path: string, run: Run): JsonObject | null {
  if (run.state !== "failed" || run.error.code !== "declined") return null;
  const said = timeline.find(({ what, step, at }) => what === "fail" && step === path && at === run.endedAt);
  return said?.by && said.reason !== undefined ? { fail: said.reason, by: said.by } : null;
}

/** What has to be answered for the step to come to the same end; null where it comes there by itself. */
function answerOf(step: Step, run: Run, workflow: Workflow, options: RecordOptions): JsonObject | null {
  const { kind } = step;
  if (run.state === "running" || run.state === "skipped") return null;
  if (run.state === "failed" && run.error.code === "timeout") return null;
  switch (kind.kind) {
    case "agent":
      return agentAnswer(kind.agent, run, workflow);
    case "action":
      return actionAnswer(kind.action, run, options);
    case "approval":
      return decision(run);
    case "wait_for":
      return run.state === "completed" && isObject(run.output)
        ? { event: { [eventName(kind.events, run.output)]: run.output } }
        : null;
    case "wait_for_pull_request":
      return run.state === "completed" && kind.state === "merged" ? { as: "maintainer", merges: true } : null;
    case "wait_for_checks":
      return run.state === "failed" ? failure(run) : { output: run.output };
    case "delay":
    case "workflow":
    case "parallel":
    case "steps":
      return null;
    default:
      return kind satisfies never;
  }
}

type Ended = Extract<Run, { state: "completed" | "failed" }>;

function agentAnswer(name: string, run: Ended, workflow: Workflow): JsonObject | null {
  const agent = workflow.agents.get(name) ?? shippedRoles().get(name);
  const pull = isObject(run.output) ? own(run.output, "pull_request") : undefined;
  if (agent?.produces === "pull_request" && isObject(pull)) {
    const { branch } = pull;
    return { pull_request: typeof branch === "string" ? { branch } : {} };
  }
  // An output that its own fail_if refused is still what was answered.
  if (run.output !== null) return { output: run.output };
  return run.state === "failed" ? failure(run) : { output: null };
}

/** Writes that the stand-in does as GitHub does. */
const played =
  /^(?:issues\.(?:create|update|createComment|updateComment|addLabels|setLabels|removeLabel|removeAllLabels|addAssignees|removeAssignees|lock|unlock)|comment\.sticky|reactions\.\w+|pulls\.requestReviewers)$/;

function actionAnswer(action: string, run: Ended, { answerActions }: RecordOptions): JsonObject | null {
  if (run.output !== null || run.state === "completed")
    return played.test(action) && !answerActions ? null : { output: run.output };
  return failure(run);
}

function decision(run: Ended): JsonObject | null {
  const output = isObject(run.output) ? run.output : {};
  const by = Array.isArray(output["by"]) ? (output["by"] as readonly Json[]).map(String) : [];
  const { reason } = output;
  const why = typeof reason === "string" && reason !== "" ? { reason } : {};
  const [first] = by;
  if (first === undefined) return null;
  if (run.state === "completed") return { approve: by.length === 1 ? first : by, ...why };
  return run.error.code === "rejected" ? { reject: first, ...why } : null;
}

function failure({ error }: Extract<Run, { state: "failed" }>): JsonObject {
  return { fail: { class: error.class, code: error.code, message: error.message } };
}

/** The event's full name, of those that the wait names. */
function eventName(events: readonly string[], payload: JsonObject): string {
  const { action } = payload;
  const full = events.map((event) =>
    event.includes(".") || typeof action !== "string" ? event : `${event}.${action}`,
  );
  const fits = (name: string) => typeof action !== "string" || name.endsWith(`.${action}`);
  const has = (name: string) =>
    own(payload, name.split(/[._]/)[0] === "issues" ? "issue" : (name.split(".")[0] ?? "")) !== undefined;
  return full.find((name) => fits(name) && has(name)) ?? full.find(fits) ?? full[0] ?? "";
}
