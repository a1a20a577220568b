// The shape of `.hishamos/tests/*.yml`, made as that of workflows is: no oneOf and anyOf, the keywords of each form stand
// side by side, `expects` completes "… must be", `description` is what an editor shows.
import {
  text as anyText,
  anything,
  formed,
  map,
  mapOf,
  ref,
  type Schema,
  whole,
  word,
  yesNo,
} from "./parts.ts";

const text = (description: string, expects?: string): Schema => ({
  ...anyText(description, expects),
  maxLength: 65_536,
});
const login = (description: string): Schema =>
  formed("^[A-Za-z0-9][A-Za-z0-9_-]{0,98}(?:\\[bot\\])?$", "a login", description);
const list = (items: Schema, description: string, expects = "a list"): Schema => ({
  type: "array",
  expects,
  description,
  items,
});
const listOrMap = (schema: Schema): Schema => ({ type: ["array", "object"], ...schema });
const textOrMap = (schema: Schema): Schema => ({ type: ["string", "object"], ...schema });
const payload = (description: string): Schema => ({
  type: ["object", "null"],
  expects: "a payload, that is a map",
  description,
});

const files = (description: string): Schema =>
  mapOf(text("What is in the file.", "a file's text"), description, { expects: "a map of paths to texts" });
const yes = (description: string): Schema => ({ const: true, expects: "true", description });
const label = (description: string): Schema => text(description, "a label");
const conclusion = (description: string): Schema => text(description, "a conclusion such as success");

const change = {
  branch: {
    type: "string",
    minLength: 1,
    maxLength: 200,
    expects: "a branch",
    description: "The branch that is pushed to; it is made from the default branch where there is none.",
  },
  files: files("By path what the files hold then; one file of any content unless given."),
  message: text("The commit's message."),
};

/** What one person does on GitHub; `as` says who. */
const deeds = {
  as: login("Who does it. With this key the answer is something that is done on GitHub."),
  comments: text("Writes this comment; /hishamos and slash commands are heard."),
  labels: label("Puts this label on."),
  unlabels: label("Takes this label off."),
  assigns: login("Assigns this person."),
  closes: yes("Closes the issue, or the pull request where there is none."),
  reopens: yes("Opens it again."),
  merges: yes("Merges the pull request."),
  pushes: map(change, "Pushes to a branch.", { required: ["branch"] }),
  reviews: map(
    {
      event: word(["approve", "request_changes", "comment"], "a kind of review", "What the review comes to."),
      body: text("What the review says."),
    },
    "Reviews the pull request.",
    { required: ["event"] },
  ),
  clicks: text("Presses the button of this identifier on the check run.", "a button's identifier"),
};

const answer = map(
  {
    output: anything("What the agent or the action gives back. The action is then not done."),
    by: login("Who answers, in a comment. Without it the answer is there at once, as a model's."),
    after: ref("duration", "How long they take, so that reminders and timeouts can come first."),
    fail: textOrMap({
      expects: "transient, timeout, error, or a map; with by a person's reason",
      description:
        "Lets the attempt fail: transient, timeout, error, or what the error says. With by: the reason of a person who says that it can't be done.",
      properties: {
        class: word(
          ["transient", "timeout", "error"],
          "a failure class",
          "What retry.on goes by (default error).",
        ),
        code: text("The error's code, as error.code (default the class).", "an error's code"),
        message: text("The error's message, as error.message."),
      },
      additionalProperties: false,
    }),
    times: whole(1, 100, "How many attempts fail before the next answer, or the work itself (default all)."),
    approve: {
      ...login("Who approves: one person, or a list of those that it takes."),
      type: ["string", "array"],
      expects: "a login or a list of them",
      items: login("Who approves."),
    },
    reject: login("Who rejects."),
    reason: text("Why it is approved or rejected."),
    pull_request: map(
      { ...change, title: text("Its title."), body: text("Its body (default: Closes #ISSUE).") },
      "Opens the pull request that the agent is to make; at later visits pushes to it.",
    ),
    event: mapOf(
      payload("As much of its payload as matters."),
      "The event that the wait is for: EVENT.ACTION and its payload.",
      { expects: "an event" },
    ),
    checks: mapOf(
      conclusion("How it ends: success, failure, cancelled or another."),
      "How the checks end on the pull request's head, by their names.",
      { expects: "a map of checks to conclusions" },
    ),
    run: map(
      {
        conclusion: conclusion("How it ends: success (the default), failure, cancelled or another."),
        output: anything("What its artifact hishamos-output holds: the step's results."),
      },
      "How the GitHub Actions run ends that the step has dispatched.",
    ),
    ...deeds,
  },
  "Does exactly one thing; a list has one answer for each visit.",
  {
    type: ["object", "array"],
    expects: "an answer or a list of them, one for each visit",
    items: ref("answer", "The answer at this visit."),
  },
);

const issue = map(
  {
    title: text("Its title."),
    body: text("Its body."),
    author: login("Who opened it."),
    labels: list(label("A label on it."), "The labels on it."),
    assignees: list(login("Who is assigned."), "Who is assigned."),
    state: word(["open", "closed"], "a state", "open or closed (default open)."),
  },
  "An issue. The first one is number 1.",
);

const pullRequest = map(
  {
    ...change,
    title: text("Its title."),
    body: text("Its body."),
    author: login("Who opened it."),
    labels: list(label("A label on it."), "The labels on it."),
    draft: yesNo("Whether it is a draft."),
    fork: yesNo("Whether it comes from its author's fork."),
  },
  "An open pull request; they are numbered after the issues. An author whose login ends in [bot] is a bot.",
);

const github = map(
  {
    repository: formed("^[^/ ]+/[^/ ]+$", "OWNER/NAME", "The repository, as OWNER/NAME (default acme/shop)."),
    collaborators: mapOf(
      word(["none", "read", "triage", "write", "maintain", "admin"], "a role", "The person's role."),
      "People with their roles. Who is not listed has write.",
      { expects: "a map of logins to roles" },
    ),
    teams: mapOf(
      list(login("A member."), "Its members."),
      "Teams as ORG/TEAM with their members, for approvals from @ORG/TEAM.",
      { expects: "a map of ORG/TEAM to logins" },
    ),
    labels: list(label("A label."), "The labels that the repository has."),
    files: files("Files of the default branch, by path. What is in .hishamos/ is there already."),
    issues: list(issue, "Issues that are there before, from number 1 on."),
    pull_requests: list(pullRequest, "Pull requests that are open before."),
    required_checks: mapOf(
      list(text("A check's name.", "a check's name"), "The checks that the branch requires."),
      "By branch what its rules require, for wait_for: {checks: required}.",
      { expects: "a map of branches to checks" },
    ),
  },
  "What is on GitHub before. A case adds to what the file says; an empty list takes that away.",
);

const stepState = (description: string): Schema =>
  word(["completed", "failed", "skipped", "waiting"], "a step's state", description);

const expectation = map(
  {
    state: word(
      ["completed", "failed", "cancelled", "running", "paused", "not_started"],
      "a state",
      "How the run stands when nothing is to come any more.",
    ),
    steps: listOrMap({
      expects: "a list of steps in their order, or a map of steps to what they come to",
      description:
        "A list of all steps visited, in their order (those skipped or inside a group only where one of them is named); or a map of some steps to what they come to.",
      items: textOrMap({
        expects: "a step, or a map of a step to its state",
        description: "A step that was visited, or one with the state that it came to.",
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: stepState("What the visit came to."),
      }),
      additionalProperties: textOrMap({
        expects: "a step's state or a map",
        description: "What the step's last visit came to.",
        properties: {
          state: stepState("What the last visit came to."),
          visits: {
            ...whole(0, 100_000, "How often the step was entered; skipped does not count."),
            expects: "a whole number",
          },
          input: anything("What the step was given; of maps what is named."),
          output: anything("What the step gave back; of maps what is named."),
          error: text("The code of the error that it failed with.", "an error's code"),
        },
        additionalProperties: false,
      }),
    }),
    comments: list(
      textOrMap({
        expects: "a text that a comment has in it, or a map",
        description: "A text that some comment has in it; white space does not count.",
        properties: { not: text("A text that no comment has in it.") },
        required: ["not"],
        additionalProperties: false,
      }),
      "Texts in comments on the subject and its pull request, the table of steps aside.",
      "a list of texts",
    ),
    labels: listOrMap({
      expects: "a list of all labels, or a map with has and not",
      description: "All labels of the subject, or those that it has and has not among others.",
      items: label("A label on it."),
      properties: {
        has: list(label("A label on it."), "Labels that are on it."),
        not: list(label("A label that is not on it."), "Labels that are not on it."),
      },
      additionalProperties: false,
    }),
    assignees: list(login("Who is assigned."), "All who are assigned."),
    issue: word(["open", "closed"], "a state", "How the issue stands at the end."),
    pull_request: word(["open", "closed", "merged"], "a state", "How the pull request stands at the end."),
    outputs: anything("The workflow's outputs; of maps what is named."),
    error: textOrMap({
      expects: "an error's code or a map",
      description: "The error that the run failed with: its code, or what is named.",
      properties: {
        step: text("The step that failed."),
        code: text("The error's code."),
        message: text("A part of its message."),
      },
      additionalProperties: false,
    }),
  },
  "What is to come of it. What is left out is not looked at.",
);

const caseKeys: Schema = {
  name: text("What is to happen, as a sentence.", "a text that says what is to happen"),
  event: textOrMap({
    expects: "an event such as issues.labeled, with its payload",
    description:
      "What starts it: EVENT.ACTION, or schedule, with as much of its payload as matters. Without it the inputs alone.",
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: payload("The payload in GitHub's words, or short: label: bug, author: alice."),
  }),
  input: mapOf(anything("The input's value."), "Inputs of the workflow, as a call would give them."),
  github,
  answers: mapOf(
    ref("answer", "One answer for every visit, or a list, one for each."),
    "By step what people, agents and GitHub answer: fix, fix#2 for its second visit, checks/lint in a group, each[0] for an item, qa/smoke in a child workflow.",
    { expects: "a map of steps to answers" },
  ),
  crash: {
    ...text(
      "The service dies in the work of this step, or of each of a list, and is started again.",
      "a step",
    ),
    type: ["string", "array"],
    expects: "a step or a list of them",
    minItems: 1,
    maxItems: 100,
    items: text("The service dies in the work of this step, and is started again.", "a step"),
  },
  time: ref("duration", "How long to play at most; until nothing is to come any more unless given."),
  expect: expectation,
};

const workflow = text(
  "The workflow under test: its file's name in the folder above, without ending, or its path from there.",
  "a workflow's name or path",
);

/** `.hishamos/tests/*.yml`: one case, or a list of them with what they share above. */
export const testsSchema: Schema = {
  $id: "tests",
  $defs: {
    duration: formed(
      "^[0-9]{1,12}(?:\\.[0-9]{1,3})?(?:ms|s|m|h|d)$",
      "a duration such as 90s, 10m, 2h or 7d",
      "A duration such as 90s, 10m, 2h or 7d.",
    ),
    answer,
    case: map({ workflow, ...caseKeys }, "One case; what stands above holds for it too.", {
      required: ["name", "expect"],
    }),
  },
  ...map(
    {
      workflow,
      ...caseKeys,
      cases: {
        type: "array",
        minItems: 1,
        maxItems: 1000,
        items: ref("case", "One case."),
        expects: "a list of cases",
        description: "The cases; what stands above holds for each. A file with one case needs none.",
      },
    },
    "Tests of a workflow.",
  ),
};
