import { beforeEach, describe, expect, test } from "vitest";
import type { Stores } from "../../src/engine/ports/index.ts";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** Which ticks come next depends on the hour: it is the same one whenever the tests run. */
const start = Date.UTC(2026, 0, 5, 9);

/** A workflow that waits for a person after its start, with what `on` and more of it says. */
function nightly(on: string, more = ""): string {
  return `name: Nightly\non: ${on}\n${more}steps: [{ id: triage, agent: bug-triage-agent }]\n`;
}

const atThree = '{ schedule: [{ cron: "0 3 * * *" }] }';
const path = ".hishamos/nightly.yml";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop({ files: { "README.md": "A shop" }, now: start });
});

async function push(files: Readonly<Record<string, string | null>>, message = "Change"): Promise<void> {
  shop.github.as("mona").push({ repo: REPO, branch: "main", message, files });
  await shop.settled();
}

async function pass(ms: number): Promise<void> {
  shop.clock.advance(ms);
  await shop.settled();
}

/** To the given hour (UTC) of the coming day, in one leap. */
async function passTo(hours: number): Promise<void> {
  const now = shop.clock.now();
  await pass(Math.floor(now / day) * day + day + hours * hour - now);
}

const rows = ({ stores }: { readonly stores: Stores } = shop) =>
  stores.schedules.due(Number.MAX_SAFE_INTEGER, 100);
const crons = async () => (await rows()).map(({ cron }) => cron).toSorted();
const iso = (ms: number) => new Date(ms).toISOString();

describe("a schedule", () => {
  test("starts the workflow at its tick, with the tick as its event, no subject and no person", async () => {
    await push({ [path]: nightly(atThree) });
    await passTo(3);
    const [execution, ...others] = await executionsOf(shop);
    expect(others).toEqual([]);
    const scheduled_at = iso(Math.floor(shop.clock.now() / day) * day + 3 * hour);
    expect(execution).toMatchObject({
      workflow: { path },
      subject: null,
      actor: "schedule",
      hops: 0,
      held: null,
      event: { schedule: "0 3 * * *", scheduled_at },
    });
  });

  test("fires once for all ticks missed, as the newest, and then goes on", async () => {
    await push({ [path]: nightly('{ schedule: [{ cron: "0 * * * *" }] }') });
    await passTo(10.5);
    await pass(hour);
    const times = (await executionsOf(shop)).map(({ event }) => event["scheduled_at"]);
    const midnight = Math.floor(shop.clock.now() / day) * day;
    expect(times).toEqual([iso(midnight + 10 * hour), iso(midnight + 11 * hour)]);
  });

  test("of two on one workflow each fires for itself, in its time zone", async () => {
    const on = '{ schedule: [{ cron: "0 3 * * *" }, { cron: "0 3 * * *", timezone: Asia/Tokyo }] }';
    await push({ [path]: nightly(on) });
    expect((await rows()).map(({ timezone }) => timezone).toSorted()).toEqual(["Asia/Tokyo", "UTC"]);
    await passTo(3);
    await pass(day);
    expect(await executionsOf(shop)).toHaveLength(4);
  });

  test("that names a day that never comes is none", async () => {
    await push({ [path]: nightly('{ schedule: [{ cron: "0 0 30 2 *" }] }') });
    expect(await rows()).toEqual([]);
  });

  test("takes its inputs from their defaults and from the event", async () => {
    const inputs = "inputs: { days: { type: integer, default: 30 }, at: { from: event.scheduled_at } }\n";
    await push({ [path]: nightly(atThree, inputs) });
    await passTo(3);
    const [execution] = await executionsOf(shop);
    expect(execution?.input).toMatchObject({ days: 30, at: expect.stringContaining("T03:00:00") });
  });

  test("is started once, though it fires again after a crash", async () => {
    await push({ [path]: nightly(atThree) });
    const [before] = await rows();
    await passTo(3);
    const [after] = await rows();
    // As it was when the process died: started, and not advanced.
    await shop.app.stop();
    await shop.stores.schedules.advance(after?.id ?? "", after?.next ?? 0, before?.next ?? 0);
    shop.app.start();
    await shop.settled();
    expect(await executionsOf(shop)).toHaveLength(1);
    expect(await rows()).toEqual([after]);
  });

  test("that was due while nobody listened fires at the next start", async () => {
    await push({ [path]: nightly(atThree) });
    await shop.app.stop();
    await passTo(9);
    expect(await executionsOf(shop)).toEqual([]);
    shop.app.start();
    await shop.settled();
    expect(await executionsOf(shop)).toHaveLength(1);
  });
});

describe("the set of a repository follows", () => {
  test("pushes to the default branch: added, changed, made a draft, removed", async () => {
    await push({ [path]: nightly(atThree) });
    expect(await crons()).toEqual(["0 3 * * *"]);
    await push({ [path]: nightly('{ schedule: [{ cron: "0 5 * * *" }] }') });
    expect(await crons()).toEqual(["0 5 * * *"]);
    await push({ [path]: nightly(atThree, "status: draft\n") });
    expect(await crons()).toEqual([]);
    await push({ [path]: nightly(atThree) });
    await push({ [path]: null });
    expect(await crons()).toEqual([]);
    await pass(2 * day);
    expect(await executionsOf(shop)).toEqual([]);
  });

  test("no push to another branch", async () => {
    shop.github
      .as("mona")
      .push({ repo: REPO, branch: "idea", message: "Try", files: { [path]: nightly(atThree) } });
    await shop.settled();
    expect(await rows()).toEqual([]);
  });

  test("a push that leaves a schedule alone keeps when it fires", async () => {
    await push({ [path]: nightly(atThree) });
    const before = await rows();
    await pass(1_000);
    await push({ "README.md": "More" });
    expect(await rows()).toEqual(before);
  });

  test("the first event of a repository that was installed before", async () => {
    const old = await openShop({ files: { [path]: nightly(atThree) }, now: start });
    old.github.as("mona").openIssue({ title: "Anything" });
    await old.settled();
    expect(await rows(old)).toHaveLength(1);
  });

  test("repositories that come and go with an installation", async () => {
    await push({ [path]: nightly(atThree) });
    const installation = (await rows())[0]?.installation ?? 0;
    shop.github.changeSelection(installation, "removed", [REPO]);
    await shop.settled();
    expect(await rows()).toEqual([]);
    shop.github.changeSelection(installation, "added", [REPO]);
    await shop.settled();
    expect(await crons()).toEqual(["0 3 * * *"]);
    shop.github.uninstall(installation);
    await shop.settled();
    expect(await rows()).toEqual([]);
  });
});

test("a tick whose workflow has no such schedule any more starts nothing, and corrects the set", async () => {
  await push({ [path]: nightly(atThree) });
  const [row] = await rows();
  if (!row) throw new Error("it is scheduled");
  const stale = { ...row, id: "stale", cron: "0 1 * * *", next: row.next - 2 * hour };
  await shop.stores.schedules.replaceFor(row.repository.id, [stale]);
  await shop.app.stop();
  shop.app.start();
  await passTo(1);
  expect(await executionsOf(shop)).toEqual([]);
  expect(await crons()).toEqual(["0 3 * * *"]);
  await pass(2 * hour);
  expect(await executionsOf(shop)).toHaveLength(1);
});

test("while the App is suspended ticks come to nothing, and afterwards they start again", async () => {
  await push({ [path]: nightly(atThree) });
  const [row] = await rows();
  const installation = row?.installation ?? 0;
  shop.github.suspend(installation);
  await shop.settled();
  await passTo(3);
  expect(await executionsOf(shop)).toEqual([]);
  expect((await rows()).map(({ next }) => next > shop.clock.now())).toEqual([true]);
  shop.github.suspend(installation, false);
  await shop.settled();
  await pass(day);
  expect(await executionsOf(shop)).toHaveLength(1);
});
