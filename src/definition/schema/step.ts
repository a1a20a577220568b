import { textLimits } from "../limits.ts";
import {
  anything,
  condition,
  exactlyOne,
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

/** What a step does: exactly one of these keys. */
export const kindKeys = [
  "agent",
  "action",
  "approval",
  "wait_for",
  "delay",
  "workflow",
  "parallel",
  "steps",
] as const;

/** What a wait_for map waits for: exactly one of these keys. */
export const waitKeys = ["event", "checks", "pull_request"] as const;

/** In $defs, for it is within itself. */
export function stepList(description: string): Schema {
  return {
    type: "array",
    minItems: 1,
    maxItems: textLimits.steps,
    items: ref("step", "A step."),
    expects: "a list of steps",
    description,
  };
}

export const retry: Schema = {
  type: ["integer", "object"],
  expects: "a number of attempts or a map",
  description: "How often and when a failed attempt is tried again.",
  minimum: 1,
  maximum: 100,
  properties: {
    max_attempts: whole(1, 100, "All attempts together, the first included (default 3)."),
    backoff: map(
      {
        initial: ref("duration", "The pause before the second attempt (default 10s)."),
        factor: {
          type: "number",
          minimum: 1,
          maximum: 10,
          expects: "a number from 1 to 10",
          description: "What each further pause is multiplied by (default 2).",
        },
        max: ref("duration", "The longest pause (default 5m)."),
        jitter: yesNo("Whether pauses vary a little, so that not all come back at once (default true)."),
      },
      "The pauses between attempts.",
    ),
    on: texts("a failure class or a list of them", "Which failures are tried again (default all).", {
      words: ["transient", "timeout", "error"],
    }),
  },
  additionalProperties: false,
};

const approval: Schema = {
  spot: "approval",
  type: ["object", "null"],
  expects: "a map",
  description: "People decide: by command, button or review.",
  properties: {
    from: texts(
      "a login, @org/team, role:write, or a list of them",
      "Who may decide: logins, @org/team, role:write (default role:write).",
    ),
    count: whole(1, 50, "How many different people must approve (default 1)."),
    by: texts("a way to decide or a list of them", "How they may decide (default: every way).", {
      words: ["command", "button", "review"],
    }),
    exclude: texts(
      "a login, actor, author, or a list of them",
      "Who may not decide: logins, actor (who started it), author (of the subject). Default: actor and author.",
      { minItems: 0 },
    ),
    message: text("The question that is asked; may hold {{ }}."),
  },
  additionalProperties: false,
};

const waitFor: Schema = {
  spot: "wait_for",
  type: ["string", "array", "object"],
  expects: "an event, a list of events or a map",
  description: "Waits for an event, for checks, or for the pull request.",
  items: text("An event such as pull_request.closed."),
  minItems: 1,
  properties: {
    event: texts(
      "an event such as pull_request.closed or a list of them",
      "The event, or several of which any will do. The event is the step's output.",
    ),
    checks: {
      type: ["string", "array"],
      pattern: "^(?:required|all)$",
      minItems: 1,
      items: text("A check's name."),
      expects: "required, all or a list of check names",
      description: "The checks that must succeed on the pull request: required, all, or those named.",
    },
    pull_request: word(["merged", "closed"], "a pull request's end", "The pull request's end."),
    match: condition("Which of these events counts, by its payload as event."),
    fail_if: condition("The event, as self, means that the step failed."),
    since: condition(
      "Time from which on events count, as milliseconds (default: when the step before it was entered).",
    ),
  },
  additionalProperties: false,
  ...exactlyOne(waitKeys, ["string", "array"]),
};

const parallel = map(
  {
    join: {
      type: ["string", "integer"],
      pattern: "^(?:all|any)$",
      minimum: 1,
      maximum: textLimits.steps,
      expects: "all, any or a number of branches",
      description:
        "How many branches must succeed: all (default), any, or a number. The others are cancelled.",
    },
    steps: stepList("The branches, one step each; a branch of several steps is a steps group."),
  },
  "Steps that begin at once. The output is a map by the branches' ids.",
  { required: ["steps"], spot: "parallel" },
);

const forEach = map(
  {
    in: {
      type: ["string", "array"],
      pattern: "\\{\\{",
      expects: "a list or an expression in {{ }}",
      description: 'The list: "{{ steps.find.output }}" or items written out, at most 256.',
      items: anything("An item."),
      maxItems: 256,
    },
    as: ref("id", "The name under which expressions read the item (default item); its number is index."),
    max_parallel: whole(1, 256, "How many items are worked on at once (default 10)."),
    fail_fast: yesNo("Whether the first failed item cancels the others (default true)."),
  },
  "The step once for each item of a list. The output is the list of outputs in order.",
  { required: ["in"], spot: "for_each" },
);

const repeat = map(
  {
    until: condition("Ends the repetition, with the iteration's output as self."),
    every: ref("duration", "The pause between iterations (default none)."),
    max: whole(1, 100_000, "The most iterations (default 100); more fail the step, or follow on_exhausted."),
  },
  "The step again and again. The output is the last iteration's.",
  { spot: "repeat" },
);

const safeOutput = (more: Schema, description: string): Schema =>
  map({ max: whole(1, 100, "How many of them at most."), ...more }, description, {
    type: ["object", "null"],
    spot: "safe_outputs",
  });

const safeOutputs: Schema = {
  spot: "safe_outputs",
  type: ["array", "object"],
  expects: "a list of comment, labels and issue, or a map",
  description: "What an agent may have done for it after its work.",
  items: { type: "string", expects: "a text", examples: ["comment", "labels", "issue"] },
  minItems: 1,
  properties: {
    comment: safeOutput({}, "Comments on the subject (default at most 1)."),
    labels: safeOutput(
      { allowed: texts("a label or a list of labels", "The only labels that it may set (default any).") },
      "Labels of the subject (default at most 3).",
    ),
    issue: safeOutput({}, "New issues (default at most 1)."),
  },
  additionalProperties: false,
};

const target = (when: string): Schema => text(`The step that follows ${when}.`, "the id of a step");

export const step: Schema = map(
  {
    id: ref("id", "The step's name, by which routes, expressions and commands call it."),
    agent: text("Someone thinks: a role works on inputs.", "an agent's name"),
    action: text(
      "A method of octokit.rest such as issues.addLabels, or http.request, actions.run, comment.sticky.",
      "an action such as issues.addLabels",
    ),
    approval,
    wait_for: waitFor,
    delay: text("How long to wait: 90s, 10m, 2h, 7d, or {{ }}.", "a duration such as 90s, 10m, 2h or 7d"),
    workflow: text(
      "A workflow to run as a child: ./qa.yml, OWNER/REPO/PATH@SHA or library/NAME@VERSION.",
      "a workflow such as ./qa.yml",
    ),
    parallel,
    steps: stepList(
      "A group of steps that run by their own order and routes. The output is a map by their ids.",
    ),
    inputs: mapOf(
      anything("A value; texts may hold {{ }}."),
      "What the step works on; texts may hold {{ }}.",
    ),
    condition: condition("The step is skipped unless this is true."),
    on_success: target("when this one succeeded"),
    on_failure: target("when this one failed, its retries spent"),
    on_skip: target("when this one was skipped"),
    on_timeout: target("when this one took too long (default: on_failure)"),
    on_exhausted: target("when this one may not be entered again"),
    retry: ref("retry", "How often and when a failed attempt is tried again."),
    timeout: ref("duration", "How long one attempt, or the wait, may take."),
    remind: map(
      {
        every: ref("duration", "The time between reminders."),
        max: whole(1, 100, "The most reminders (default 3)."),
      },
      "Reminds people of a step that waits for them.",
      { required: ["every"] },
    ),
    max_visits: whole(1, 1000, "How often the step may be entered; then on_exhausted is followed."),
    for_each: forEach,
    repeat,
    fail_if: condition("The step failed where this is true, with its output as self."),
    conclude: word(["completed", "failed"], "an ending", "Ends the execution after this step."),
    subject: {
      type: ["string", "integer"],
      minimum: 1,
      pattern: "\\{\\{",
      expects: 'a number or an expression such as "{{ steps.create.output.number }}"',
      description: "The number of another issue or pull request that this step is about.",
    },
    unique: text(
      "A key: what any execution has made under it already is used, not made again; may hold {{ }}.",
    ),
    secrets: texts(
      "a secret's name or a list of them",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which a header names a secret
      "Names of secrets that the headers of http.request may use, as ${NAME}.",
      {
        items: formed(
          "^[A-Za-z_][A-Za-z0-9_]{0,99}$",
          "a secret's name such as SLACK_TOKEN",
          "A secret's name.",
        ),
      },
    ),
    safe_outputs: safeOutputs,
  },
  "A step: an id, exactly one kind, and any modifiers.",
  { required: ["id"], spot: "step", expects: "a step, that is a map", ...exactlyOne(kindKeys) },
);
