/** JSON Schemas of what the API takes and gives: Fastify checks requests by them, and the OpenAPI document shows them. */

type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, more: Schema = {}): Schema => ({ type: "string", description, ...more });
const whole = (description: string, more: Schema = {}): Schema => ({ type: "integer", description, ...more });
const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: "object",
  properties,
  ...more,
});
const list = (items: Schema, description: string): Schema => ({ type: "array", items, description });
const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema["type"], "null"] });
const anything = (description: string): Schema => ({ description });
const time = (description: string): Schema => text(description, { format: "date-time" });

const place = object({ line: whole("Counts from 1."), column: whole("Counts from 1.") });
const oneProblem = object(
  {
    code: text("As HOS301; explained in docs/problems.md."),
    message: text("What is wrong."),
    hint: text("The way out."),
    path: text("The file that the position is in."),
    position: place,
    related: object({ message: text("What stands there."), position: place }),
  },
  { required: ["code", "message"] },
);

/** RFC 9457. */
export const problemSchema = object(
  {
    type: text("about:blank: the status says what it is."),
    title: text("The status in words."),
    status: whole("The HTTP status."),
    detail: text("What is wrong with this request."),
    code: text("The problem's code, as HOS301."),
    problems: list(oneProblem, "All that is wrong with what was sent, with places."),
  },
  { required: ["type", "title", "status"] },
);

const large =
  'Above 65,536 characters of JSON it is {"$large": {"sha256", "href"}} instead: a GET of href gives the value itself.';

const states = ["running", "paused", "completed", "failed", "cancelled"] as const;

const summary = {
  id: text("The execution's id."),
  revision: whole("Grows by one with every change."),
  workflow: object({
    name: text("Its name."),
    path: text("The file's path in the repository."),
    commit: orNull(text("The commit that it was read at.")),
  }),
  repository: object({ id: whole("GitHub's id."), full_name: text("As owner/name.") }),
  subject: orNull(
    object({
      type: text("issue or pull_request"),
      number: whole("Its number."),
      title: text("Its title."),
      url: text("Its page."),
    }),
  ),
  actor: text("Login of who caused the start."),
  state: text("Where it stands.", { enum: states }),
  progress: object({
    ended: whole("Steps that have ended."),
    entered: whole("Steps that were entered."),
    waiting: list(text("A step's path."), "Steps that wait now."),
  }),
  error: orNull(
    object({ step: text("The step that failed."), code: text("As timeout."), message: text("Why.") }),
  ),
  parent: orNull(text("Id of the execution whose step this one is.")),
  started_at: time("When it started."),
  updated_at: time("When it changed last."),
  ended_at: orNull(time("When it ended.")),
};

const step = object({
  path: text("As checks/lint or each[3]/build."),
  state: text("Of its last visit.", { enum: ["running", "waiting", "completed", "failed", "skipped"] }),
  waits_for: orNull(text("As approval, person, event, delay.")),
  question: orNull(text("What is asked of people.")),
  visits: whole("How often it was entered in this round."),
  attempt: whole("Counts from 1 within the visit."),
  entered_at: time("When it was entered last."),
  ended_at: orNull(time("When its last visit ended.")),
  output: anything(`What it gave back. ${large}`),
  error: orNull(object({ code: text("As timeout."), message: text("Why.") })),
  items: orNull(
    object({
      all: orNull(whole("How many there are; null: not known.")),
      ended: whole("How many have ended."),
      failed: whole("How many of these failed."),
    }),
  ),
  child: orNull(text("Id of the execution that it waits for.")),
});

export const executionSummary = object(summary);
export const executionDetail = object({
  ...summary,
  round: whole("Grows by one with every retry."),
  held: orNull(text("The outsider whose start waits to be allowed.")),
  queued_for: orNull(text("The concurrency group that it waits for.")),
  linked: list(
    object({ number: whole("Its number."), url: text("Its page."), state: text("open, merged or closed") }),
    "Pull requests that belong to it.",
  ),
  steps: list(step, "Every step that was entered, in the order of the first entry."),
  timeline: list(
    object({
      at: time("When."),
      by: orNull(text("Login, or null where the engine did it.")),
      what: text("What was done."),
      step: orNull(text("To which step.")),
      reason: orNull(text("The reason given.")),
    }),
    "Who did what, oldest first.",
  ),
  spending: object({
    steps: whole("Steps entered."),
    tokens: whole("Tokens of language models."),
    cost_usd: { type: "number", description: "What they cost." },
  }),
  outputs: anything(`The workflow's outputs, once it has ended. ${large}`),
});

export const executionDrawing = object({
  mermaid: text("A flowchart with a class for each state."),
  waits: list(
    object({
      step: text("The path of a step that waits."),
      what: text('What it waits for, as the end of "it waits for".'),
      who: orNull(text("Who may answer it; null where it is nobody's to answer.")),
      answer: orNull(
        object({}, { additionalProperties: true, description: "JSON Schema of the values that done takes." }),
      ),
    }),
    "In the workflow's order.",
  ),
});

export const executionPage = object({
  executions: list(executionSummary, "Newest first."),
  next: orNull(text("The cursor of the next page; null on the last.")),
});

const workflowFields = {
  id: text("As 1000.bug-lifecycle: the repository's id and the file's name without its ending."),
  repository: object({ id: whole("GitHub's id."), full_name: text("As owner/name.") }),
  path: text("The file's path in the repository."),
  commit: text("The commit that it was read at."),
  name: orNull(text("Its name; null where it is not valid.")),
  description: orNull(text("What it is for.")),
  version: orNull(text("Its version.")),
  status: orNull(text("active or draft")),
  valid: { type: "boolean", description: "Whether it can be started." },
};
export const workflowSummary = object(workflowFields);
export const workflowDetail = object({
  ...workflowFields,
  text: orNull(text("The definition as it is written.")),
  inputs: object({}, { additionalProperties: true, description: "By name what it can be given." }),
  drawing: orNull(text("The steps as a Mermaid flowchart.")),
  problems: list(oneProblem, "What is wrong with it."),
});
export const workflowList = object({ workflows: list(workflowSummary, "In order of repository and path.") });

export const executionQuery = object(
  {
    repository: text("Of this repository only, as owner/name.", { pattern: "^[^/\\s]+/[^/\\s]+$" }),
    workflow: text("Of this workflow's path only, as .hishamos/bug-lifecycle.yml.", { maxLength: 400 }),
    state: text("In these states only, separated by commas.", {
      pattern: `^(${states.join("|")})(,(${states.join("|")}))*$`,
    }),
    subject: whole("About this issue or pull request only; needs repository.", { minimum: 1 }),
    limit: whole("At most so many (default 50).", { minimum: 1, maximum: 100, default: 50 }),
    cursor: text("The next of the page before.", { maxLength: 400 }),
  },
  { additionalProperties: false },
);

export const executionId = object(
  { id: text("The execution's id.", { pattern: "^[0-9a-f]{8,128}$" }) },
  { required: ["id"] },
);
export const valueId = object(
  {
    id: text("The execution's id.", { pattern: "^[0-9a-f]{8,128}$" }),
    sha256: text("Of the value's JSON, in hex.", { pattern: "^[0-9a-f]{64}$" }),
  },
  { required: ["id", "sha256"] },
);
export const me = object({
  kind: text("Whose the token is.", { enum: ["operator", "user", "actions"] }),
  login: text("As it stands in timelines: a login of GitHub's; api for the operator."),
  repository: orNull(whole("Id of the only repository that the token of an Actions job speaks for.")),
});
export const workflowId = object(
  { id: text("The workflow's id.", { pattern: "^[0-9]{1,16}\\.[^/\\s]{1,200}$" }) },
  { required: ["id"] },
);

export const startBody = orNull(
  object(
    {
      inputs: object({}, { additionalProperties: true, description: "By name; checked by the definition." }),
      subject: orNull(whole("Number of the issue or pull request that it is about.", { minimum: 1 })),
    },
    { additionalProperties: false },
  ),
);

export const proposalBody = object(
  {
    repository: text("As owner/name.", { pattern: "^[^/\\s]+/[^/\\s]+$" }),
    path: text("Where it is to lie.", { pattern: "^\\.hishamos/[\\w.-]{1,100}\\.(ya?ml|json)$" }),
    definition: text("The workflow, YAML or JSON.", { minLength: 1, maxLength: 524_288 }),
  },
  { required: ["repository", "path", "definition"], additionalProperties: false },
);

const steeringFields = {
  step: text("The step's path; needed where several can be meant.", { minLength: 1, maxLength: 400 }),
  reason: text("Why; shown in the timeline.", { maxLength: 2_000 }),
  values: object({}, { additionalProperties: true, description: "done: what the step's schema asks for." }),
  latest: { type: "boolean", description: "retry: with the newest definition." },
};

/** What a command takes; with `needed` the body, and these in it, can't be left out. */
export function steeringBody(...needed: readonly (keyof typeof steeringFields)[]): Schema {
  if (needed.length === 0) return orNull(object(steeringFields, { additionalProperties: false }));
  const reason = { ...steeringFields.reason, minLength: 1, pattern: "\\S" };
  return object(
    { ...steeringFields, ...(needed.includes("reason") ? { reason } : {}) },
    { required: needed, additionalProperties: false, description: `It says ${needed.join(" and ")}.` },
  );
}

export const idempotencyHeader = object({
  "idempotency-key": text("Makes this request this request: sent again it changes nothing more.", {
    minLength: 1,
    maxLength: 200,
  }),
});
