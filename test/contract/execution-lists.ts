import { beforeEach, expect, test } from "vitest";
import type { Execution, ExecutionState, RunningRun, Waiting } from "../../src/core/execution.ts";
import { awaited } from "../../src/engine/ports/awaits.ts";
import type { ExecutionQuery } from "../../src/engine/ports/store.ts";
import { anExecution, aRun, nextRevision, startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

const issue = (number: number) => {
  const { subject } = anExecution();
  return subject === null ? null : { ...subject, number };
};
const linked = (number: number) => [
  {
    number,
    url: `https://github.example/pull/${number}`,
    branch: "fix",
    head_sha: "abc",
    state: "open" as const,
  },
];
const parked = (waiting: Waiting, over: Partial<RunningRun> = {}): Execution["steps"] => ({
  a: { visits: 1, attempts: 1, since: { round: 0, visit: 0 }, runs: [aRun({ waiting, ...over })] },
});
const other = { id: 2000, owner: "octo-org", name: "another" };
const release = { ...anExecution().workflow, stem: "release", path: ".hishamos/release.yml" };

/** Updated in this order, a minute apart. */
const rows: readonly Partial<Execution>[] = [
  { id: "a", subject: issue(1), state: "completed" },
  { id: "b", subject: issue(12), state: "failed", workflow: release },
  { id: "c", subject: issue(1), linked: linked(12), state: "paused" },
  { id: "d", subject: issue(1), repository: other, state: "running" },
  { id: "e", subject: null, state: "running", slot: "group" },
  { id: "f", subject: issue(2), state: "cancelled", workflow: release },
];

export function executionListsContract({ stores }: Fixture): void {
  beforeEach(async () => {
    for (const [index, row] of rows.entries()) {
      await stores().executions.create(anExecution({ updatedAt: startOfTests + index * 60_000, ...row }));
    }
  });

  const filters: readonly (readonly [string, ExecutionQuery, string])[] = [
    ["everything, newest first", {}, "f e d c b a"],
    ["a repository", { repository: 2000 }, "d"],
    ["a repository's subject, or pull request linked to it", { repository: 1000, subject: 12 }, "c b"],
    ["a subject by its whole number only", { repository: 1000, subject: 2 }, "f"],
    ["a workflow's path", { workflow: ".hishamos/release.yml" }, "f b"],
    ["a workflow's stem", { workflow: "release" }, "f b"],
    ["states", { states: ["completed", "failed"] }, "b a"],
    ["states that are not terminal", { repository: 1000, states: ["running", "paused"] }, "e c"],
    ["no state at all", { states: [] }, ""],
    ["who holds a group", { repository: 1000, slot: "group" }, "e"],
    ["a group that nobody holds", { slot: "free" }, ""],
    [
      "all of them together",
      { repository: 1000, subject: 1, workflow: "bug-lifecycle", states: ["paused"] },
      "c",
    ],
  ];
  test.for(filters)("a query finds %s", async ([, query, ids]) => {
    const page = await stores().executions.list(query);
    expect(page.executions.map(({ id }) => id).join(" ")).toBe(ids);
    expect(page.next).toBeNull();
  });

  /** All of them in a repository of their own. */
  const awaiting: readonly Partial<Execution>[] = [
    { id: "run", hears: [], steps: parked({ for: "run", runId: 7, url: "" }) },
    { id: "checks", hears: [], steps: parked({ for: "checks", which: "all", headSha: "c0ffee" }) },
    { id: "head", hears: [], linked: linked(1).map((pull) => ({ ...pull, head_sha: "c0ffee" })) },
    { id: "ended", hears: ["push"], state: "completed", steps: parked({ for: "run", runId: 7, url: "" }) },
    { id: "named", hears: ["push", "release.published"] },
    { id: "before", steps: {} },
    { id: "earlier", hears: [], round: 2, steps: parked({ for: "run", runId: 7, url: "" }) },
  ];
  const keys: readonly (readonly [string, readonly string[], string])[] = [
    ["a run of GitHub Actions", [awaited.run(7)], "run"],
    ["another run", [awaited.run(77)], ""],
    ["a commit, as head or of checks", [awaited.commit("c0ffee")], "checks head"],
    ["the beginning of a commit", [awaited.commit("c0ff")], ""],
    ["an event by its name", [awaited.event("push")], "named"],
    ["an event, where it may be any", [awaited.event("push"), awaited.anyEvent], "before named"],
    ["a character that stands for any in other searches", ["run:%", "run:_"], ""],
    ["several", [awaited.run(7), awaited.commit("c0ffee")], "checks head run"],
    ["nothing", [], ""],
  ];
  test.for(keys)("of the unfinished, a query finds who awaits %s", async ([, awaits, ids]) => {
    const repository = { ...other, id: 3000 };
    for (const row of awaiting) await stores().executions.create(anExecution({ ...row, repository }));
    const page = await stores().executions.list({ repository: 3000, awaits });
    expect(
      page.executions
        .map(({ id }) => id)
        .toSorted()
        .join(" "),
    ).toBe(ids);
  });

  test("a query by subject finds what a step is about only while that is under way", async () => {
    const waiting = { for: "person", agent: "a", question: "", outputSchema: null, produces: null } as const;
    const execution = anExecution({ id: "about", steps: parked(waiting, { subject: 77 }) });
    await stores().executions.create(execution);
    const at77 = async () =>
      (await stores().executions.list({ repository: 1000, subject: 77 })).executions.map(({ id }) => id);
    expect(await at77()).toEqual(["about"]);
    const { a } = execution.steps;
    const run = { ...aRun({ subject: 77 }), state: "completed", endedAt: 1, output: null } as const;
    if (a) await stores().executions.save(nextRevision(execution, { steps: { a: { ...a, runs: [run] } } }));
    expect(await at77()).toEqual([]);
  });

  test("a list shows what the last save wrote", async () => {
    const [execution] = (await stores().executions.list({ repository: 2000 })).executions;
    if (execution === undefined) throw new Error("the list is empty");
    const changes = { state: "completed" as const, linked: linked(77), updatedAt: startOfTests + 999_999 };
    await stores().executions.save(nextRevision(execution, changes));
    const found = await stores().executions.list({ repository: 2000, subject: 77, states: ["completed"] });
    expect(found.executions).toEqual([nextRevision(execution, changes)]);
  });

  test("pages follow each other to the end, with ties in the order of their ids", async () => {
    for (const id of ["t3", "t1", "t2"])
      await stores().executions.create(anExecution({ id, updatedAt: startOfTests }));
    const pages: string[] = [];
    let cursor: string | null = null;
    do {
      const query: ExecutionQuery = cursor === null ? { limit: 2 } : { limit: 2, cursor };
      const page = await stores().executions.list(query);
      pages.push(page.executions.map(({ id }) => id).join(" "));
      cursor = page.next;
    } while (cursor !== null);
    expect(pages).toEqual(["f e", "d c", "b a", "t1 t2", "t3"]);
  });

  test("a cursor that no list returned is refused", async () => {
    for (const cursor of ["", "nonsense", Buffer.from('["1",2]').toString("base64url")]) {
      await expect(stores().executions.list({ cursor })).rejects.toMatchObject({
        problem: { code: "HOS606" },
      });
    }
  });

  test("the unfinished are walked in pages, each once, in the order of their ids", async () => {
    const first = await stores().executions.unfinished(null, 2);
    const second = await stores().executions.unfinished(first.at(-1) ?? null, 2);
    expect([first, second]).toEqual([["c", "d"], ["e"]]);
    expect(await stores().executions.unfinished("e", 2)).toEqual([]);
  });

  test("who is due comes soonest first, up to the time and the number asked for", async () => {
    expect(await stores().executions.nextDue()).toBeNull();
    for (const [id, due] of [
      ["late", 3000],
      ["soon", 1000],
      ["then", 2000],
    ] as const) {
      await stores().executions.create(anExecution({ id, due: startOfTests + due }));
    }
    const until = startOfTests + 2000;
    expect(await stores().executions.nextDue()).toBe(startOfTests + 1000);
    expect(await stores().executions.due(until, 10)).toEqual([
      { id: "soon", due: startOfTests + 1000 },
      { id: "then", due: until },
    ]);
    expect(await stores().executions.due(until, 1)).toEqual([{ id: "soon", due: startOfTests + 1000 }]);
    expect(await stores().executions.due(startOfTests + 999, 10)).toEqual([]);
  });

  test("who is queued for a group comes oldest first, of one repository, until it holds the group", async () => {
    const queued = [
      { id: "q3", startedAt: startOfTests + 1 },
      { id: "q1", startedAt: startOfTests + 2 },
      { id: "q2", startedAt: startOfTests + 1 },
      { id: "elsewhere", startedAt: startOfTests, repository: other },
      { id: "paused", startedAt: startOfTests, state: "paused" as const },
    ];
    for (const row of queued) await stores().executions.create(anExecution({ wants: "group", ...row }));
    const [first] = queued;
    expect(await stores().executions.queued(1000, "group", 10)).toEqual(["q2", "q3", "q1"]);
    expect(await stores().executions.queued(1000, "group", 2)).toEqual(["q2", "q3"]);
    expect(await stores().executions.queued(1000, "another", 2)).toEqual([]);
    const ended = anExecution({ id: "q2", wants: null, state: "cancelled" });
    await stores().executions.save(nextRevision(ended));
    expect(await stores().executions.queued(1000, "group", 10)).toEqual([first?.id, "q1"]);
    const all = await stores().executions.list({ repository: 1000, wants: "group" });
    expect(all.executions.map(({ id }) => id)).toEqual(["paused", "q1", "q3"]);
  });

  test("a save moves the due time", async () => {
    const execution = anExecution({ due: startOfTests });
    await stores().executions.create(execution);
    const states: ExecutionState[] = ["running", "completed"];
    const [later, ended] = [startOfTests + 5, null].map((due, index) =>
      nextRevision({ ...execution, revision: 1 + index }, { due, state: states[index] ?? "running" }),
    );
    if (later === undefined || ended === undefined) throw new Error("two saves are made above");
    await stores().executions.save(later);
    expect(await stores().executions.nextDue()).toBe(startOfTests + 5);
    await stores().executions.save(ended);
    expect(await stores().executions.nextDue()).toBeNull();
  });
}
