import { expect, test } from "vitest";
import type { Schedule } from "../../src/engine/ports/store.ts";
import { startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

const repository = { id: 1000, owner: "octo-org", name: "octo-repo" };

function aSchedule(id: string, overrides: Partial<Schedule> = {}): Schedule {
  return {
    id,
    repository,
    installation: 1,
    path: ".hishamos/nightly.yml",
    cron: "0 3 * * *",
    timezone: "UTC",
    next: startOfTests,
    ...overrides,
  };
}

export function schedulesContract({ stores, reopen }: Fixture): void {
  const all = () => stores().schedules.due(Number.MAX_SAFE_INTEGER, 100);
  const ids = async () => (await all()).map(({ id }) => id).join(" ");

  test("without schedules nothing is due, ever", async () => {
    expect(await all()).toEqual([]);
    expect(await stores().schedules.nextDue()).toBeNull();
  });

  test("what is due comes soonest first, whole, up to the time and the number asked for", async () => {
    const [late, early, middle] = [
      aSchedule("1", { next: startOfTests + 3 }),
      aSchedule("2", { next: startOfTests + 1, cron: "*/5 * * * 1-5", timezone: "Europe/Berlin" }),
      aSchedule("3", { next: startOfTests + 2, installation: null }),
    ];
    await stores().schedules.replaceFor(1000, [late, early, middle]);
    await reopen();
    expect(await stores().schedules.nextDue()).toBe(startOfTests + 1);
    expect(await stores().schedules.due(startOfTests + 2, 10)).toEqual([early, middle]);
    expect(await stores().schedules.due(startOfTests + 2, 1)).toEqual([early]);
    expect(await stores().schedules.due(startOfTests, 10)).toEqual([]);
  });

  test("a repository's new set takes the place of its old one, and of no other's", async () => {
    const other = { id: 2000, owner: "octo-org", name: "another" };
    await stores().schedules.replaceFor(1000, [aSchedule("a"), aSchedule("b")]);
    await stores().schedules.replaceFor(2000, [aSchedule("x", { repository: other })]);
    await stores().schedules.replaceFor(1000, [aSchedule("b"), aSchedule("c")]);
    expect(await ids()).toBe("b c x");
    await stores().schedules.replaceFor(1000, []);
    expect(await ids()).toBe("x");
  });

  test("one that was there keeps when it fires; the rest is as told last", async () => {
    await stores().schedules.replaceFor(1000, [aSchedule("a"), aSchedule("b")]);
    const renamed = { ...repository, name: "renamed" };
    const told = [
      aSchedule("a", { next: startOfTests + 500, repository: renamed, installation: 2 }),
      aSchedule("b", { next: startOfTests + 500 }),
    ];
    await stores().schedules.replaceFor(1000, told);
    expect(await all()).toEqual(told.map((schedule) => ({ ...schedule, next: startOfTests })));
  });

  test("of ten who advance it at once, one does", async () => {
    await stores().schedules.replaceFor(1000, [aSchedule("a")]);
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        stores().schedules.advance("a", startOfTests, startOfTests + 1 + index),
      ),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const next = startOfTests + 1 + results.indexOf(true);
    expect(await (await reopen()).schedules.due(next, 10)).toEqual([aSchedule("a", { next })]);
  });

  test("one that is gone, or was advanced already, can't be advanced", async () => {
    await stores().schedules.replaceFor(1000, [aSchedule("a")]);
    expect(await stores().schedules.advance("gone", startOfTests, startOfTests + 1)).toBe(false);
    expect(await stores().schedules.advance("a", startOfTests + 1, startOfTests + 2)).toBe(false);
    expect(await stores().schedules.advance("a", startOfTests, startOfTests + 1)).toBe(true);
    expect(await stores().schedules.advance("a", startOfTests, startOfTests + 2)).toBe(false);
  });

  test("a set told by many at once is there once", async () => {
    const set = ["a", "b", "c"].map((id) => aSchedule(id));
    await Promise.all(Array.from({ length: 5 }, () => stores().schedules.replaceFor(1000, set)));
    expect(await all()).toEqual(set);
  });

  test("an installation's go with it", async () => {
    const other = { id: 2000, owner: "octo-org", name: "another" };
    await stores().schedules.replaceFor(1000, [aSchedule("a"), aSchedule("b")]);
    await stores().schedules.replaceFor(2000, [aSchedule("x", { repository: other, installation: 2 })]);
    await stores().schedules.removeInstallation(1);
    await stores().schedules.removeInstallation(3);
    expect(await ids()).toBe("x");
  });
}
