import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const bug =
  "name: Bug\non: { issues: { types: [opened] } }\nsteps: [{ id: triage, agent: bug-triage-agent }]\n";

async function openTwo(): Promise<{ readonly shop: Shop; readonly installation: number }> {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  for (const title of ["One", "Two"]) shop.github.as("mona").openIssue({ title });
  await shop.settled();
  const [execution] = await executionsOf(shop);
  return { shop, installation: execution?.installation ?? 0 };
}

async function statesOf(shop: Shop) {
  const executions = (await executionsOf(shop)).toSorted(
    (a, b) => (a.subject?.number ?? 0) - (b.subject?.number ?? 0),
  );
  return executions.map(({ state }) => state);
}

test("an uninstalled App cancels its executions", async () => {
  const { shop, installation } = await openTwo();
  shop.github.uninstall(installation);
  await shop.settled();
  expect(await statesOf(shop)).toEqual(["cancelled", "cancelled"]);
});

test("a repository taken out of the installation has its executions cancelled", async () => {
  const { shop, installation } = await openTwo();
  shop.github.changeSelection(installation, "removed", [REPO]);
  await shop.settled();
  expect(await statesOf(shop)).toEqual(["cancelled", "cancelled"]);
});

test("a suspended App pauses its executions; afterwards those go on that no person paused", async () => {
  const { shop, installation } = await openTwo();
  shop.github.as("mona").comment(1, "/pause");
  await shop.settled();
  expect(await statesOf(shop)).toEqual(["paused", "running"]);
  shop.github.suspend(installation);
  await shop.settled();
  expect(await statesOf(shop)).toEqual(["paused", "paused"]);
  shop.github.suspend(installation, false);
  await shop.settled();
  expect(await statesOf(shop)).toEqual(["paused", "running"]);
});
