// The shape of a definition: what the reader, the published schema and the editors all go by.

import {
  amount,
  anything,
  condition,
  duration,
  formed,
  map,
  mapOf,
  ref,
  type Schema,
  text,
  texts,
  whole,
  word,
  yesNo,
} from "./parts.ts";
import { retry, step, stepList } from "./step.ts";

const outsiders = word(
  ["hold", "run", "ignore"],
  "what becomes of outsiders",
  "What becomes of a start by someone without a role: hold for /hishamos allow (default where a step is an agent or actions.run), run, ignore.",
);

const common: Schema = {
  labels: texts(
    "a label or a list of labels",
    "With labeled: the label that was set; else any label of the subject.",
  ),
  roles: texts(
    "a repository role",
    "The least role of who caused it: read, triage, write, maintain or admin.",
  ),
  condition: condition("Whether the event starts the workflow."),
  outsiders,
};

const trigger: Schema = map(
  {
    types: texts("an activity type or a list of them", "The event's actions, such as opened."),
    branches: texts(
      "a branch pattern or a list of them",
      "Branches, with * and **; of a pull request: its base.",
    ),
    paths: texts("a path pattern or a list of them", "Changed files, with * and **."),
    ...common,
    own: yesNo("Whether events that this App caused start it, too (default false)."),
  },
  "Which of these events start the workflow.",
  { type: ["object", "null"], spot: "trigger", expects: "a map of filters" },
);

const slashCommand: Schema = map(
  {
    name: formed(
      "^[a-z][a-z0-9_-]{0,38}$",
      "a command's name such as fix-it",
      "The command is /NAME at the start of a line.",
    ),
    args: texts(
      "an input's name or a list of them",
      "The inputs that the words after the command are, in order.",
      {
        items: ref("id", "An input's name."),
      },
    ),
    on: texts("issue, pull_request or both", "Where it is heard (default both).", {
      words: ["issue", "pull_request"],
    }),
    ...common,
  },
  "A command of your own in a comment.",
  { required: ["name"], spot: "slash_command" },
);

const schedule: Schema = {
  type: "array",
  minItems: 1,
  maxItems: 20,
  expects: "a list of maps with cron",
  description: "Times at which it starts; once after a downtime.",
  items: map(
    {
      cron: text(
        "Minute, hour, day of month, month, day of week: 30 6 * * 1-5",
        "five fields such as 30 6 * * 1-5",
      ),
      timezone: text(
        "An IANA time zone such as Europe/Berlin (default UTC).",
        "a time zone such as Europe/Berlin",
      ),
    },
    "One time table.",
    { required: ["cron"], spot: "schedule" },
  ),
};

const dispatch: Schema = map(
  { roles: common["roles"], condition: common["condition"] },
  "Started by the API or the GitHub Action.",
  { type: ["object", "null"], spot: "dispatch" },
);

const input: Schema = {
  type: ["object", "null"],
  expects: "a map",
  description: "What is asked for at the start, read as {{ input.NAME }}.",
  spot: "input",
  properties: {
    description: text("What it is, for people."),
    type: {
      type: ["string", "object"],
      expects: "a JSON Schema type or a schema",
      description: "A JSON Schema type such as string, or a whole schema.",
    },
    from: condition("Where the value comes from, such as event.issue.title."),
    default: anything("The value where none is given."),
    required: yesNo("Whether nothing starts without it (default false)."),
  },
  additionalProperties: false,
};

const agentKeys: Schema = {
  engine: texts("an engine or a list of them", "Who does it: the first engine that can.", {
    words: ["model", "human", "actions", "copilot", "http"],
  }),
  instructions: text("What the agent is told."),
  output_schema: mapOf(anything("A keyword of JSON Schema."), "What it answers: a JSON Schema (draft 07).", {
    expects: "a JSON Schema, that is a map",
  }),
  produces: word(
    ["pull_request"],
    "what the agent produces",
    "pull_request: the result is a pull request linked to the subject.",
  ),
  tools: {
    type: "array",
    items: text("A tool such as repo.read_file."),
    expects: "a list of tools",
    description: "What it may use, such as repo.read_file.",
  },
  limits: map(
    {
      tokens: whole(1, 100_000_000, "The most tokens of one attempt."),
      cost_usd: amount("The most US dollars of one attempt."),
      timeout: ref("duration", "The longest time of one attempt."),
      steps: whole(1, 1000, "The most calls of the model in one attempt."),
    },
    "The bounds of one attempt.",
    { spot: "agent" },
  ),
};

const commands = mapOf(
  texts(
    "a login, @org/team, role:write, or a list of them",
    "Who may use this command: logins, @org/team, role:write.",
  ),
  "Who may use which command (default role:write).",
);

const id: Schema = formed(
  "^[A-Za-z_][A-Za-z0-9_]{0,99}$",
  "an id of letters, digits and _ that begins with a letter or _",
  "Letters, digits and _, not beginning with a digit.",
);

const definitions: Schema = {
  id,
  duration,
  retry,
  step,
  input,
  trigger,
  agent: map(agentKeys, "An agent of this workflow.", { spot: "agent_keys" }),
};

const bareEvent = "^(?!(?:schedule|slash_command)$)";

/** What a workflow says of itself, whether its steps are its own or another's. */
const head: Schema = {
  name: text("The workflow's name, for people."),
  version: text('Your own version, in quotes: "1.0".'),
  description: text("What the workflow is for."),
  status: word(["draft", "active"], "a status", "draft: validated and never triggered (default active)."),
  on: {
    type: ["string", "array", "object"],
    expects: "an event, a list of events or a map",
    description: "What starts it. Without it: commands, the API and the Action only.",
    // These two don't go without saying more.
    pattern: bareEvent,
    items: formed(bareEvent, "an event's name", "An event's name."),
    properties: { schedule, slash_command: slashCommand, dispatch },
    additionalProperties: ref("trigger", "Which of these events start the workflow."),
  },
  permissions: mapOf(
    {
      type: "string",
      expects: "read or write",
      description: "read, write or none.",
      examples: ["read", "write", "none"],
    },
    "What the workflow's token may do, in GitHub's words. Nothing by default.",
  ),
  concurrency: {
    type: ["string", "object"],
    expects: "a group or a map",
    description: "Which executions run one at a time.",
    spot: "concurrency",
    properties: {
      group: text(
        "Executions of the same group run one at a time (default: workflow and subject); may hold {{ }}.",
      ),
      on_conflict: word(
        ["join", "queue", "cancel_running", "reject"],
        "what becomes of a second execution",
        "What becomes of a second one (default cancel_running for pull_request.synchronize and push, else join).",
      ),
    },
    additionalProperties: false,
  },
  cancel_on: texts(
    "closed, merged, unlabeled, a list of them, or none",
    "What cancels the execution: the subject closed or merged by others, the starting label removed (default closed and unlabeled).",
    { minItems: 0, words: ["closed", "merged", "unlabeled", "none"] },
  ),
  report: map(
    {
      comment: word(
        ["auto", "sticky", "when_asked", "none"],
        "a way to report",
        "The comment on the subject (auto: always on issues, on pull requests once someone is asked).",
      ),
      check: text(
        "The check run's name, or none (default HishamOS / the workflow's name).",
        "a check run's name or none",
      ),
      issue: word(
        ["auto", "none"],
        "a choice for the issue",
        "auto: an execution without a subject opens an issue when it first needs a person.",
      ),
    },
    "How the execution is seen on GitHub.",
    { spot: "report" },
  ),
  limits: map(
    {
      timeout: ref("duration", "How long the execution may take."),
      max_steps: whole(1, 1_000_000, "How many steps it may enter (default 20000)."),
      tokens: whole(1, 1_000_000_000, "The most tokens of all its agents."),
      cost_usd: amount("The most US dollars of all its agents."),
      on_budget: word(
        ["pause", "fail"],
        "what happens at the limit",
        "What happens when tokens or cost_usd are spent (default pause).",
      ),
    },
    "The bounds of one execution.",
    { spot: "limits" },
  ),
  commands,
};

/** A workflow of its own steps. */
export const workflowSchema: Schema = {
  $id: "workflow",
  $defs: definitions,
  ...map(
    {
      ...head,
      inputs: mapOf(
        ref("input", "An input."),
        "What is asked for at the start. Without it, every input.x that is read.",
      ),
      defaults: map(
        {
          retry: ref("retry", "The retry of steps that have none; groups and parallels aside."),
          timeout: ref("duration", "The timeout of steps that have none; groups and parallels aside."),
        },
        "What holds for steps that say nothing else.",
        { spot: "defaults" },
      ),
      agents: mapOf(ref("agent", "An agent."), "Agents of this workflow, by name."),
      steps: stepList("The work."),
      finally: stepList("What runs before any end, by success(), failure() or always()."),
      outputs: mapOf(anything("A value; texts may hold {{ }}."), "Named results; texts may hold {{ }}."),
    },
    "A workflow.",
    { required: ["name", "steps"], spot: "workflow" },
  ),
};

/** A workflow whose steps are another's. */
export const usingSchema: Schema = {
  $id: "using",
  $defs: definitions,
  ...map(
    {
      ...head,
      uses: text(
        "The workflow that is used: ./qa.yml, OWNER/REPO/PATH@SHA or library/NAME@VERSION.",
        "a workflow such as library/bug-lifecycle@1.2.0",
      ),
      inputs: mapOf(
        anything("The value; a text may hold {{ }} over the event."),
        "Values for the inputs of the workflow that is used.",
      ),
    },
    "A workflow whose steps are another's.",
    { required: ["uses"], spot: "using" },
  ),
};

export const agentSchema: Schema = {
  $id: "agent",
  $defs: { duration },
  ...map({ name: text("The name that steps use."), ...agentKeys }, "An agent.", {
    required: ["name", "instructions"],
    spot: "agent_keys",
  }),
};

export const configSchema: Schema = {
  $id: "config",
  $defs: {},
  ...map(
    {
      vars: mapOf(anything("Any value."), "Values that expressions read as {{ vars.NAME }}."),
      commands,
    },
    "Settings of the repository.",
    { spot: "config" },
  ),
};
