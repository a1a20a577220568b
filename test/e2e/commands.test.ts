import { afterAll, beforeAll, expect, test } from "vitest";
import { createResponseChecker } from "../sandbox/openapi.ts";
import { inDirectory, isShown, type Place, REPO, readBugLifecycle, Stage } from "./stage.ts";

const small = `name: Small
on:
  slash_command: { name: tidy }
permissions:
  issues: write
steps:
  - id: ask
    agent: qa-agent
    inputs:
      what: Look at it
  - id: wait
    approval:
      from: ["role:write"]
  - id: label
    action: issues.addLabels
    inputs:
      issue_number: "{{ subject.number }}"
      labels: [tidied]
`;

let place: Place;
let stage: Stage;
const wrong: string[] = [];
const checker = createResponseChecker();

beforeAll(async () => {
  const { workflow, scenario } = await readBugLifecycle();
  place = await inDirectory();
  stage = await Stage.open(place, {
    files: { ".hishamos/bug-lifecycle.yml": workflow, ".hishamos/small.yml": small },
    collaborators: scenario.people,
    labels: ["bug", "tidied"],
  });
  stage.sandbox.on("request", (record) => wrong.push(...checker.checkResponse(record)));
  await stage.start();
});
afterAll(async () => {
  await stage.close();
  await place.remove();
});

/** Writes the comment, as quinn who has the role write, and waits for the reaction to it. */
async function says(number: number, body: string, reaction: "+1" | "-1" = "+1", by = "quinn"): Promise<void> {
  const { sandbox } = stage;
  const { id } = sandbox.as(by).comment({ repo: REPO, number }, body);
  await stage.until(`a reaction to ${body}`, () => {
    const reactions = sandbox.comments(REPO, number).find((comment) => comment.id === id)?.reactions;
    const done = reaction === "+1" ? reactions?.["+1"] : reactions?.confused;
    return (done ?? 0) > 0;
  });
}

const shows = (number: number, state: Parameters<typeof isShown>[1]) =>
  stage.until(`#${number} to be shown as ${state}`, () =>
    stage.said(number).some((body) => isShown(body, state)),
  );

test("every command works in a comment", async () => {
  const { sandbox } = stage;
  const { number } = sandbox.as("alice").openIssue({ repo: REPO, title: "Untidy" });

  await says(number, "/hishamos help");
  expect(await stage.says(number, /\| Command \| What it does \|/)).toContain("/hishamos run WORKFLOW");
  await says(number, "/hishamos status", "-1");
  await stage.says(number, /No workflow has run here/);
  await says(number, "/hishamos run smal", "-1");
  await stage.says(number, /Did you mean `small`\?/);

  await says(number, "/hishamos run small");
  await stage.says(number, /A person is needed: `ask`/);
  await says(number, "/hishamos status");
  await stage.says(
    number,
    /\| Small \| `\w{8}` \| running \| `ask` waits for a person's answer \([\w-]+\) \|/,
  );

  await says(number, "/hishamos pause for lunch");
  await shows(number, "paused");
  await says(number, "/hishamos pause", "-1");
  await says(number, "/resume");
  await shows(number, "running");

  await says(number, "/hishamos skip ask not needed");
  await stage.says(number, /Approval needed: `wait`/);
  await says(number, "/hishamos skip wait", "-1");
  // Who started it does not decide.
  await says(number, "/reject", "-1");
  await says(number, "/reject not yet", "+1", "maya");
  await shows(number, "failed");

  await says(number, "/hishamos retry from ask");
  await shows(number, "running");
  await stage.until(
    "the question again",
    () => stage.said(number).filter((body) => /needed: `ask`/.test(body)).length === 2,
  );
  await says(number, '/hishamos done ask passed=true notes="All good"');
  await stage.until(
    "the approval again",
    () => stage.said(number).filter((body) => /needed: `wait`/.test(body)).length === 2,
  );

  await says(number, "/hishamos cancel");
  await shows(number, "cancelled");
  await says(number, "/retry");
  await stage.until(
    "the approval once more",
    () => stage.said(number).filter((body) => /needed: `wait`/.test(body)).length === 3,
  );
  await says(number, "/approve", "+1", "maya");
  await shows(number, "completed");
  expect(sandbox.issue(REPO, number).labels).toContainEqual(expect.objectContaining({ name: "tidied" }));
  await says(number, "/hishamos cancel", "-1");
});

test("a workflow's own command starts it", async () => {
  const { number } = stage.sandbox.as("alice").openIssue({ repo: REPO, title: "Untidy too" });
  await says(number, "/tidy");
  expect(await stage.says(number, /A person is needed: `ask`/)).toContain("Look at it");
  await says(number, "/cancel");
  await shows(number, "cancelled");
});

test("a deployment is approved by a button of the check run on the pull request", async () => {
  const { sandbox } = stage;
  const issue = {
    repo: REPO,
    number: sandbox.as("alice").openIssue({ repo: REPO, title: "It breaks" }).number,
  };
  const maya = sandbox.as("maya");
  maya.label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  maya.comment(issue, "/hishamos done triage severity=5 summary=broken component=shop");
  await stage.says(issue.number, /A person is needed: `assign`/);
  maya.comment(issue, "/hishamos done assign assignee=tom");
  await stage.says(issue.number, /A person is needed: `fix`/);
  const tom = sandbox.as("tom");
  tom.push({ repo: REPO, branch: "fix/it", files: { "src/fix.js": "fixed\n" }, message: "Fix it" });
  const { number: pull } = tom.openPullRequest({
    repo: REPO,
    head: "fix/it",
    title: "Fix it",
    body: `Fixes #${issue.number}`,
  });

  const button = (title: RegExp, identifier: string) =>
    stage.until(`a button ${identifier} where ${title}`, () =>
      sandbox
        .checkRuns(REPO, pull)
        .find(
          ({ name, output, actions }) =>
            name === "HishamOS / Bug Lifecycle" &&
            title.test(output.title ?? "") &&
            actions.some((action) => action.identifier === identifier),
        ),
    );
  const review = await button(/code_review waits for approval/, "approve");
  expect(review.conclusion).toBe("action_required");
  // Its author is excluded; who may not is told where the button is.
  tom.clickCheckRunAction(review.id, "approve");
  await stage.says(pull, /can't take `approve` from `tom`/);
  sandbox.as("quinn").clickCheckRunAction(review.id, "approve");
  await stage.says(issue.number, /A person is needed: `qa_test`/);
  sandbox.as("quinn").comment(issue, "/hishamos done qa_test passed=true notes=good");

  const deploy = await button(/approve_deploy waits for approval/, "approve");
  sandbox.as("quinn").clickCheckRunAction(deploy.id, "approve");
  await stage.says(issue.number, /A person is needed: `deploy`/);
  maya.comment(issue, "/hishamos done deploy environment=production url=https://shop.example");
  await shows(issue.number, "completed");
  await stage.until("the check run to succeed", () =>
    sandbox
      .checkRuns(REPO, pull)
      .some(({ name, conclusion }) => name.startsWith("HishamOS") && conclusion === "success"),
  );
});

test("GitHub's own description of its API knows every answer that this took", () => {
  expect(wrong).toEqual([]);
});
