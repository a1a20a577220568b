import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, expect, test } from "vitest";
import { exportCommand } from "../../src/cli/export.ts";
import { importCommand } from "../../src/cli/import.ts";
import { ServiceProcess } from "../../src/sandbox/service-process.ts";
import { inDirectory, inPostgres, isShown, REPO, SECRET, Stage } from "./stage.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const on = (label: string) => `on: { issues: { types: [labeled], labels: [${label}] } }
permissions: { issues: write }`;
const comment = (id: string) =>
  `{ id: ${id}, action: issues.createComment, inputs: { body: "${id} is done" } }`;
const files = {
  ".hishamos/timer.yml": `name: Timer\n${on("bug")}\nsteps: [{ id: pause, delay: 2s }, ${comment("timer")}]`,
  ".hishamos/asks.yml": `name: Asks\n${on("bug")}\nsteps: [{ id: ask, approval: { from: [alice] } }, ${comment("approval")}]`,
  ".hishamos/works.yml": `name: Works\n${on("now")}\nsteps: [${comment("work")}, ${comment("more")}]`,
};

/** What was done so lately in the place that it is not done again at a start. */
async function claims(env: Readonly<Record<string, string>>): Promise<number> {
  const client = new Client({ connectionString: env["DATABASE_URL"] });
  await client.connect();
  const { rows } = await client.query(
    "SELECT count(*)::int AS n FROM hishamos_queue.job WHERE name = 'claims'",
  );
  await client.end();
  return rows[0]?.n;
}

test("what waits, and what was in the middle of its work, goes on after the move from embedded to Postgres", async () => {
  const [from, to] = [await inDirectory(), await inPostgres()];
  closing.push(
    () => from.remove(),
    () => to.remove(),
  );
  const directory = mkdtempSync(join(tmpdir(), "hishamos-move-"));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "all.jsonl.gz");
  const stage = await Stage.open(from, {
    files,
    collaborators: { maya: "write", alice: "write" },
    labels: ["bug", "now"],
  });
  closing.push(() => stage.close());
  const { sandbox } = stage;
  const moved = new ServiceProcess({
    env: { ...sandbox.environment(), WEBHOOK_SECRET: SECRET, HOST: "127.0.0.1", PORT: "0", ...to.env },
    onLine: () => {},
  });
  closing.push(() => moved.kill());
  // A service has looked there for work already, and found none: it looks at all only once an hour.
  await moved.start();
  await moved.stop();
  expect(await claims(to.env)).toBeGreaterThan(0);

  await stage.start();
  sandbox.as("maya").openIssue({ repo: REPO, title: "It breaks" });
  sandbox.as("maya").label({ repo: REPO, number: 1 }, "bug");
  await stage.waits("ask");
  await stage.waits("pause");
  sandbox.as("maya").openIssue({ repo: REPO, title: "It works" });
  sandbox.as("maya").label({ repo: REPO, number: 2 }, "now");
  await stage.until("the work to begin", () =>
    stage.traces.some((trace) => trace.kind === "step" && trace.step === "work"),
  );
  await stage.service.kill();
  await sandbox.settled();

  const said: string[] = [];
  const io = { stdout: () => {}, stderr: (text: string) => void said.push(text) };
  expect(await exportCommand([file], io, from.env)).toBe(0);
  expect(await importCommand([file], io, to.env)).toBe(0);
  expect(await claims(to.env)).toBe(0);
  expect(said.join("")).toMatch(/^imported 3 executions/);
  sandbox.setWebhookTarget(`http://127.0.0.1:${await moved.start()}/api/github/webhooks`, SECRET);
  const times = (number: number, text: string) =>
    stage.said(number).filter((body) => body.startsWith(text)).length;
  await stage.until("the work to go on", () => times(2, "more is done") === 1);
  await stage.until("the timer", () => times(1, "timer is done") === 1);
  sandbox.as("alice").comment({ repo: REPO, number: 1 }, "/hishamos approve ask");
  await stage.until("the approval", () => times(1, "approval is done") === 1);
  await stage.until("the end", () => stage.said(2).some((body) => isShown(body, "completed")));
  expect(times(2, "work is done")).toBe(1);
});
