import { afterEach, expect, test } from "vitest";
import { runStep } from "../action/job.ts";
import { freePort } from "../support/free-port.ts";
import { inDirectory, REPO, Stage } from "./stage.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const workflow = `name: Ship
permissions: { issues: write }
outputs: { said: "{{ steps.tell.output.body }}" }
steps:
  - { id: go, approval: { from: ["role:write"], message: "Shall it go?" }, timeout: 1d }
  - { id: tell, action: issues.createComment, inputs: { body: "It went." } }
`;

test("a job starts a workflow on the service by its own identity, and ends with it though the service is killed meanwhile", async () => {
  const directory = await inDirectory();
  closing.push(() => directory.remove());
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = { ...directory.env, PORT: new URL(url).port, HISHAMOS_URL: url };
  const stage = await Stage.open(
    { ...directory, env },
    { files: { ".hishamos/ship.yml": workflow }, collaborators: { maya: "write", quinn: "write" } },
  );
  closing.push(() => stage.close());
  const { sandbox } = stage;
  const { number } = sandbox.as("maya").openIssue({ repo: REPO, title: "Ship it" });
  await stage.start();

  const { id } = (await (await fetch(`${sandbox.url}/api/v3/repos/${REPO}`)).json()) as { id: number };
  const step = runStep({
    repository: { id, fullName: REPO },
    actor: "maya",
    inputs: { command: "start", workflow: "ship", url, subject: String(number) },
    env: sandbox.jobIdentity(REPO, "maya"),
  });
  await step.said(/go: waits for approval/);
  await stage.service.kill();
  await step.said(/trying again/);
  await stage.start();
  sandbox.as("quinn").comment({ repo: REPO, number }, "/approve");

  const ended = await step.ended;
  expect(ended).toMatchObject({
    status: 0,
    outputs: { state: "completed", outputs: expect.stringContaining("It went.") },
  });
  expect(stage.said(number).filter((body) => body.startsWith("It went."))).toHaveLength(1);
  expect(ended.lines.join("\n")).toContain("connected again");
});
