import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { runStep } from "./job.ts";
import { openActionService } from "./service.ts";

const work = `name: Work
inputs: { title: { type: string, default: it } }
outputs: { severity: "{{ steps.judge.output.severity }}" }
agents:
  judge:
    instructions: Judge it.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer } } }
steps:
  - { id: judge, agent: judge, timeout: 1d }
  - { id: go, approval: { from: ["role:write"], message: "Shall {{ input.title }} go?" }, timeout: 2d }
`;
const broken = "name: Broken\nsteps: []\n";
const alone = `name: Alone
concurrency: { group: one, on_conflict: reject }
steps: [{ id: rest, delay: 1d }]
`;
const files = {
  ".hishamos/work.yml": work,
  ".hishamos/broken.yml": broken,
  ".hishamos/alone.yml": alone,
  ".hishamos/kept.yml": "name: Kept\ncommands: { run: [role:admin] }\nsteps: [{ id: rest, delay: 1d }]\n",
};
const answer = { values: { severity: 4 } } as const;

describe("the step ends as the execution ends", () => {
  test("completed, after a person has answered and another approved", async () => {
    const service = await openActionService({ files });
    const title = JSON.stringify("it\n::error::\r::stop-commands::x\n ##[add-mask]y");
    const step = service.start({ inputs: `title: ${title}` });
    await step.said(/judge: waits for a person's answer \(judge\) \(anyone with the role write/);
    await service.steer("mona", "done", answer);
    await step.said(
      /go: waits for approval \(.*\): Shall it ::error:: ::stop-commands::x {2}## \[add-mask\]y go\?/,
    );
    await service.steer("mona", "approve");
    const ended = await step.ended;
    const [execution] = await service.executions();
    expect(ended).toMatchObject({
      status: 0,
      annotations: [],
      outputs: {
        execution: execution?.id,
        url: `${service.url}/#/executions/${execution?.id}`,
        state: "completed",
        outputs: '{"severity":4}',
      },
    });
    expect(execution).toMatchObject({ actor: "hubot", state: "completed" });
    expect(ended.lines.filter((line) => line.startsWith("judge: completed"))).toHaveLength(1);
    expect(ended.summary).toContain("<td>judge</td><td>completed");
    expect(ended.summary).toContain(`${service.url}/`);
  });

  test.for([
    [
      "failed by a rejection",
      async (service) => {
        await service.steer("mona", "done", answer);
        await service.steer("mona", "reject", { reason: "not today" });
      },
      { state: "failed", message: /Work has failed in the step go: .*rejected/ },
    ],
    [
      "failed by nobody's answer",
      async (service) => {
        service.shop.clock.advance(86_400_000);
        await service.shop.settled();
      },
      { state: "failed", message: /Work has failed in the step judge: .*\(timeout\)/ },
    ],
    [
      "cancelled",
      (service) => service.steer("mona", "cancel", { reason: "a mistake" }),
      { state: "cancelled", message: /Work has been cancelled by @mona/ },
    ],
  ] as const satisfies readonly (readonly [
    string,
    (service: Awaited<ReturnType<typeof openActionService>>) => Promise<void>,
    object,
  ])[])("%s", async ([, end, { state, message }]) => {
    const service = await openActionService({ files });
    const step = service.start();
    await step.said(/judge: waits/);
    await end(service);
    const ended = await step.ended;
    expect(ended).toMatchObject({
      status: 1,
      outputs: { state },
      annotations: [{ level: "error", title: "HOS906", message: expect.stringMatching(message) }],
    });
    expect(ended.summary).toMatch(/It has (failed|been cancelled) after \d/);
  });
});

describe("the step ends before the execution", () => {
  test("where it does not wait; a step that asks again has begun the same one, another run another one", async () => {
    const service = await openActionService({ files });
    const ended = await service.start({ wait: "false" }).ended;
    const [again, other] = await Promise.all([
      service.start({ wait: "false" }).ended,
      service.start({ wait: "false" }, { runAttempt: "2" }).ended,
    ]);
    expect([ended, again, other].map(({ status, outputs }) => [status, outputs["state"]])).toEqual([
      [0, "running"],
      [0, "running"],
      [0, "running"],
    ]);
    expect(again.outputs["execution"]).toBe(ended.outputs["execution"]);
    expect(again.log).toContain("had begun already");
    expect(other.outputs["execution"]).not.toBe(ended.outputs["execution"]);
    expect(await service.executions()).toHaveLength(2);
  });

  test("when the time is over, and says where it goes on", async () => {
    const service = await openActionService({ files });
    const ended = await service.start({ timeout: "100ms" }).ended;
    expect(ended).toMatchObject({
      status: 1,
      outputs: { state: "running" },
      annotations: [{ title: "HOS907", message: expect.stringContaining(`${service.url}/#/executions/`) }],
    });
  });

  test("when the job is cancelled, which cancels no execution", async () => {
    const service = await openActionService({ files });
    const signals = ["SIGINT", "SIGTERM"] as const;
    const steps = signals.map(async (name) => {
      const step = service.start({ inputs: `title: ${name}` });
      await step.said(/judge: waits/);
      step.signal(name);
      return step.ended;
    });
    for (const ended of await Promise.all(steps)) {
      expect(ended).toMatchObject({ status: 1, annotations: [{ title: "HOS907" }] });
      expect(ended.annotations[0]?.message).toContain("the job was cancelled; the execution goes on");
    }
    expect(await service.executions()).toMatchObject([{ state: "running" }, { state: "running" }]);
  });
});

describe("the step goes on", () => {
  test("with what it has not seen where its connection is cut, and with a new token where the old one has ended", async () => {
    const service = await openActionService({ files });
    const step = service.start();
    await step.said(/judge: waits/);
    // What the service knows of the token is a minute old then, and the token ended.
    service.shop.clock.advance(600_000);
    await service.steer("mona", "done", answer);
    await step.said(/go: waits/);
    service.insteadOnce((_, res) => void res.socket?.destroy());
    service.cut();
    await step.said(/does not answer|connection to the service has ended/);
    await service.steer("mona", "approve");
    expect(await step.ended).toMatchObject({ status: 0, outputs: { state: "completed" } });
    expect(service.tokens()).toBe(2);
    expect(service.requests.at(-1)).toMatch(/^GET .*\/events [1-9]\d*$/);
  });

  test("where the service is away for a moment, or has too much to do", async () => {
    const service = await openActionService({ files });
    service.insteadOnce((_, res) => void res.writeHead(503).end());
    service.insteadOnce((_, res) => void res.socket?.destroy());
    const ended = await service.start({ wait: "false" }).ended;
    expect(ended).toMatchObject({ status: 0, outputs: { state: "running" } });
    expect(service.requests).toHaveLength(3);
    expect(await service.executions()).toHaveLength(1);
  });

  test("and asks for a new token before the old one ends", async () => {
    const service = await openActionService({ files, tokenSeconds: 20 });
    const step = service.start();
    await step.said(/judge: waits/);
    expect(service.tokens()).toBeGreaterThan(1);
    await service.steer("mona", "cancel");
    expect((await step.ended).status).toBe(1);
    expect(service.requests.length).toBe(service.tokens());
  });
});

describe("the step fails and says why", () => {
  test("what the service refuses", async () => {
    const service = await openActionService({ files });
    expect((await service.start({ workflow: "alone", wait: "false" }).ended).status).toBe(0);
    const refusals = [
      [{ workflow: "kept" }, /403.*role:admin/],
      [{ workflow: "alone", inputs: "" }, /409.*concurrency group is under way/],
      [{ workflow: "wrok" }, /404.*App must be installed/],
      [{ inputs: "titel: x" }, /422.*titel/],
      [{ subject: "99" }, /422.*#99/],
      [{ url: service.url.replace("127.0.0.1", "localhost") }, /401.*HISHAMOS_URL/],
    ] as const;
    const steps = refusals.map(([inputs]) => service.start(inputs, { runId: "18" }).ended);
    for (const [at, ended] of (await Promise.all(steps)).entries()) {
      expect(ended).toMatchObject({ status: 1, outputs: {} });
      expect(ended.annotations[0]).toMatchObject({
        title: "HOS905",
        message: expect.stringMatching(refusals[at]?.[1] ?? /^$/),
      });
    }
    expect(await service.executions()).toHaveLength(1);
  });

  test("the workflow is not valid, with what is wrong at its place", async () => {
    const service = await openActionService({ files });
    const { annotations, status } = await service.start({ workflow: "broken" }).ended;
    expect(status).toBe(1);
    expect(annotations).toMatchObject([
      { title: "HOS905", message: expect.stringContaining("not valid on the default branch") },
      { title: expect.stringMatching(/^HOS2/), file: ".hishamos/broken.yml", line: "2" },
    ]);
  });

  test("the job may have no token", async () => {
    const service = await openActionService({ files });
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined };
    const ended = await service.start({}, { env }).ended;
    expect(ended.annotations).toMatchObject([
      { title: "HOS903", message: expect.stringContaining("id-token: write") },
    ]);
    expect(service.requests).toEqual([]);
  });

  test("nobody is there", async () => {
    const service = await openActionService({ files });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const ended = await service.start({ url: `http://127.0.0.1:${port}`, timeout: "100ms" }).ended;
    expect(ended).toMatchObject({ status: 1, annotations: [{ title: "HOS904" }], outputs: {} });
    expect(ended.log).toContain("ECONNREFUSED");
  });

  test("it is not in a job", async () => {
    const env = { GITHUB_REPOSITORY_ID: undefined, GITHUB_RUN_ID: "" };
    const inputs = { command: "start", workflow: "work", url: "https://hishamos.example" };
    const { annotations, status } = await runStep({ inputs, env }).ended;
    expect(status).toBe(1);
    expect(annotations.map(({ title, message }) => `${title} ${message}`)).toEqual([
      expect.stringContaining("HOS902 the variable GITHUB_REPOSITORY_ID is not set"),
      expect.stringContaining("HOS902 the variable GITHUB_RUN_ID is not set"),
    ]);
  });
});
