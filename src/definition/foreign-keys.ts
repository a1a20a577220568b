/** Where a key stands, as far as the advice about it depends on that. */
export type Spot = "workflow" | "step" | "trigger" | "limits" | "report" | "approval" | "wait_for" | "agent";

/** Keys of the language that this version can't run. */
export const laterKeys: Readonly<Partial<Record<Spot, ReadonlySet<string>>>> = {
  workflow: new Set(["concurrency", "cancel_on", "commands", "finally", "uses"]),
  step: new Set([
    "workflow",
    "parallel",
    "steps",
    "for_each",
    "repeat",
    "subject",
    "unique",
    "secrets",
    "safe_outputs",
  ]),
  trigger: new Set(["outsiders", "args", "on", "cron", "timezone"]),
  limits: new Set(["max_steps", "tokens", "cost_usd", "on_budget"]),
  report: new Set(["issue"]),
  wait_for: new Set(["checks", "pull_request"]),
  agent: new Set(["cost_usd"]),
};

/** Keys that people bring from other systems, and what stands for them here. */
export const habits: Readonly<Partial<Record<Spot, ReadonlyMap<string, string>>>> = {
  workflow: new Map([
    ["jobs", "Steps stand directly under steps; there are no jobs."],
    ["env", "Read values by {{ vars.NAME }} or give them as inputs."],
    ["run-name", "An execution is named by its workflow and subject."],
    ["triggers", "Name the events under on."],
    ["trigger", "Name the events under on."],
    ["timeout", "Write limits: {timeout: 2h}."],
    ["timeout-minutes", "Write limits: {timeout: 2h}."],
  ]),
  step: new Map([
    ["if", "Write condition."],
    ["when", "Write condition."],
    ["with", "Write inputs."],
    ["needs", "Order comes from the list, or from on_success and its like."],
    ["depends_on", "Order comes from the list, or from on_success and its like."],
    ["run", "Steps run no shell. Let a GitHub Actions workflow do it, or an agent."],
    ["uses", "Write agent or action."],
    ["jobs", "Steps stand directly under the workflow's steps; there are no jobs."],
    ["name", "A step is called by its id."],
    ["env", "Give values as inputs."],
    ["timeout-minutes", "Write timeout: 10m."],
    ["continue-on-error", "Name the next step under on_failure."],
    ["next", "Write on_success."],
    ["on_error", "Write on_failure."],
    ["retries", "Write retry: 3."],
    ["loop", "Let on_success lead back, and set max_visits."],
    ["type", "A step's kind is its key: agent, action, approval, wait_for or delay."],
  ]),
  trigger: new Map([
    ["branches-ignore", "Write a condition."],
    ["paths-ignore", "Write a condition."],
    ["if", "Write condition."],
    ["label", "Write labels."],
    ["type", "Write types."],
    ["tags", "Write a condition."],
  ]),
};
