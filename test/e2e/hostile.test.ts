import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../src/sandbox/scenario/scenario.ts";
import { inDirectory, isShown, type Place, REPO, readBugLifecycle, SECRET, Stage } from "./stage.ts";

// One service takes it all, one thing after the other, and does its work in the end.
let place: Place;
let stage: Stage;
let answers: readonly Answer[];

beforeAll(async () => {
  const { workflow, scenario } = await readBugLifecycle();
  ({ answers } = scenario);
  place = await inDirectory();
  stage = await Stage.open(place, {
    files: { ".hishamos/bug-lifecycle.yml": workflow },
    collaborators: scenario.people,
    labels: ["bug"],
  });
  await stage.start();
});
afterAll(async () => {
  await stage.close();
  await place.remove();
});
afterEach(async () => {
  const { status } = await fetch(`${stage.url}/healthz`);
  if (status !== 200) throw new Error(`the service is not well: ${status}`);
});

let issues = 0;
/** A bug report by alice, who may only read. */
function anIssue(title = `Bug ${++issues}`): { readonly repo: string; readonly number: number } {
  const { number } = stage.sandbox.as("alice").openIssue({ repo: REPO, title, body: "It breaks." });
  return { repo: REPO, number };
}

function startsOf(number: number): readonly string[] {
  const opened = stage.lines.flatMap(({ outcome }) =>
    typeof outcome === "string"
      ? [...outcome.matchAll(/(?<!had )started bug-lifecycle (\w+)/g)].map(([, id = ""]) => id)
      : [],
  );
  return opened.filter((id) => stage.said(number).some((body) => body.includes(`Execution \`${id}`)));
}

describe("a broken definition gets a failed check run that says where and how on", () => {
  const step = "name: W\nsteps:\n  - id: a\n    delay: 1s\n";
  const bomb = Array.from({ length: 30 }, (_, level) =>
    level === 0
      ? "a0: &a0 [x, x, x, x, x, x, x, x]"
      : `a${level}: &a${level} [${Array(8)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
  ).join("\n");
  const rows: readonly {
    readonly what: string;
    readonly text: string;
    readonly line: number;
    readonly says: RegExp;
  }[] = [
    { what: "a quote that never ends", text: `name: "W\nsteps: []\n`, line: 1, says: /never closed/ },
    {
      what: "an indentation that fits nothing",
      text: "name: W\nsteps:\n  - id: a\n   delay: 1s\n",
      line: 4,
      says: /./,
    },
    { what: "100 KB of nesting", text: "[".repeat(100_000), line: 1, says: /deep|nest/i },
    { what: "an alias bomb", text: bomb, line: 5, says: /values|large|many/i },
    { what: "a __proto__ key", text: `${step}__proto__: { polluted: true }\n`, line: 5, says: /__proto__/ },
    {
      what: "an unknown key",
      text: `${step}    timout: 1m\n`,
      line: 5,
      says: /timout.*Did you mean "timeout"/s,
    },
    { what: "an unknown step", text: `${step}    on_success: b\n`, line: 5, says: /unknown step "b"/ },
  ];

  test.for(rows)("$what", async ({ what, text, line, says }) => {
    const { sandbox } = stage;
    const path = ".hishamos/broken.yml";
    const { sha } = sandbox.as("maya").push({
      repo: REPO,
      branch: `try/${what.replaceAll(/\W+/g, "-")}`,
      files: { [path]: text },
      message: what,
    });
    const check = await stage.until(`a verdict on ${what}`, () =>
      sandbox
        .checkRuns(REPO, sha)
        .find(({ name, status }) => name === "HishamOS / validate" && status === "completed"),
    );
    expect(check.conclusion).toBe("failure");
    // The valid file beside it is told to be valid.
    expect(check.output.summary).toContain("✅ `.hishamos/bug-lifecycle.yml`");
    expect(check.output.summary).toContain("❌ `.hishamos/broken.yml`");
    const [annotation] = check.annotations;
    expect(annotation).toMatchObject({ path, start_line: line, annotation_level: "failure" });
    expect(annotation?.message).toMatch(says);
  });
});

describe("a bad webhook is refused in words", () => {
  interface Sent {
    readonly what: string;
    readonly body: string;
    readonly signature?: string;
    readonly status: number;
    readonly says: RegExp;
  }
  const rows: readonly Sent[] = [
    { what: "30 MB", body: "x".repeat(30 * 1024 * 1024), status: 413, says: /larger than/ },
    {
      what: "a wrong signature",
      body: "{}",
      signature: `sha256=${"0".repeat(64)}`,
      status: 401,
      says: /signature/,
    },
    ...["null", "true", "17", '"text"', "[]"].map((body) => ({
      what: `${body} as the body`,
      body,
      status: 400,
      says: /not a JSON object/,
    })),
    { what: "half a JSON", body: '{"a":', status: 400, says: /not JSON/ },
    { what: "100 KB of nesting", body: "[".repeat(100_000), status: 400, says: /not JSON/ },
  ];

  test.for(rows)("$what: $status", async ({ body, signature, status, says }) => {
    const answer = await deliver("00000000-0000-0000-0000-000000000001", body, signature);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(says);
  });
});

async function deliver(guid: string, body: string, signature?: string, event = "issues") {
  const signed = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const response = await fetch(stage.webhookUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-delivery": guid,
      "x-github-event": event,
      "x-hub-signature-256": signature ?? signed,
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

test("an unknown command is answered with the one that was meant", async () => {
  const issue = anIssue();
  stage.sandbox.as("maya").comment(issue, "/hishamos aprove");
  expect(await stage.says(issue.number, /don't know the command `aprove`/)).toContain(
    "Did you mean `/hishamos approve`?",
  );
});

test("a command by someone without the right to it is answered, and nothing happens", async () => {
  const issue = anIssue();
  stage.sandbox.as("maya").label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  stage.sandbox.as("alice").comment(issue, "/hishamos cancel");
  expect(await stage.says(issue.number, /can't take `cancel` from you/)).toMatch(/role/);
  stage.sandbox.as("alice").comment(issue, "/hishamos done triage severity=1 summary=x component=x");
  await stage.says(issue.number, /can't take `done` from you/);
  stage.sandbox.as("maya").comment(issue, "/hishamos status");
  expect(await stage.says(issue.number, /\| Workflow \| Run \|/)).toMatch(
    /running \| `triage` waits for a person's answer/,
  );
});

test("mentions and HTML in an answer call nobody and hide nothing where they are repeated", async () => {
  const issue = anIssue("Bug <img src=x> of @acme/everyone");
  stage.sandbox.as("maya").label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  const summary = "cc @acme/everyone <img src=http://evil/x.png> <!-- hishamos:0 --> #1";
  stage.sandbox
    .as("maya")
    .comment(issue, `/hishamos done triage severity=4 component=shop summary=${JSON.stringify(summary)}`);
  await stage.says(issue.number, /A person is needed: `assign`/);
  // A wrong value is repeated in the answer.
  stage.sandbox.as("maya").comment(issue, '/hishamos done assign assigne="@acme/everyone <b>"');
  await stage.says(issue.number, /can't take `done assign` yet/);
  const said = stage.said(issue.number);
  const question = said.find((body) => body.includes("A person is needed: `assign`")) ?? "";
  expect(question).toContain("evil/x.png");
  for (const body of said) {
    // What stands in code calls nobody.
    const text = body.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
    expect(text).not.toMatch(/@acme|<img|<b>|<!-- hishamos:0 -->/);
  }
});

test("one delivery that arrives ten times at once starts one execution", async () => {
  const { sandbox } = stage;
  sandbox.setWebhookTarget("http://127.0.0.1:9/", SECRET);
  const issue = anIssue();
  sandbox.as("maya").label(issue, "bug");
  await sandbox.settled();
  sandbox.setWebhookTarget(stage.webhookUrl, SECRET);
  const labeled = sandbox.deliveries().findLast(({ action }) => action === "labeled");
  const body = JSON.stringify(labeled?.request.payload);
  const guid = labeled?.guid ?? "";
  const replies = await Promise.all(Array.from({ length: 10 }, () => deliver(guid, body)));
  expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(202));
  expect(replies.filter(({ text }) => text.includes("stored"))).toHaveLength(1);
  expect(replies.filter(({ text }) => text.includes("duplicate"))).toHaveLength(9);
  expect(await stage.outcome(guid)).toMatch(/started bug-lifecycle/);
  await stage.says(issue.number, /A person is needed: `triage`/);
  expect(stage.said(issue.number).filter((said) => said.startsWith("Thank you for the report"))).toHaveLength(
    1,
  );
});

test("a label that is taken off ends what it started, and put on again starts anew", async () => {
  const { sandbox } = stage;
  const issue = anIssue();
  sandbox.as("maya").label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  sandbox.as("maya").unlabel(issue, "bug");
  await stage.says(issue.number, /🚫 cancelled/);
  sandbox.as("maya").label(issue, "bug");
  await sandbox.settled();
  const again = sandbox.deliveries().findLast(({ action }) => action === "labeled");
  expect(await stage.outcome(again?.guid ?? "")).toMatch(/started bug-lifecycle/);
});

test("a second start on the same issue joins what runs", async () => {
  const { sandbox } = stage;
  const issue = anIssue();
  sandbox.as("maya").label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  sandbox.as("maya").comment(issue, "/hishamos run bug-lifecycle");
  await stage.says(issue.number, /`bug-lifecycle` runs here already/);
  expect(stage.said(issue.number).filter((said) => said.startsWith("Thank you for the report"))).toHaveLength(
    1,
  );
});

test("a label that is gone before anybody looked starts nothing", async () => {
  const { sandbox } = stage;
  sandbox.setWebhookTarget("http://127.0.0.1:9/", SECRET);
  const issue = anIssue();
  sandbox.as("maya").label(issue, "bug");
  sandbox.as("maya").unlabel(issue, "bug");
  await sandbox.settled();
  sandbox.setWebhookTarget(stage.webhookUrl, SECRET);
  const labeled = sandbox.deliveries().findLast(({ action }) => action === "labeled");
  expect(sandbox.redeliverFailed()).toBeGreaterThan(0);
  expect(await stage.outcome(labeled?.guid ?? "")).toMatch(/did not start bug-lifecycle: .*lost the label/);
  expect(startsOf(issue.number)).toEqual([]);
});

test("after all that, beside a broken file on the default branch, the Bug Lifecycle runs to its end", async () => {
  const { sandbox } = stage;
  sandbox.as("maya").push({
    repo: REPO,
    branch: "main",
    files: { ".hishamos/broken.yml": "{".repeat(1000) },
    message: "Break it",
  });
  const issue = anIssue();
  sandbox.as("maya").label(issue, "bug");
  await stage.says(issue.number, /A person is needed: `triage`/);
  const comments = (to: string) => answers.find((answer) => answer.to === to)?.comments ?? "";
  sandbox.as("maya").comment(issue, comments("triage"));
  await stage.says(issue.number, /A person is needed: `assign`/);
  sandbox.as("maya").comment(issue, comments("assign"));
  await stage.says(issue.number, /A person is needed: `fix`/);
  const branch = "fix/it";
  sandbox.as("tom").push({ repo: REPO, branch, files: { "src/fix.js": "fixed\n" }, message: "Fix it" });
  const pull = sandbox
    .as("tom")
    .openPullRequest({ repo: REPO, head: branch, title: "Fix it", body: `Fixes #${issue.number}` });
  await stage.says(issue.number, /Approval needed: `code_review`/);
  sandbox.as("quinn").review({ repo: REPO, number: pull.number }, "APPROVE");
  await stage.says(issue.number, /A person is needed: `qa_test`/);
  sandbox.as("quinn").comment(issue, comments("qa_test#2"));
  await stage.says(issue.number, /Approval needed: `approve_deploy`/);
  sandbox.as("quinn").comment(issue, comments("approve_deploy"));
  await stage.says(issue.number, /A person is needed: `deploy`/);
  sandbox.as("maya").comment(issue, comments("deploy"));
  await stage.until("the end", () => stage.said(issue.number).some((body) => isShown(body, "completed")));
  expect(sandbox.issue(REPO, issue.number).state).toBe("closed");
});
