import { expect, test } from "vitest";
import { Replicas } from "./replicas.ts";
import { REPO } from "./stage.ts";

const bug = "name: Bug\non: { issues: { labels: [bug] } }\nsteps: [{ id: triage, agent: qa-agent }]\n";
const count = 12;

test("what a killed replica had stored and not processed is processed by the others, each once", {
  timeout: 120_000,
}, async () => {
  const replicas = await Replicas.open(3, {
    files: { ".hishamos/bug.yml": bug },
    collaborators: { maya: "write" },
    labels: ["bug"],
  });
  const { sandbox } = replicas;
  const [victim] = replicas.all;
  try {
    // Nothing can be processed: the default branch can't be read.
    sandbox.spoil((_method, path) => (path.includes("/git/ref") ? { status: 502 } : undefined));
    replicas.target = victim ?? null;
    for (let at = 1; at <= count; at++) {
      const { number } = sandbox.as("maya").openIssue({ repo: REPO, title: `Number ${at}` });
      sandbox.as("maya").label({ repo: REPO, number }, "bug");
    }
    await sandbox.settled();
    expect(new Set(sandbox.deliveries().map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
    await victim?.kill();
    sandbox.spoil(null);
    replicas.target = null;
    const started = async () =>
      await replicas.look(async ({ executions }) => (await executions.list({})).executions);
    await replicas.until("all to be started", async () => (await started()).length === count, 60_000);
    const numbers = (await started()).map(({ subject }) => subject?.number ?? 0).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: count }, (_, at) => at + 1));
    await replicas.until(
      "no delivery to be left",
      async () => (await replicas.look(({ deliveries }) => deliveries.unfinished(1))).length === 0,
      60_000,
    );
    expect(await started()).toHaveLength(count);
  } finally {
    await replicas.close();
  }
});
