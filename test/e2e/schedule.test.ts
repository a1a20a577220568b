import { expect, test } from "vitest";
import { places, REPO, Stage } from "./stage.ts";

/** Far from now, so that no tick falls into the test. */
const hour = (new Date().getUTCHours() + 12) % 24;
const workflow = `name: Nightly
on: { schedule: [{ cron: "0 ${hour} * * *" }] }
permissions: { issues: write }
steps: [{ id: say, action: issues.create, inputs: { title: "Night of {{ event.scheduled_at }}" } }]
`;
const day = 86_400_000;

test.concurrent.for(places)(
  "on $name ticks missed while the service was down fire once, however often it starts",
  { timeout: 60_000 },
  async ({ make }) => {
    const place = await make();
    const stage = await Stage.open(place, {
      files: { ".hishamos/nightly.yml": workflow },
      collaborators: { maya: "maintain" },
    });
    /** As if it had been down since three ticks, or had died before it noted the last. */
    const missThree = async () => {
      const stores = await place.open();
      const rows = await stores.schedules.due(Number.MAX_SAFE_INTEGER, 10);
      const moved = rows.map(({ id, next }) => stores.schedules.advance(id, next, next - 3 * day));
      expect(await Promise.all(moved)).toEqual([true]);
      await stores.close();
    };
    const fired = () => stage.lines.filter(({ msg }) => msg === "schedule fired");
    const nights = () => stage.sandbox.issues(REPO).filter(({ title }) => title.startsWith("Night of"));
    try {
      await stage.start();
      stage.sandbox.as("maya").openIssue({ repo: REPO, title: "The first event of this repository" });
      await stage.until("the set to be stored", () =>
        stage.lines.some(({ outcome }) => String(outcome).includes("1 schedule")),
      );
      for (const times of [1, 2]) {
        await stage.service.kill();
        await missThree();
        await stage.start();
        await stage.until(`${times} to be fired`, () => fired().length === times && nights().length > 0);
      }
      expect(fired().map(({ outcome }) => String(outcome).replace(/ \w{8}$/, ""))).toEqual([
        "started nightly",
        "had started nightly",
      ]);
      const last = Math.floor((Date.now() - hour * 3_600_000) / day) * day + hour * 3_600_000;
      expect(nights().map(({ title }) => title)).toEqual([`Night of ${new Date(last).toISOString()}`]);
    } finally {
      await stage.close();
      await place.remove();
    }
  },
);
