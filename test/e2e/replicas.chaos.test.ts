import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { Player } from "../../src/sandbox/scenario/player.ts";
import { type ModelServer, startModelServer } from "../agents/model-server.ts";
import { type Replica, Replicas } from "./replicas.ts";
import { isShown, REPO, readBugLifecycle } from "./stage.ts";

const triaged = { text: JSON.stringify({ severity: 4, summary: "Pay fails", component: "checkout" }) };
const assigned = { text: JSON.stringify({ assignee: "tom" }) };

/** The Bug Lifecycle on three replicas, at its triage: a model thinks, for as long as it is not told otherwise. */
async function atTriage(model: ModelServer): Promise<{
  readonly replicas: Replicas;
  readonly player: Player;
  readonly busy: Replica;
}> {
  const { workflow, scenario } = await readBugLifecycle();
  model.reply("hang");
  const replicas = await Replicas.open(
    3,
    { files: { ".hishamos/bug-lifecycle.yml": workflow }, collaborators: scenario.people, labels: ["bug"] },
    {
      HISHAMOS_MODEL: "openai-compatible:test",
      HISHAMOS_MODEL_URL: model.url,
      HISHAMOS_MODEL_API_KEY: "key",
    },
  );
  const { sandbox } = replicas;
  const answers = scenario.answers
    .filter(({ to }) => to !== "triage" && to !== "assign")
    .map(({ after_kill: _kill, ...answer }) => answer);
  const player = new Player({
    sandbox,
    scenario: { ...scenario, answers },
    tell: () => {},
    restart: async () => {},
  });
  let seen = 0;
  replicas.watch(() => {
    for (const { traces = [] } of replicas.lines.slice(seen)) for (const trace of traces) player.see(trace);
    seen = replicas.lines.length;
  });
  player.start();
  const busy = await replicas.at("triage");
  await model.hanging();
  return { replicas, player, busy };
}

/** Until all of it is shown; then holds what came of it to what a single process makes of it. */
async function ends(replicas: Replicas, player: Player, model: ModelServer): Promise<void> {
  const { sandbox } = replicas;
  await replicas.until(
    "the last state in the sticky comment",
    () => player.subject !== null && replicas.said(player.subject).some((body) => isShown(body, "completed")),
    60_000,
  );
  await player.done();
  const issue = player.subject ?? 0;
  const pull = player.pull ?? 0;
  expect(replicas.twice([issue, pull])).toEqual([]);
  expect(replicas.said(issue).filter((body) => body.startsWith("Thank you for the report"))).toHaveLength(1);
  expect(replicas.said(issue).filter((body) => body.startsWith("Fixed by"))).toHaveLength(1);
  expect(sandbox.issue(REPO, issue).state).toBe("closed");
  expect(sandbox.pullRequests(REPO)).toHaveLength(1);
  // The assignee was asked for once: what was taken over was the triage alone.
  expect(model.requests).toHaveLength(3);
  const { executions } = await replicas.look((stores) => stores.executions.list({}));
  expect(executions).toMatchObject([
    { state: "completed", steps: { fix: { visits: 3 }, triage: { visits: 1 } } },
  ]);
}

test("a replica that is killed in the middle of a step is taken over from within 9 s", {
  timeout: 180_000,
}, async () => {
  await using model = await startModelServer();
  const { replicas, player, busy } = await atTriage(model);
  try {
    model.reply(triaged, assigned);
    const since = performance.now();
    await busy.kill();
    await replicas.until("another to take it over", () => model.requests.length > 1);
    expect(performance.now() - since).toBeLessThan(9_000);
    await ends(replicas, player, model);
  } finally {
    await replicas.close();
  }
});

test("a replica that is frozen for 15 s and goes on does no harm", { timeout: 180_000 }, async () => {
  await using model = await startModelServer();
  const { replicas, player, busy } = await atTriage(model);
  try {
    model.reply(triaged, assigned);
    busy.service.signal("SIGSTOP");
    // A load balancer sends nothing to what does not answer.
    replicas.frozen.add(busy);
    await delay(15_000);
    expect(model.requests.length).toBeGreaterThan(1);
    busy.service.signal("SIGCONT");
    replicas.frozen.delete(busy);
    // It drops what it was at, as soon as it hears that another has it.
    await model.dropped();
    await ends(replicas, player, model);
  } finally {
    await replicas.close();
  }
});

test("a cancel that comes to one replica reaches the step of another within a second", {
  timeout: 60_000,
}, async () => {
  await using model = await startModelServer();
  const { replicas, player, busy } = await atTriage(model);
  try {
    const number = player.subject ?? 0;
    replicas.target = replicas.others(busy)[0] ?? null;
    const since = performance.now();
    replicas.sandbox.as("maya").comment({ repo: REPO, number }, "/hishamos cancel");
    await model.dropped();
    expect(performance.now() - since).toBeLessThan(1_000);
  } finally {
    await replicas.close();
  }
});
