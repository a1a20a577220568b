// The shape of `.hishamos/tests/*.yml`, in the same manner as workflow.ts: no oneOf and anyOf, the keywords of each
// form stand side by side, `description` completes "… must be".

interface Schema {
  readonly [keyword: string]: unknown;
}

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const text = (description = "a text"): Schema => ({ type: "string", description, maxLength: 65_536 });
const anything: Schema = {};
const login: Schema = {
  type: "string",
  pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,98}(?:\\[bot\\])?$",
  description: "a login",
};
const words = (values: readonly string[], description: string): Schema => ({
  type: "string",
  enum: values,
  description,
});

const map = (properties: Schema, more: Schema = {}, description = "a map"): Schema => ({
  type: "object",
  description,
  properties,
  additionalProperties: false,
  ...more,
});
const mapOf = (values: Schema, description = "a map"): Schema => ({
  type: "object",
  description,
  additionalProperties: values,
});
const list = (items: Schema, description = "a list"): Schema => ({ type: "array", description, items });
/** One text, or a list of them. */
const texts = (items: Schema, description: string): Schema => ({
  ...items,
  type: ["string", "array"],
  description,
  items,
});

const files = mapOf(text("a file's text"), "a map of paths to texts");
const yes: Schema = { const: true, description: "true" };
const roles = ["none", "read", "triage", "write", "maintain", "admin"];

const change = {
  branch: { type: "string", minLength: 1, maxLength: 200, description: "a branch" },
  files,
  message: text(),
};

/** What one person does on GitHub; `as` says who. */
const deeds = {
  as: login,
  comments: text(),
  labels: text("a label"),
  unlabels: text("a label"),
  assigns: login,
  closes: yes,
  reopens: yes,
  merges: yes,
  pushes: map(change, { required: ["branch"] }),
  reviews: map(
    { event: words(["approve", "request_changes", "comment"], "a kind of review"), body: text() },
    { required: ["event"] },
  ),
  clicks: text("a button's identifier"),
};

const answer = map(
  {
    output: anything,
    by: login,
    after: ref("duration"),
    fail: {
      type: ["string", "object"],
      description: "transient, timeout, error, or a map",
      properties: {
        class: words(["transient", "timeout", "error"], "a failure class"),
        code: text("an error's code"),
        message: text(),
      },
      additionalProperties: false,
    },
    times: { type: "integer", minimum: 1, maximum: 100, description: "a whole number from 1 to 100" },
    approve: texts(login, "a login or a list of them"),
    reject: login,
    reason: text(),
    pull_request: map({ ...change, title: text(), body: text() }, {}),
    event: mapOf({ type: ["object", "null"], description: "a payload, that is a map" }, "an event"),
    checks: mapOf(text("a conclusion such as success"), "a map of checks to conclusions"),
    run: map({ conclusion: text("a conclusion such as success"), output: anything }, {}),
    ...deeds,
  },
  { type: ["object", "array"], items: ref("answer") },
  "an answer or a list of them, one for each visit",
);

const issue = map({
  title: text(),
  body: text(),
  author: login,
  labels: list(text("a label")),
  assignees: list(login),
  state: words(["open", "closed"], "a state"),
});

const github = map({
  repository: { type: "string", pattern: "^[^/ ]+/[^/ ]+$", description: "OWNER/NAME" },
  collaborators: mapOf(words(roles, "a role"), "a map of logins to roles"),
  teams: mapOf(list(login), "a map of ORG/TEAM to logins"),
  labels: list(text("a label")),
  files,
  issues: list(issue),
  pull_requests: list(
    map({ ...change, title: text(), body: text(), author: login, labels: list(text("a label")) }),
  ),
  required_checks: mapOf(list(text("a check's name")), "a map of branches to checks"),
});

const stepStates = ["completed", "failed", "skipped", "waiting"];

const expectation = map({
  state: words(["completed", "failed", "cancelled", "running", "paused", "not_started"], "a state"),
  steps: {
    type: ["array", "object"],
    description: "a list of steps in their order, or a map of steps to what they come to",
    items: {
      type: ["string", "object"],
      description: "a step, or a map of a step to its state",
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: words(stepStates, "a step's state"),
    },
    additionalProperties: {
      type: ["string", "object"],
      description: "a step's state or a map",
      properties: {
        state: words(stepStates, "a step's state"),
        visits: { type: "integer", minimum: 0, maximum: 100_000, description: "a whole number" },
        input: anything,
        output: anything,
        error: text("an error's code"),
      },
      additionalProperties: false,
    },
  },
  comments: list(
    {
      type: ["string", "object"],
      description: "a text that a comment has in it, or a map",
      properties: { not: text() },
      required: ["not"],
      additionalProperties: false,
    },
    "a list of texts",
  ),
  labels: {
    type: ["array", "object"],
    description: "a list of all labels, or a map with has and not",
    items: text("a label"),
    properties: { has: list(text("a label")), not: list(text("a label")) },
    additionalProperties: false,
  },
  assignees: list(login),
  issue: words(["open", "closed"], "a state"),
  pull_request: words(["open", "closed", "merged"], "a state"),
  outputs: anything,
  error: {
    type: ["string", "object"],
    description: "an error's code or a map",
    properties: { step: text(), code: text(), message: text() },
    additionalProperties: false,
  },
});

const caseKeys: Schema = {
  name: text("a text that says what is to happen"),
  event: {
    type: ["string", "object"],
    description: "an event such as issues.labeled, with its payload",
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: { type: ["object", "null"], description: "a payload, that is a map" },
  },
  input: mapOf(anything),
  github,
  answers: mapOf(ref("answer"), "a map of steps to answers"),
  time: ref("duration"),
  expect: expectation,
};

/** `.hishamos/tests/*.yml`: one case, or a list of them with what they share above. */
export const testsSchema: Schema = {
  $id: "tests",
  $defs: {
    duration: {
      type: "string",
      pattern: "^[0-9]{1,12}(?:\\.[0-9]{1,3})?(?:ms|s|m|h|d)$",
      description: "a duration such as 90s, 10m, 2h or 7d",
    },
    answer,
    case: map({ workflow: text("a workflow's name or path"), ...caseKeys }, { required: ["name", "expect"] }),
  },
  ...map(
    {
      workflow: text("a workflow's name or path"),
      ...caseKeys,
      cases: {
        type: "array",
        minItems: 1,
        maxItems: 1000,
        items: ref("case"),
        description: "a list of cases",
      },
    },
    {},
    "a map",
  ),
};
