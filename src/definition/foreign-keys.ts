import type { Tree } from "./tree.ts";

/** Where a key stands, as far as the advice about it depends on that. */
export type Spot =
  | "workflow"
  | "using"
  | "step"
  | "trigger"
  | "slash_command"
  | "schedule"
  | "dispatch"
  | "limits"
  | "report"
  | "concurrency"
  | "defaults"
  | "input"
  | "approval"
  | "wait_for"
  | "parallel"
  | "for_each"
  | "repeat"
  | "safe_outputs"
  | "agent"
  | "agent_keys"
  | "config";

const order = "Order comes from the list, or from on_success and its like.";
const theirs = "The steps come from the workflow that uses names: drop this, or uses.";

/** Keys that people bring from other systems, and what stands for them here. */
export const habits: Readonly<Partial<Record<Spot, ReadonlyMap<string, string>>>> = {
  workflow: new Map([
    ["jobs", "Steps stand directly under steps; there are no jobs."],
    ["env", "Read values by {{ vars.NAME }} or give them as inputs."],
    ["vars", "Variables stand in .hishamos/config.yml."],
    ["secrets", "Name them on the http.request step that needs them."],
    ["run-name", "An execution is named by its workflow and subject."],
    ["triggers", "Name the events under on."],
    ["trigger", "Name the events under on."],
    ["schedule", "Write on: {schedule: [{cron: …}]}."],
    ["timeout", "Write limits: {timeout: 2h}."],
    ["timeout-minutes", "Write limits: {timeout: 2h}."],
    ["strategy", "Write for_each on the step that is to run several times."],
    ["on_failure", "Write finally, with condition: failure()."],
    ["always", "Write finally."],
    ["cleanup", "Write finally."],
    ["params", "Write inputs."],
    ["parameters", "Write inputs."],
  ]),
  using: new Map([
    ["steps", theirs],
    ["finally", theirs],
    ["outputs", theirs],
    ["agents", theirs],
    ["defaults", theirs],
    ["with", "Write inputs."],
  ]),
  step: new Map([
    ["if", "Write condition."],
    ["when", "Write condition."],
    ["unless", "Write condition, with !( … )."],
    ["with", "Write inputs."],
    ["needs", order],
    ["depends_on", order],
    ["run", "Steps run no shell. Let a GitHub Actions workflow do it, or an agent."],
    ["script", "Steps run no shell. Let a GitHub Actions workflow do it, or an agent."],
    ["uses", "Write agent or action; for another workflow write workflow."],
    ["jobs", "Steps stand directly under the workflow's steps; there are no jobs."],
    ["name", "A step is called by its id."],
    ["env", "Give values as inputs."],
    ["outputs", "A step's output is what it returns; the workflow's outputs stand at its end."],
    ["timeout-minutes", "Write timeout: 10m."],
    ["timeout_minutes", "Write timeout: 10m."],
    ["continue-on-error", "Name the next step under on_failure."],
    ["continue_on_error", "Name the next step under on_failure."],
    ["strategy", 'Write for_each: {in: "{{ … }}"}.'],
    ["matrix", 'Write for_each: {in: "{{ … }}"}.'],
    ["foreach", 'Write for_each: {in: "{{ … }}"}.'],
    ["with_items", 'Write for_each: {in: "{{ … }}"}.'],
    ["environment", "Write an approval step before it."],
    ["concurrency", "concurrency stands on the workflow."],
    ["permissions", "permissions stand on the workflow."],
    ["next", "Write on_success."],
    ["on_error", "Write on_failure."],
    ["on_fail", "Write on_failure."],
    ["catch", "Write on_failure."],
    ["retries", "Write retry: 3."],
    ["loop", "Write repeat: {until: …}; or let on_success lead back, and set max_visits."],
    ["while", "Write repeat: {until: …}, with the opposite condition."],
    ["until", "Write repeat: {until: …}."],
    ["always", "A step that runs whatever the end stands under the workflow's finally."],
    ["finally", "finally stands on the workflow, beside steps."],
    ["branches", "Write parallel: {steps: […]}."],
    ["wait", "Write delay: 10m, or wait_for."],
    ["sleep", "Write delay: 10m."],
    [
      "type",
      "A step's kind is its key: agent, action, approval, wait_for, delay, workflow, parallel or steps.",
    ],
  ]),
  trigger: new Map([
    ["branches-ignore", "Write a condition."],
    ["paths-ignore", "Write a condition."],
    ["if", "Write condition."],
    ["label", "Write labels."],
    ["type", "Write types."],
    ["tags", "Write a condition."],
    ["cron", "Write schedule: [{cron: …}]."],
    ["inputs", "Inputs stand on the workflow."],
    ["name", "Only slash_command has a name."],
    ["args", "Only slash_command has args."],
  ]),
  slash_command: new Map([
    ["command", "Write name."],
    ["arguments", "Write args."],
    ["inputs", "Write args, the names of inputs in order."],
    ["role", "Write roles."],
    ["if", "Write condition."],
  ]),
  schedule: new Map([
    ["tz", "Write timezone."],
    ["time_zone", "Write timezone."],
    ["schedule", "Write cron."],
  ]),
  dispatch: new Map([["inputs", "Inputs stand on the workflow."]]),
  concurrency: new Map([
    ["cancel-in-progress", "Write on_conflict: cancel_running."],
    ["cancel_in_progress", "Write on_conflict: cancel_running."],
    ["key", "Write group."],
  ]),
  limits: new Map([
    ["timeout-minutes", "Write timeout: 2h."],
    ["cost", "Write cost_usd."],
    ["budget", "Write tokens or cost_usd, and on_budget for what happens then."],
  ]),
  defaults: new Map([
    ["retries", "Write retry: 3."],
    ["run", "Steps run no shell."],
  ]),
  approval: new Map([
    ["reviewers", "Write from."],
    ["approvers", "Write from."],
    ["timeout", "timeout stands on the step, beside approval."],
    ["remind", "remind stands on the step, beside approval."],
    ["min", "Write count."],
  ]),
  wait_for: new Map([
    ["events", "Write event: [ … ]."],
    ["timeout", "timeout stands on the step, beside wait_for."],
    ["if", "Write match."],
    ["condition", "Write match: which events count. On the step, condition says whether it waits at all."],
  ]),
  parallel: new Map([
    ["branches", "Write steps."],
    ["fail_fast", "Write join: any, or a number; all is the default."],
    ["max_parallel", "All branches begin at once; for_each has max_parallel."],
  ]),
  for_each: new Map([
    ["items", "Write in."],
    ["list", "Write in."],
    ["matrix", "Write in, with the items."],
    ["include", "Write in, with the items."],
    ["fail-fast", "Write fail_fast."],
    ["max-parallel", "Write max_parallel."],
    ["concurrency", "Write max_parallel."],
    ["var", "Write as."],
    ["steps", "Write steps beside for_each, on the same step."],
  ]),
  repeat: new Map([
    ["while", "Write until, with the opposite condition."],
    ["times", "Write max."],
    ["count", "Write max."],
    ["max_attempts", "Write max."],
    ["delay", "Write every."],
    ["interval", "Write every."],
    ["steps", "Write steps beside repeat, on the same step."],
  ]),
  safe_outputs: new Map([
    ["add-comment", "Write comment."],
    ["add-labels", "Write labels."],
    ["create-issue", "Write issue."],
  ]),
  agent_keys: new Map([
    ["prompt", "Write instructions."],
    ["system", "Write instructions."],
    ["schema", "Write output_schema."],
    ["outputs", "Write output_schema."],
    ["model", "The model is the server's to choose; write engine: model."],
    ["max_tokens", "Write limits: {tokens: …}."],
  ]),
  config: new Map([
    ["env", "Write vars."],
    ["variables", "Write vars."],
    ["agents", "An agent is a file in .hishamos/agents/."],
    ["secrets", "Secrets stand in the server's environment."],
    ["roles", "Write commands: {approve: [role:maintain]}."],
  ]),
};

/** What to write where a key has a value of another form, as people first try it. */
export function formHint(name: string, tree: Tree): string | undefined {
  const key = name.startsWith("on[") ? "on" : name;
  const value = tree.type === "scalar" ? tree.value : undefined;
  switch (key) {
    case "parallel":
      return tree.type === "list" ? "Write parallel: {steps: [ … ]}." : undefined;
    case "steps":
    case "finally":
      return tree.type === "map" ? 'Begin each step with "- id:".' : undefined;
    case "for_each":
      return tree.type === "map" ? undefined : 'Write for_each: {in: "{{ … }}"}.';
    case "repeat":
      return typeof value === "number" ? `Write repeat: {max: ${value}}.` : "Write repeat: {until: …}.";
    case "schedule":
      return tree.type === "map" ? 'Begin each time table with "- cron:".' : "Write schedule: [{cron: …}].";
    case "checks":
      return typeof value === "string"
        ? `For a check of that name write checks: ["${value.slice(0, 40)}"].`
        : undefined;
    case "slash_command":
      return typeof value === "string"
        ? `Write slash_command: {name: ${value.replace(/^\//, "").slice(0, 40)}}.`
        : undefined;
    case "on":
      if (value === "schedule") return 'Write on: {schedule: [{cron: "30 6 * * 1-5"}]}.';
      return value === "slash_command" ? "Write on: {slash_command: {name: my-command}}." : undefined;
    case "in":
      return typeof value === "string" ? readHint("in", value) : undefined;
    case "subject":
      if (typeof value !== "string") return undefined;
      return /^#?\d+$/.test(value)
        ? `Write ${value.replace("#", "")} without quotes.`
        : readHint("subject", value);
    default:
      return undefined;
  }
}

/** For an expression without its braces. */
function readHint(key: string, text: string): string | undefined {
  return /^[A-Za-z_][\w.[\]"*-]{0,60}$/.test(text) ? `Write ${key}: "{{ ${text} }}".` : undefined;
}
