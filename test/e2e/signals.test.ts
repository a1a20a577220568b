import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ServiceProcess } from "../../src/sandbox/service-process.ts";
import { inDirectory, isShown, type Place, REPO, readBugLifecycle, SECRET, Stage } from "./stage.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function aStage(): Promise<{ stage: Stage; place: Place }> {
  const { workflow, scenario } = await readBugLifecycle();
  const place = await inDirectory();
  const stage = await Stage.open(place, {
    files: { ".hishamos/bug-lifecycle.yml": workflow },
    collaborators: scenario.people,
    labels: ["bug"],
  });
  closing.push(() => place.remove());
  closing.push(() => stage.close());
  return { stage, place };
}

function anotherService(stage: Stage, env: Readonly<Record<string, string>>): ServiceProcess {
  const service = new ServiceProcess({
    env: { ...stage.sandbox.environment(), WEBHOOK_SECRET: SECRET, HOST: "127.0.0.1", PORT: "0", ...env },
    onLine: () => {},
  });
  closing.push(() => service.kill());
  return service;
}

const maya = { repo: REPO, number: 1 };

test("SIGTERM in the middle of the work loses nothing, and the next start goes on", async () => {
  const { stage, place } = await aStage();
  const { sandbox, service } = stage;
  await stage.start();
  sandbox.as("alice").openIssue({ repo: REPO, title: "It breaks" });
  sandbox.as("maya").label(maya, "bug");
  // The step's comment is being made: neither its result nor the next step is saved.
  await stage.until("the execution to begin", () =>
    stage.traces.some((trace) => trace.kind === "step" && trace.step === "report"),
  );
  expect(await service.stop()).toBe(0);
  expect(stage.lines.at(-1)?.msg).toBe("stopped");
  await sandbox.settled();

  await stage.start();
  // Whoever follows the log learns where it stands, though the line of its last save may never have been written.
  const recovered = await stage.until("what was left to be told", () =>
    stage.lines.find(({ msg }) => msg === "recovered"),
  );
  expect(recovered.traces).toContainEqual(
    expect.objectContaining({ kind: "step", step: "report", visit: 1 }),
  );
  await stage.says(1, /A person is needed: `triage`/);
  sandbox.as("maya").comment(maya, "/hishamos done triage severity=1 summary=small component=shop");
  await stage.until("the end", () => stage.said(1).some((body) => isShown(body, "completed")));
  expect(sandbox.issue(REPO, 1).labels).toContainEqual(expect.objectContaining({ name: "backlog" }));
  expect(stage.said(1).filter((body) => body.startsWith("Thank you for the report"))).toHaveLength(1);
  expect(await service.stop()).toBe(0);
  const stores = await place.open();
  expect((await stores.executions.list({})).executions).toMatchObject([{ state: "completed" }]);
  await stores.close();
});

test("webhooks that came while nobody listened are asked for at the next start", async () => {
  const { stage } = await aStage();
  const { sandbox, service } = stage;
  await stage.start();
  await service.kill();
  sandbox.as("alice").openIssue({ repo: REPO, title: "It breaks" });
  sandbox.as("maya").label(maya, "bug");
  await sandbox.settled();
  expect(sandbox.deliveries().map(({ event, statusCode }) => [event, statusCode])).toEqual([
    ["issues", 502],
    ["issues", 502],
  ]);
  await stage.start();
  await stage.says(1, /A person is needed: `triage`/);
});

test("a second service on the same directory refuses, and the first goes on", async () => {
  const { stage, place } = await aStage();
  await stage.start();
  const second = anotherService(stage, place.env);
  await expect(second.start()).rejects.toThrow(
    /the service ended \(2\)\n.*HOS601.*Another service uses the directory .*DATABASE_URL/s,
  );
  expect((await fetch(`${stage.url}/healthz`)).status).toBe(200);
});

test("a port that is taken is named", async () => {
  const { stage } = await aStage();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const place = await inDirectory();
  closing.push(() => place.remove());
  const late = anotherService(stage, { ...place.env, PORT: String(port) });
  await expect(late.start()).rejects.toThrow(
    new RegExp(
      String.raw`the service ended \(2\)\n.*HOS702.*Port ${port} of 127\.0\.0\.1 is used by another program.*PORT`,
      "s",
    ),
  );
});
