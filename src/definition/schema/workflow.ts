// The shape of a definition, as JSON Schema (draft 07). No oneOf and anyOf: where a key takes several forms
// (a text, a list or a map), the keywords of each form stand side by side and bind only their own type, so that
// every error points at one value and says one thing. `description` completes "… must be"; `spot` names the map in
// foreign-keys.ts.

import { textLimits } from "../limits.ts";

interface Schema {
  readonly [keyword: string]: unknown;
}

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

const text = (description = "a text"): Schema => ({ type: "string", description });
const anything: Schema = {};

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

/** One text, or a list of them. Words of a fixed list are checked where they are read, in both forms alike. */
const texts = (description = "a text or a list of texts", more: Schema = {}): Schema => ({
  type: ["string", "array"],
  description,
  items: text(),
  minItems: 1,
  ...more,
});

const duration: Schema = {
  type: "string",
  pattern: "^[0-9]{1,12}(?:\\.[0-9]{1,3})?(?:ms|s|m|h|d)$",
  description: "a duration such as 90s, 10m, 2h or 7d",
};

const whole = (minimum: number, maximum: number): Schema => ({
  type: "integer",
  minimum,
  maximum,
  description: `a whole number from ${minimum} to ${maximum}`,
});

const yesNo: Schema = { type: "boolean", description: "true or false" };
/** An expression may be a bare constant too: `condition: true`. */
const condition: Schema = { type: ["string", "boolean"], description: "an expression" };

const trigger = map(
  {
    types: texts("an activity type or a list of them"),
    labels: texts("a label or a list of labels"),
    branches: texts("a branch pattern or a list of them"),
    paths: texts("a path pattern or a list of them"),
    roles: texts("a repository role"),
    condition,
    own: yesNo,
    name: {
      type: "string",
      pattern: "^[a-z][a-z0-9_-]{0,38}$",
      description: "a command's name such as fix-it",
    },
  },
  { type: ["object", "null"], spot: "trigger" },
  "a map of filters",
);

const retry: Schema = {
  type: ["integer", "object"],
  description: "a number of attempts or a map",
  minimum: 1,
  maximum: 100,
  properties: {
    max_attempts: whole(1, 100),
    backoff: map({
      initial: ref("duration"),
      factor: { type: "number", minimum: 1, maximum: 10, description: "a number from 1 to 10" },
      max: ref("duration"),
      jitter: yesNo,
    }),
    on: texts("a failure class or a list of them"),
  },
  additionalProperties: false,
};

const approval: Schema = {
  spot: "approval",
  type: ["object", "null"],
  description: "a map",
  properties: {
    from: texts("a login, @org/team, role:write, or a list of them"),
    count: whole(1, 50),
    by: texts("a way to decide or a list of them"),
    exclude: { ...texts("a login, actor, author, or a list of them"), minItems: 0 },
    message: text(),
  },
  additionalProperties: false,
};

const waitFor: Schema = {
  spot: "wait_for",
  type: ["string", "array", "object"],
  description: "an event, a list of events or a map",
  items: text("an event such as pull_request.closed"),
  minItems: 1,
  properties: {
    event: texts("an event such as pull_request.closed or a list of them"),
    match: condition,
    fail_if: condition,
    since: condition,
  },
  additionalProperties: false,
};

const target: Schema = { type: "string", description: "the id of a step" };

const step = map(
  {
    id: ref("id"),
    agent: text("an agent's name"),
    action: text("an action such as issues.addLabels"),
    approval,
    wait_for: waitFor,
    delay: text("a duration such as 90s, 10m, 2h or 7d"),
    inputs: mapOf(anything),
    condition,
    on_success: target,
    on_failure: target,
    on_skip: target,
    on_timeout: target,
    on_exhausted: target,
    retry: ref("retry"),
    timeout: ref("duration"),
    remind: map({ every: ref("duration"), max: whole(1, 100) }, { required: ["every"] }),
    max_visits: whole(1, 1000),
    fail_if: condition,
    conclude: { type: "string", enum: ["completed", "failed"], description: "an ending" },
  },
  { required: ["id"], spot: "step" },
  "a step, that is a map",
);

const agentKeys: Schema = {
  engine: texts("an engine or a list of them"),
  instructions: text(),
  output_schema: mapOf(anything, "a JSON Schema, that is a map"),
  produces: { type: "string", enum: ["pull_request"], description: "what the agent produces" },
  tools: { type: "array", items: text(), description: "a list of tools" },
  limits: map(
    {
      tokens: whole(1, 100_000_000),
      timeout: ref("duration"),
      steps: whole(1, 1000),
    },
    { spot: "agent" },
  ),
};

const input: Schema = {
  type: ["object", "null"],
  description: "a map",
  properties: {
    description: text(),
    type: { type: ["string", "object"], description: "a JSON Schema type or a schema" },
    from: condition,
    default: anything,
    required: yesNo,
  },
  additionalProperties: false,
};

const definitions: Schema = {
  id: {
    type: "string",
    pattern: "^[A-Za-z_][A-Za-z0-9_]{0,99}$",
    description: "an id of letters, digits and _ that begins with a letter or _",
  },
  duration,
  retry,
  step,
  input,
  trigger,
  agent: map(agentKeys),
};

export const workflowSchema: Schema = {
  $id: "workflow",
  $defs: definitions,
  ...map(
    {
      name: { type: "string", description: "a text" },
      version: { type: "string", description: "a text" },
      description: text(),
      status: { type: "string", enum: ["draft", "active"], description: "a status" },
      on: {
        type: ["string", "array", "object"],
        description: "an event, a list of events or a map",
        items: text("an event's name"),
        additionalProperties: ref("trigger"),
      },
      inputs: mapOf(ref("input")),
      permissions: mapOf({ type: "string", description: "read or write" }),
      report: map(
        {
          comment: {
            type: "string",
            enum: ["auto", "sticky", "when_asked", "none"],
            description: "a way to report",
          },
          check: text("a check run's name or none"),
        },
        { spot: "report" },
      ),
      limits: map({ timeout: ref("duration") }, { spot: "limits" }),
      defaults: map({ retry: ref("retry"), timeout: ref("duration") }),
      agents: mapOf(ref("agent")),
      steps: {
        type: "array",
        minItems: 1,
        maxItems: textLimits.steps,
        items: ref("step"),
        description: "a list of steps",
      },
      outputs: mapOf(anything),
    },
    { required: ["name", "steps"], spot: "workflow" },
  ),
};

export const agentSchema: Schema = {
  $id: "agent",
  $defs: { duration },
  ...map({ name: text(), ...agentKeys }, { required: ["name", "instructions"] }),
};
