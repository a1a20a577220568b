import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { recordCommand } from "../../src/cli/record.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { play } from "../../src/sandbox/workflow-tests/play.ts";
import { verdictOn } from "../../src/sandbox/workflow-tests/verdict.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { casesOf, labelled, told, triageWorkflow } from "../sandbox/workflow-tests/stage.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hishamos-record-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string>>;

/** Plays a case into a store of its own, as a service would have left it; answers the execution's id. */
async function happened(workflow: string, tests: string, files: Files = {}): Promise<string> {
  const [played] = casesOf(tests);
  const loaded = loadWorkflow(workflow, ".hishamos/w.yml", { files: new Map(Object.entries(files)) });
  if (!played || !("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const stores = await openSqliteStores({ directory });
  try {
    const { execution } = await play({
      test: played,
      workflow: loaded.workflow,
      text: workflow,
      files,
      stores,
    });
    return execution?.id ?? "none";
  } finally {
    await stores.close();
  }
}

async function record(id: string) {
  let out = "";
  let err = "";
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  const code = await recordCommand({ id, out: null }, io, { HISHAMOS_DATA_DIR: directory });
  return { code, out, err };
}

/** The test that was written, without the store it came from. */
async function replayed(workflow: string, text: string, files: Files = {}): Promise<string> {
  const [written] = casesOf(text);
  if (!written) throw new Error("no case was written");
  return told(await verdictOn({ test: written, path: ".hishamos/w.yml", text: workflow, files }));
}

const onIssue = "on: { issues: { types: [labeled], labels: [bug] } }\npermissions: { issues: write }\n";
const head = `workflow: w\n${labelled}\n`;

const runs: readonly (readonly [says: string, workflow: string, tests: string, written: object])[] = [
  [
    "models, people and actions",
    triageWorkflow,
    `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 4, summary: Bad } }, decide: { approve: maya, reason: Yes } }
expect: {}`,
    {
      workflow: "w",
      event: {
        "issues.labeled": { label: "bug", issue: { title: "Broken", author: "alice" }, by: "maintainer" },
      },
      answers: {
        triage: { output: { severity: 4, summary: "Bad" } },
        decide: { approve: "maya", reason: "Yes" },
      },
      expect: { state: "completed", steps: ["triage", "urgent", "decide", "close"] },
    },
  ],
  [
    "a rejection and a failure path",
    triageWorkflow,
    `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 2, summary: Small } }, decide: { reject: maya, reason: No } }
expect: {}`,
    {
      answers: { decide: { reject: "maya", reason: "No" } },
      expect: {
        state: "failed",
        steps: ["triage", { decide: "failed" }, "tell"],
        error: { step: "decide", code: "rejected" },
      },
    },
  ],
  [
    "a person who can't do it",
    triageWorkflow,
    `${head}answers: { triage: { fail: Nobody has the device, by: tom } }
expect: {}`,
    {
      answers: { triage: { fail: "Nobody has the device", by: "tom" } },
      expect: { state: "failed", steps: [{ triage: "failed" }, "tell"], error: { code: "declined" } },
    },
  ],
  [
    "a timeout: nobody answers again",
    triageWorkflow,
    `${head}expect: {}`,
    { expect: { state: "failed", steps: [{ triage: "failed" }, "tell"], error: { code: "timeout" } } },
  ],
  [
    "a cycle with a pull request, and another answer at each visit",
    `name: Fix
${onIssue}steps:
  - { id: fix, agent: coding-agent, max_visits: 3, on_success: review }
  - { id: review, approval: { by: [review], exclude: [author] }, on_success: done, on_failure: fix }
  - { id: done, action: issues.createComment, inputs: { body: "{{ steps.fix.output.pull_request.branch }}" } }
outputs: { url: "{{ steps.fix.output.pull_request.url }}" }
`,
    `${head}answers:
  fix: { pull_request: { branch: fix/7, title: Repair it }, by: tom }
  review: [{ reject: quinn, reason: Tests }, { approve: quinn }]
expect: {}`,
    {
      answers: {
        fix: { pull_request: { branch: "fix/7" } },
        review: [{ reject: "quinn", reason: "Tests" }, { approve: "quinn" }],
      },
      expect: { steps: ["fix", { review: "failed" }, "fix", "review", "done"] },
    },
  ],
  [
    "a wait that an event ended, and an action that failed",
    `name: Wait\n${onIssue}steps:
  - { id: deployed, wait_for: { event: deployment_status.created }, timeout: 3d, on_success: say }
  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.deployed.output.deployment.environment }}" }, on_failure: sorry }
  - { id: sorry, action: issues.addLabels, inputs: { labels: [failed] } }\n`,
    `${head}answers:
  deployed: { event: { deployment_status.created: { action: created, deployment: { environment: staging } } } }
  say: { fail: { code: http_500, message: Broken, class: error } }
expect: {}`,
    {
      answers: {
        deployed: { event: { "deployment_status.created": { deployment: { environment: "staging" } } } },
        say: { fail: { class: "error", code: "http_500", message: "Broken" } },
      },
      expect: { state: "failed", steps: ["deployed", { say: "failed" }, "sorry"] },
    },
  ],
  [
    "inputs without an event",
    `name: Hand\npermissions: { issues: write }\ninputs: { title: { type: string, required: true } }
steps:\n  - { id: open, action: issues.create, inputs: { title: "{{ input.title }}" } }\n`,
    "workflow: w\ninput: { title: Hello }\nexpect: {}",
    { input: { title: "Hello" }, expect: { state: "completed", steps: ["open"] } },
  ],
];

test.for(runs)("a test of a real run with %s passes", async ([, workflow, tests, written]) => {
  const id = await happened(workflow, tests);
  const { code, out, err } = await record(id);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(parse(out)).toMatchObject(written);
  expect(await replayed(workflow, out)).toBe("");
});

test("what a child workflow was answered is written below the step that ran it", async () => {
  const workflow = `name: Parent\n${onIssue}steps:
  - { id: qa, workflow: ./qa.yml }
  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.qa.output.verdict }}" } }\n`;
  const files = {
    ".hishamos/qa.yml":
      'name: QA\nsteps:\n  - { id: look, agent: qa-agent }\noutputs: { verdict: "{{ steps.look.output.notes }}" }\n',
  };
  const answers = "answers: { qa/look: { output: { passed: true, notes: Good } } }";
  const id = await happened(workflow, `${head}${answers}\nexpect: {}`, files);
  const { code, out, err } = await record(id);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(parse(out)).toMatchObject({
    answers: { "qa/look": { output: { passed: true, notes: "Good" } } },
    expect: { state: "completed", steps: ["qa", "say"] },
  });
  expect(await replayed(workflow, out, files)).toBe("");
});

test("what nobody answered in time is not written as an answer", async () => {
  const { out } = await record(await happened(triageWorkflow, `${head}expect: {}`));
  expect(out).not.toContain("answers:");
});

test("the beginning of an id is enough, and an unknown one is told", async () => {
  const id = await happened(triageWorkflow, `${head}expect: {}`);
  expect(await record(id.slice(0, 8))).toMatchObject({ code: 0 });
  expect(await record("ffffffff")).toMatchObject({
    code: 2,
    err: "there is no execution ffffffff in the store\n",
  });
  expect((await record("what")).err).toContain('"what" is no execution\'s id');
});

test("no store is told", async () => {
  expect(await record("abcd")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^there is no store in .*HISHAMOS_DATA_DIR/),
  });
});
