import { expect, test } from "vitest";
import { loadWorkflow } from "../../src/definition/index.ts";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const bug = `
name: Bug
on:
  issues:
    labels: [bug]
steps:
  - id: triage
    agent: bug-triage-agent
`;

test("the label that a workflow names starts it, at the default branch's commit, on that issue", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").label(number, "bug");
  await shop.settled();

  const [execution, ...others] = await executionsOf(shop);
  expect(others).toEqual([]);
  expect(execution).toMatchObject({
    workflow: { stem: "bug", path: ".hishamos/bug.yml" },
    repository: { owner: "acme", name: "shop" },
    subject: { type: "issue", number, title: "It breaks", author: "mona", labels: ["bug"] },
    actor: "mona",
    state: "running",
  });
  expect(execution?.workflow.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await shop.outcomes("issues.labeled")).toEqual([
    `processed: started bug ${execution?.id.slice(0, 8)}`,
  ]);
  expect(await shop.outcomes("issues.opened")).toEqual(["ignored: it concerns no workflow"]);
});

const at = (trigger: string, rest = "") =>
  `name: It\non: ${trigger}\n${rest}steps: [{ id: one, agent: qa-agent }]\n`;

const rows: readonly {
  readonly on: string;
  readonly rest?: string;
  readonly when: string;
  readonly starts: boolean;
  readonly act: (shop: Shop) => void;
}[] = [
  {
    on: "{ issues: { types: [opened] } }",
    when: "an issue is opened",
    starts: true,
    act: (shop) => open(shop),
  },
  {
    on: "{ issues: { types: [closed] } }",
    when: "an issue is opened",
    starts: false,
    act: (shop) => open(shop),
  },
  {
    on: "{ issues: { types: [closed] } }",
    when: "an issue is closed",
    starts: true,
    act: (shop) => shop.github.as("mona").closeIssue(open(shop)),
  },
  {
    on: "{ issues: { labels: [BUG] } }",
    when: "the label is written otherwise",
    starts: true,
    act: (shop) => shop.github.as("mona").label(open(shop), "bug"),
  },
  {
    on: "{ issues: { labels: [bug] } }",
    when: "another label is put on",
    starts: false,
    act: (shop) => shop.github.as("mona").label(open(shop), "question"),
  },
  {
    on: "{ issues: { labels: [bug] } }",
    when: "the label is gone before the delivery is processed",
    starts: false,
    act: (shop) => {
      const issue = open(shop);
      shop.github.as("mona").label(issue, "bug");
      shop.github.as("mona").unlabel(issue, "bug");
    },
  },
  {
    on: "{ issues: { labels: [bug] } }",
    when: "the issue is closed before the delivery is processed",
    starts: false,
    act: (shop) => {
      const issue = open(shop);
      shop.github.as("mona").label(issue, "bug");
      shop.github.as("mona").closeIssue(issue);
    },
  },
  {
    on: "{ issues: { types: [opened], roles: [write] } }",
    when: "somebody below the role opens it",
    starts: false,
    act: (shop) => shop.github.as("reader").openIssue({ title: "It breaks" }),
  },
  {
    on: "{ issues: { types: [opened], roles: [write] } }",
    when: "somebody of the role opens it",
    starts: true,
    act: (shop) => open(shop),
  },
  {
    on: `{ issues: { types: [opened], condition: "startsWith(event.issue.title, 'It')" } }`,
    when: "the condition holds",
    starts: true,
    act: (shop) => open(shop),
  },
  {
    on: `{ issues: { types: [opened], condition: "contains(subject.title, 'crash')" } }`,
    when: "the condition does not hold",
    starts: false,
    act: (shop) => open(shop),
  },
  {
    on: "{ issues: { types: [opened] } }",
    rest: "status: draft\n",
    when: "it is a draft",
    starts: false,
    act: (shop) => open(shop),
  },
  {
    on: "{ issue_comment: { types: [created] } }",
    when: "a bot comments",
    starts: false,
    act: (shop) => {
      shop.github.createUser("robot[bot]", "Bot");
      shop.github.as("robot[bot]").comment(open(shop), "beep");
    },
  },
  {
    on: "{ issue_comment: { types: [created], own: true } }",
    when: "a bot comments and only our own events are let in",
    starts: false,
    act: (shop) => {
      shop.github.createUser("robot[bot]", "Bot");
      shop.github.as("robot[bot]").comment(open(shop), "beep");
    },
  },
  {
    on: "{ issue_comment: { types: [created] } }",
    when: "a bot on the allowlist comments",
    starts: true,
    act: (shop) => {
      shop.github.createUser("Trusted[bot]", "Bot");
      shop.github.as("Trusted[bot]").comment(open(shop), "beep");
    },
  },
  {
    on: "{ push: { branches: [topic] } }",
    when: "the branch is pushed",
    starts: true,
    act: (shop) => push(shop),
  },
  {
    on: "{ push: { branches: [main] } }",
    when: "another branch is pushed",
    starts: false,
    act: (shop) => push(shop),
  },
  {
    on: '{ push: { paths: ["src/**"] } }',
    when: "a path is changed",
    starts: true,
    act: (shop) => push(shop),
  },
  {
    on: '{ push: { paths: ["docs/**"] } }',
    when: "none of its paths is changed",
    starts: false,
    act: (shop) => push(shop),
  },
  {
    on: '{ pull_request: { branches: [main], paths: ["src/**"] } }',
    when: "a pull request is opened",
    starts: true,
    act: (shop) => {
      push(shop);
      shop.github.as("mona").openPullRequest({ title: "Topic", head: "topic" });
    },
  },
  {
    on: "{ pull_request: { branches: [release] } }",
    when: "a pull request to another branch is opened",
    starts: false,
    act: (shop) => {
      push(shop);
      shop.github.as("mona").openPullRequest({ title: "Topic", head: "topic" });
    },
  },
];

function open(shop: Shop): number {
  return shop.github.as("mona").openIssue({ title: "It breaks" }).number;
}

function push(shop: Shop): void {
  shop.github
    .as("mona")
    .push({ branch: "topic", from: "main", message: "Topic", files: { "src/a.ts": "1" } });
}

test.for(rows)("on: $on, when $when, starts: $starts", async ({ on, rest, act, starts }) => {
  const shop = await openShop({ files: { ".hishamos/it.yml": at(on, rest) }, started: false });
  act(shop);
  await shop.settled();
  shop.app.start();
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(starts ? 1 : 0);
});

test("a file that is not valid starts nothing and keeps the others from nothing", async () => {
  const files = { ".hishamos/a.yml": "name: [", ".hishamos/it.yml": at("{ issues: { types: [opened] } }") };
  const shop = await openShop({ files });
  open(shop);
  await shop.settled();
  expect((await executionsOf(shop)).map(({ workflow }) => workflow.stem)).toEqual(["it"]);
});

test("a second start on the same subject joins the first", async () => {
  const files = { ".hishamos/bug.yml": bug.replace("labels: [bug]", "types: [labeled]") };
  const shop = await openShop({ files });
  const issue = open(shop);
  shop.github.as("mona").label(issue, "bug");
  await shop.settled();
  shop.github.as("mona").label(issue, "question");
  await shop.settled();
  const [execution, ...others] = await executionsOf(shop);
  expect(others).toEqual([]);
  const outcomes = await shop.outcomes("issues.labeled");
  expect(outcomes[1]).toContain(`joined bug ${execution?.id.slice(0, 8)}`);
});

test("an input that nothing gives is asked for once, on the issue", async () => {
  const inputs = "inputs: { severity: { type: integer, required: true } }\n";
  const shop = await openShop({
    files: { ".hishamos/it.yml": at("{ issues: { types: [opened] } }", inputs) },
  });
  const issue = open(shop);
  await shop.settled();
  expect(await executionsOf(shop)).toEqual([]);
  expect(shop.github.comments(REPO, issue).map(({ body }) => body)).toEqual([
    expect.stringMatching(
      /^I could not start `it`:\n\n- input severity is missing.*\n\nStart it by hand with `\/hishamos run it/,
    ),
  ]);
});

test("an execution keeps the repository's agents that it started with", async () => {
  const agent =
    "agent:\n  name: tester\n  instructions: Test it.\n  limits: { timeout: 5m }\n  output_schema: { type: object, required: [passed] }\n";
  const workflow =
    "workflow:\n  name: Test\n  on: { issues: { types: [opened] } }\n  steps: [{ id: test, agent: tester }]\n";
  const shop = await openShop({
    files: { ".hishamos/agents/tester.yml": agent, ".hishamos/test.yml": workflow },
  });
  open(shop);
  await shop.settled();
  const [execution] = await executionsOf(shop);
  const pinned = await shop.stores.definitions.get(execution?.workflow.hash ?? "");
  const files = new Map(Object.entries(pinned?.files ?? {}));
  const loaded = loadWorkflow(pinned?.text ?? "", pinned?.path ?? "", { files });
  expect(loaded.problems).toEqual([]);
  expect("workflow" in loaded && loaded.workflow.agents.get("tester")).toMatchObject({
    name: "tester",
    instructions: "Test it.",
    limits: { timeoutMs: 300_000 },
    outputSchema: { required: ["passed"] },
  });
  expect(execution?.steps["test"]?.runs.at(-1)?.state).toBe("running");
});

test("definitions are read again only when they changed", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  open(shop);
  await shop.settled();
  const before = shop.github.requests().length;
  open(shop);
  await shop.settled();
  const asked = shop.github
    .requests()
    .slice(before)
    .map(({ method, path, status }) => `${method} ${path} ${status}`);
  expect(asked).toEqual(["GET /repos/acme/shop/git/ref/heads%2Fmain 304"]);

  shop.github.as("mona").push({
    branch: "main",
    message: "Start at once",
    files: { ".hishamos/bug.yml": bug.replace("labels: [bug]", "types: [opened]") },
  });
  await shop.settled();
  open(shop);
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(1);
});
