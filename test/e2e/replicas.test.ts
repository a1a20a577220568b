import { expect, test } from "vitest";
import { startModelServer } from "../agents/model-server.ts";
import { Replicas } from "./replicas.ts";
import { isShown, REPO, readBugLifecycle } from "./stage.ts";

/** Stores a delivery of a member that has never been heard of since; its id. */
async function leftBehind(replicas: Replicas): Promise<string> {
  const left = { id: "left", event: "push", payload: {}, receivedAt: 1, outcome: null, attempts: 1 };
  await replicas.look(({ deliveries }) => deliveries.add({ ...left, holder: "dead", revision: 2 }));
  return left.id;
}

test("a cancel that comes to one replica reaches the step that another is at, and what a dead one left is taken up", {
  timeout: 60_000,
}, async () => {
  const { workflow, scenario } = await readBugLifecycle();
  await using model = await startModelServer();
  model.reply("hang");
  const replicas = await Replicas.open(
    2,
    { files: { ".hishamos/bug-lifecycle.yml": workflow }, collaborators: scenario.people, labels: ["bug"] },
    {
      HISHAMOS_MODEL: "openai-compatible:test",
      HISHAMOS_MODEL_URL: model.url,
      HISHAMOS_MODEL_API_KEY: "key",
    },
  );
  const { sandbox } = replicas;
  try {
    const { number } = sandbox.as("alice").openIssue({ repo: REPO, title: "It breaks" });
    sandbox.as("maya").label({ repo: REPO, number }, "bug");
    const busy = await replicas.at("triage");
    await model.hanging();
    replicas.target = replicas.others(busy)[0] ?? null;
    sandbox.as("maya").comment({ repo: REPO, number }, "/hishamos cancel");
    await model.dropped();
    await replicas.until("the end to be shown", () =>
      replicas.said(number).some((body) => isShown(body, "cancelled")),
    );
    expect(replicas.twice([number])).toEqual([]);
    const left = await leftBehind(replicas);
    await replicas.until("the delivery of a dead member to be taken up", () =>
      replicas.lines.find(({ msg, delivery }) => msg === "delivery processed" && delivery === left),
    );
    const port = Number(new URL(busy.url ?? "").port);
    await expect(replicas.another(port).start()).rejects.toThrow(/the service ended \(2\)\n.*HOS702/);
    const codes = await Promise.all(replicas.all.map(({ service }) => service.stop()));
    expect(codes).toEqual([0, 0]);
    const { executions } = await replicas.look((stores) => stores.executions.list({}));
    expect(executions).toMatchObject([{ state: "cancelled", steps: { triage: { visits: 1 } } }]);
  } finally {
    await replicas.close();
  }
});
