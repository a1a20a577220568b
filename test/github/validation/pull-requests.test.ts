import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop, unprocessed } from "../shop.ts";

/** Steps of agents wait for a person here, so that what is answered is what counts. */
const bug = `name: Bug
on: { issues: { types: [labeled], labels: [bug], outsiders: run } }
permissions: { contents: read }
agents:
  triage:
    instructions: Tell how bad it is.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer } } }
steps:
  - { id: triage, agent: triage, on_success: assign, on_failure: tell }
  - { id: assign, agent: project-manager, condition: steps.triage.output.severity > 3, on_success: fix, on_skip: tell }
  - { id: fix, agent: qa-agent }
  - { id: tell, agent: project-manager }
`;
const path = ".hishamos/bug.yml";

interface Change {
  readonly files: Readonly<Record<string, string | null>>;
  readonly fork?: boolean;
}

/** Opens a pull request with these files; its number and head. */
function propose({ github }: Shop, { files, fork = false }: Change) {
  const person = github.as(fork ? "stranger" : "mona");
  const from = fork ? github.fork(REPO, "stranger").fullName : REPO;
  const { sha } = person.push({ repo: from, branch: "change", from: "main", message: "Change", files });
  const head = fork ? "stranger:change" : "change";
  const { number } = person.openPullRequest({ repo: REPO, head, title: "Change" });
  return { number, sha };
}

/** The one check run of ours on that commit. */
function checkAt({ github }: Shop, sha: string) {
  const [run, ...others] = github.checkRuns(REPO, sha).filter(({ name }) => name === "HishamOS / validate");
  expect(others).toEqual([]);
  if (run === undefined) throw new Error(`no check run at ${sha}`);
  return { ...run, text: run.output.text ?? "", summary: run.output.summary ?? "" };
}

async function checkOf(shop: Shop, change: Change) {
  const { sha } = propose(shop, change);
  await shop.settled();
  return checkAt(shop, sha);
}

async function aBug(shop: Shop, title: string) {
  const { number } = shop.github.as("mona").openIssue({ repo: REPO, title });
  shop.github.as("mona").label({ repo: REPO, number }, "bug");
  await shop.settled();
  return number;
}

/** A person answers what the execution waits for. */
async function answer(shop: Shop, number: number, words: string) {
  shop.github.as("mona").comment({ repo: REPO, number }, `/hishamos done ${words}`);
  await shop.settled();
}

const widened = bug.replace("contents: read", "contents: write").replace("severity > 3", "severity > 8");

test.for([false, true])(
  "a pull request (from a fork: %j) gets the drawing, what it changes, and what is widened in bold",
  async (fork) => {
    const shop = await openShop({ files: { [path]: bug } });
    const check = await checkOf(shop, { files: { [path]: widened }, fork });
    expect(check).toMatchObject({
      status: "completed",
      conclusion: "success",
      output: { title: "1 valid; 1 widened" },
    });
    expect(check.external_id).toBe(`validate:${check.head_sha}`);
    expect(check.summary).toMatch(
      /^Compared with `main` at [0-9a-f]{7}, for #1\.\n\n\*\*More is possible than before:\*\*\n\n- `\.hishamos\/bug\.yml`: \*\*`contents: write`\*\* \(was `read`\)\n\n- `\.hishamos\/bug\.yml`: 2 changes\n/,
    );
    expect(check.text).toContain(
      "### `.hishamos/bug.yml`\n\n**Changes**\n\n- **`contents: write`** (was `read`)\n",
    );
    expect(check.text).toContain(
      "- `step assign.condition: steps.triage.output.severity > 8` (was `steps.triage.output.severity > 3`)\n",
    );
    expect(check.text).toMatch(/```mermaid\nflowchart TD\n[^`]*\n```$/);
    expect(check.text).toContain("none of the last events starts it");
    expect(await executionsOf(shop)).toEqual([]);
  },
);

test("the last real events go through both definitions, with what really came of their steps, and nothing happens", async () => {
  const shop = await openShop({ files: { [path]: bug } });
  const bad = await aBug(shop, "Bad");
  await answer(shop, bad, "triage severity=5");
  const fine = await aBug(shop, "Fine");
  await answer(shop, fine, "triage severity=1");
  const open = await aBug(shop, "Open");
  shop.clock.advance(2 * 86_400_000 + 60_000);
  const before = JSON.stringify(await executionsOf(shop));
  const writes = () =>
    shop.github
      .requests()
      .filter(
        ({ method, path: at }) =>
          method !== "GET" && !at.includes("check-runs") && !at.includes("access_tokens"),
      ).length;
  const written = writes();

  const check = await checkOf(shop, { files: { [path]: widened } });
  expect(check.summary).toContain("`.hishamos/bug.yml`: 2 changes: 1 of 3 events go another way");
  expect(check.text).toContain(`- #${open} \`issues.labeled\` (2 days ago, assumed): same path\n`);
  expect(check.text).toContain(`- #${fine} \`issues.labeled\` (2 days ago, assumed): same path\n`);
  expect(check.text).toContain(
    [
      `- **→** #${bad} \`issues.labeled\` (2 days ago, assumed): another path, because \`assign\` is skipped: its condition \`steps.triage.output.severity > 8\` is not met`,
      "  - was: `triage` → `assign` → `fix` → *completed*",
      "  - now: `triage` → `assign` (skipped) → `tell` → *completed*",
    ].join("\n"),
  );
  expect(JSON.stringify(await executionsOf(shop))).toBe(before);
  expect(writes()).toBe(written);
});

const starts: readonly { readonly what: string; readonly to: string | null; readonly told: string }[] = [
  {
    what: "another label",
    to: bug.replace("[bug]", "[question]"),
    told: "would no longer start; it went `triage` → ",
  },
  {
    what: "a condition",
    to: bug.replace("outsiders: run }", "outsiders: run, condition: 'event.issue.number > 100' }"),
    told: "would no longer start (its condition is false); it went `triage` → ",
  },
  {
    what: "a draft",
    to: bug.replace("name: Bug", "name: Bug\nstatus: draft"),
    told: "would no longer start (it is a draft)",
  },
  { what: "its removal", to: null, told: "would no longer start; it went" },
  {
    what: "an input that nobody gives",
    to: bug.replace("steps:", "inputs: { size: { required: true } }\nsteps:"),
    told: "was: `triage` → ",
  },
];

test.for(starts)("an event that $what keeps from starting it is named", async ({ to, told }) => {
  const shop = await openShop({ files: { [path]: bug } });
  const number = await aBug(shop, "Bad");
  const { text } = await checkOf(shop, { files: { [path]: to } });
  expect(text).toContain(`- **→** #${number} \`issues.labeled\` (just now, assumed): ${told}`);
});

test("an event that starts what did not start before is named, and only what the payload tells decides", async () => {
  const shop = await openShop({ files: { [path]: bug.replace("[bug]", "[question]") } });
  const number = await aBug(shop, "Bad");
  const asks = bug.replace("outsiders: run }", "outsiders: ignore, roles: admin }");
  const { text } = await checkOf(shop, { files: { [path]: asks } });
  expect(text).toContain(
    `- **→** #${number} \`issues.labeled\` (just now, assumed): would now start: \`triage\` → `,
  );
  expect(text).toContain("Roles, outsiders and the files of pull requests were not asked for.");
});

test.for([
  ["length(subject.files) > 0", true],
  ["subject.number > 0", false],
] as const)("that files of pull requests were not asked for is said where they are read: %s", async (row) => {
  const [condition, said] = row;
  const checked = (name: string) => `name: ${name}
on: { pull_request: { types: [opened], outsiders: run } }
steps: [{ id: one, delay: 1m, condition: "${condition}" }]
`;
  const shop = await openShop({ files: { [path]: checked("Before") } });
  shop.github
    .as("mona")
    .push({ repo: REPO, branch: "topic", from: "main", message: "Work", files: { a: "1" } });
  shop.github.as("mona").openPullRequest({ repo: REPO, head: "topic", title: "Topic" });
  await shop.settled();
  const { text } = await checkOf(shop, { files: { [path]: checked("After") } });
  expect(text).toContain("`pull_request.opened` (just now");
  expect(text.includes("the files of pull requests were not asked for")).toBe(said);
});

test("a workflow's own command is replayed from the comment that gave it", async () => {
  const deploy = (size: string) => `name: Deploy
on: { slash_command: { name: deploy, args: [size], on: [issue] } }
inputs: { size: { from: event.args.size } }
steps:
  - { id: one, agent: qa-agent, condition: input.size == "${size}" }
`;
  const shop = await openShop({ files: { [path]: deploy("big") } });
  const { number } = shop.github.as("mona").openIssue({ repo: REPO, title: "Ship" });
  shop.github.as("mona").comment({ repo: REPO, number }, "/deploy big\n");
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(1);
  const { text } = await checkOf(shop, { files: { [path]: deploy("small") } });
  expect(text).toContain(
    `#${number} \`issue_comment.created\` (just now, assumed): another path, because \`one\` is skipped: its condition \`input.size == "small"\` is not met`,
  );
});

test("new, renamed and removed files are named as such, agents with who uses them, settings by their keys", async () => {
  const agent = (tools: string) => `name: helper\ninstructions: Help.\ntools: [${tools}]\n`;
  const uses = (name: string) => `name: ${name}\nsteps: [{ id: a, agent: helper }]\n`;
  const shop = await openShop({
    files: {
      ".hishamos/old.yml": uses("Old"),
      ".hishamos/gone.yml": uses("Gone"),
      ".hishamos/agents/helper.yml": agent("repo.read_file"),
      ".hishamos/config.yml": "commands: { skip: ['role:admin'] }\n",
    },
  });
  const check = await checkOf(shop, {
    files: {
      ".hishamos/old.yml": null,
      ".hishamos/renamed.yml": uses("Old"),
      ".hishamos/gone.yml": null,
      ".hishamos/new.yml": uses("New"),
      ".hishamos/agents/helper.yml": agent("repo.read_file, issues.search"),
      ".hishamos/config.yml": "commands: { skip: ['role:write'] }\n",
    },
  });
  expect(check.text).toContain("### `.hishamos/renamed.yml` (renamed from `.hishamos/old.yml`)");
  expect(check.text).toContain("### `.hishamos/gone.yml` (removed)");
  expect(check.text).toContain("### `.hishamos/new.yml` (new)");
  expect(check.text).toContain(
    "Used by `.hishamos/new.yml`, `.hishamos/renamed.yml`.\n\n- **`agent helper.tools: repo.read_file, issues.search`** (was `repo.read_file`)",
  );
  expect(check.text).toContain("- **`command skip: role:write`** (was `role:admin`)");
  expect(check.text.match(/agent helper/g)).toHaveLength(1);
  expect(check.output.title).toBe("4 valid; 2 widened");
});

test("a workflow that runs a changed one is held against the events, too", async () => {
  const parent =
    "name: Parent\non: { push: { branches: [main] } }\nsteps: [{ id: qa, workflow: ./qa.yml }]\n";
  const child = (condition: string) =>
    `name: QA\nsteps:\n  - { id: smoke, agent: qa-agent, condition: '${condition}' }\n`;
  const shop = await openShop({ files: { ".hishamos/qa.yml": child("true") } });
  shop.github
    .as("mona")
    .push({ branch: "main", message: "Parent", files: { ".hishamos/parent.yml": parent } });
  await shop.settled();
  const { text } = await checkOf(shop, { files: { ".hishamos/qa.yml": child("false") } });
  expect(text).toMatch(
    /### `\.hishamos\/parent\.yml`\n\n\*\*Changes\*\*\n\n- `runs \S*qa\.yml: \w{7}` \(was `\w{7}`\)/,
  );
  expect(text).toContain("`push` to `main` (just now, assumed): another path, because `qa/smoke` is skipped");
});

test("problems stay annotations, and what is not valid is not compared", async () => {
  const shop = await openShop({ files: { [path]: bug } });
  const check = await checkOf(shop, { files: { [path]: bug.replace("qa-agent", "qa-agnt") } });
  expect(check).toMatchObject({ conclusion: "failure", output: { annotations_count: 1 } });
  expect(check.text).toContain("It is not valid, so there is nothing to compare: see the annotations.");
  const mended = await openShop({ files: { [path]: bug.replace("qa-agent", "qa-agnt") } });
  const { text, conclusion } = await checkOf(mended, { files: { [path]: bug } });
  expect(conclusion).toBe("success");
  expect(text).toContain("What it replaces was not valid, so there is nothing to compare it with.");
});

test("text from definitions calls nobody, closes no fence and forges no Markdown", async () => {
  const hostile = "``` </details> @octocat <!-- hishamos:1 --> #1 ![x](http://x) **`";
  const quoted = JSON.stringify(hostile);
  const text = `name: ${quoted}
description: ${quoted}
on: { issues: { types: [labeled] } }
steps:
  - id: a
    agent: qa-agent
    condition: ${JSON.stringify(`event.issue.title == "${hostile}"`)}
    inputs: { ${quoted}: ${quoted} }
`;
  const shop = await openShop({
    files: { [path]: "name: Bug\non: { issues: {} }\nsteps: [{ id: a, agent: qa-agent }]\n" },
  });
  await aBug(shop, "Bad");
  const check = await checkOf(shop, { files: { [path]: text } });
  for (const said of [check.text, check.summary]) {
    expect(said).not.toBe("");
    // What is left outside of inline code and of the drawing is ours.
    const bare = said
      .replaceAll(/^```mermaid$[^`]*^```$/gm, "")
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, "");
    expect(bare).not.toMatch(/@octocat|<!--|<\/details|!\[|`/);
  }
  expect(check.text).toContain("octocat");
});

test("200 workflows are cut to what GitHub takes; what is widened is told of all the same", async () => {
  const names = Array.from({ length: 200 }, (_, at) => `.hishamos/w${String(at).padStart(3, "0")}.yml`);
  const steps = Array.from({ length: 20 }, (_, at) => `  - { id: s${at}, agent: qa-agent }\n`).join("");
  const text = (name: string, more: string) =>
    `name: ${name}\non: { issues: { types: [labeled], outsiders: hold } }\n${more}steps:\n${steps}`;
  const shop = await openShop({ files: Object.fromEntries(names.map((name) => [name, text("Old", "")])) });
  const check = await checkOf(shop, {
    files: Object.fromEntries(
      names.map((name, at) => [
        name,
        text("Ünïcödé", at === 199 ? "permissions: { contents: write }\n" : ""),
      ]),
    ),
  });
  expect(check.status).toBe("completed");
  expect(Buffer.byteLength(check.text)).toBeLessThanOrEqual(65_535);
  expect(Buffer.byteLength(check.text)).toBeGreaterThan(60_000);
  expect(check.text).toMatch(/… and \d+ more files: too much to be shown here\.$/);
  expect(check.text).toMatch(/^Compared with [^\n]*\n\n### `\.hishamos\/w199\.yml`\n/);
  expect(check.summary).toContain("- `.hishamos/w199.yml`: **`contents: write`** (new)");
});

test("what was validated by its push is one check run with the text of the pull request, also when new commits come", async () => {
  const shop = await openShop({ files: { [path]: bug } });
  const { sha } = shop.github
    .as("mona")
    .push({ branch: "change", from: "main", message: "Change", files: { [path]: widened } });
  await shop.settled();
  expect(checkAt(shop, sha)).toMatchObject({ status: "completed", output: { title: "1 valid", text: null } });
  const { number } = shop.github.as("mona").openPullRequest({ repo: REPO, head: "change", title: "Change" });
  await shop.settled();
  expect(checkAt(shop, sha)).toMatchObject({
    output: { title: "1 valid; 1 widened" },
    text: expect.stringContaining(`for #${number}.`),
  });
  const next = shop.github
    .as("mona")
    .push({ branch: "change", message: "More", files: { [path]: bug.replace("name: Bug", "name: Bugs") } });
  await shop.settled();
  expect(checkAt(shop, next.sha)).toMatchObject({
    output: { title: "1 valid" },
    text: expect.stringContaining("`name: Bugs` (was `Bug`)"),
  });
});

test("an interrupted comparison is gone on with, and one that is there is not written again", async () => {
  const shop = await openShop({ files: { [path]: bug } });
  const problems = Array.from({ length: 60 }, (_, at) => `  - { id: s${at}, agent: nobody-${at} }\n`).join(
    "",
  );
  shop.github.failNext({ method: "PATCH", path: /check-runs/, status: 502 });
  const { sha } = propose(shop, {
    files: { ".hishamos/worse.yml": `name: Worse\nsteps:\n${problems}`, [path]: widened },
    fork: true,
  });
  await shop.settled();
  expect(checkAt(shop, sha)).toMatchObject({ status: "in_progress" });
  shop.clock.advance(2_000);
  await shop.settled();
  const check = checkAt(shop, sha);
  expect(check).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(new Set(check.annotations.map(({ message }) => message)).size).toBe(60);
  expect(check.annotations).toHaveLength(60);

  const delivery = shop.github
    .deliveries()
    .find(({ event, action }) => event === "pull_request" && action === "opened");
  const stored = await shop.stores.deliveries.get(delivery?.guid ?? "");
  if (stored) await shop.stores.deliveries.update(unprocessed(stored));
  const before = shop.github.requests().length;
  await shop.app.stop();
  shop.app.start();
  await shop.settled();
  const again = shop.github.requests().slice(before);
  expect(again.filter(({ method, path: at }) => method !== "GET" && at.includes("check-runs"))).toEqual([]);
});

test("a pull request that touches no definition gets no check run, and neither does a label", async () => {
  const shop = await openShop({ files: { [path]: bug } });
  const { number, sha } = propose(shop, { files: { "src/a.ts": "1" } });
  await shop.settled();
  expect(shop.github.checkRuns(REPO, sha)).toEqual([]);
  const before = shop.github.requests().length;
  shop.github.as("mona").label({ repo: REPO, number }, "question");
  await shop.settled();
  expect(
    shop.github
      .requests()
      .slice(before)
      .filter(({ path: at }) => at.endsWith("/files")),
  ).toEqual([]);
});

test.for([
  [true, true, false],
  [true, false, true],
  [false, true, true],
] as const)(
  "from a fork %j, a reference to a private repository %j is read: %j",
  async ([fork, hidden, read]) => {
    const shop = await openShop({ files: { [path]: bug } });
    shop.github.createRepository({ owner: "acme", name: "shared", private: hidden });
    shop.github.setRole("olga", "admin", "acme/shared");
    const files = { "qa.yml": "name: QA\nsteps: [{ id: secret_step, agent: qa-agent }]\n" };
    const { sha } = shop.github
      .as("olga")
      .push({ repo: "acme/shared", branch: "main", message: "QA", files });
    const uses = `name: Bug\nsteps: [{ id: qa, workflow: "acme/shared/qa.yml@${sha}" }]\n`;
    const check = await checkOf(shop, { files: { [path]: uses }, fork });
    expect(check.conclusion).toBe(read ? "success" : "failure");
    const asked = shop.github.requests().some(({ path: asks }) => asks.includes("/acme/shared/contents/"));
    expect(asked).toBe(read);
  },
);
