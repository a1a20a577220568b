import { describe, expect, test } from "vitest";
import type { Job } from "../../src/action/job.ts";
import type { News } from "../../src/action/run/happened.ts";
import { listen } from "../../src/action/run/listen.ts";
import { createLook } from "../../src/action/run/look.ts";
import type { Execution } from "../../src/core/execution.ts";
import type { Json } from "../../src/core/json.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { textAt } from "../../src/github/payload.ts";
import { anExecution, aRun, startOfTests } from "../support/execution.ts";

const job = { repository: { id: 1000, owner: "octo-org", name: "octo-repo" }, payload: {} } as unknown as Job;
const later = new Date(startOfTests + 60_000).toISOString();
const before = new Date(startOfTests - 60_000).toISOString();
const user = { login: "mona", type: "User" };
const open = { number: 1, state: "open", labels: [{ name: "bug" }], user, updated_at: later };
const pull = {
  number: 2,
  state: "open",
  merged: false,
  user,
  updated_at: later,
  head: { ref: "fix", sha: "a" },
};
const linked = [{ number: 2, url: "", branch: "fix", head_sha: "a", state: "open" as const }];
const comment = { id: 7, body: "Hello", user, created_at: later };

/** What is heard at a second look, when these paths have come to say something else. */
async function heard(execution: Execution, first: Record<string, Json>, second: Record<string, Json>) {
  let said: Record<string, Json> = first;
  const read = async (path: string) => {
    const key = path.replace(/\?.*$/, "");
    return Object.hasOwn(said, key) ? { data: said[key] ?? null, fresh: true } : null;
  };
  const pages = {
    read,
    readAll: async (path: string) => ((await read(path))?.data ?? []) as readonly Json[],
  };
  const look = createLook({ pages, job, since: startOfTests, heard: 6 });
  const known = new Set((await look([execution])).map(({ id }) => id));
  said = { ...first, ...second };
  return (await look([execution])).filter(({ id }) => !known.has(id));
}

const waiting = (what: object) =>
  anExecution({
    steps: {
      ci: { visits: 1, attempts: 1, since: { round: 1, visit: 1 }, runs: [aRun({ waiting: what as never })] },
    },
  });

describe("a job hears", () => {
  test.for<readonly [string, Execution, Record<string, Json>, readonly string[]]>([
    ["a comment", anExecution(), { "/issues/1/comments": [comment] }, ["issue_comment.created"]],
    ["none from before", anExecution(), { "/issues/1/comments": [{ ...comment, created_at: before }] }, []],
    ["none that started it", anExecution(), { "/issues/1/comments": [{ ...comment, id: 6 }] }, []],
    [
      "none that would start another workflow",
      anExecution(),
      { "/issues/1/comments": [{ ...comment, body: "/hishamos run other" }] },
      [],
    ],
    [
      "that an issue is closed",
      anExecution(),
      { "/issues/1": { ...open, state: "closed" } },
      ["issues.closed"],
    ],
    [
      "what labels come and go",
      anExecution(),
      { "/issues/1": { ...open, labels: [{ name: "urgent" }] } },
      ["issues.labeled", "issues.unlabeled"],
    ],
    [
      "that a pull request closes its issue",
      anExecution(),
      { "/pulls": [{ ...pull, number: 3, body: "Fixes #1", created_at: later }] },
      ["pull_request.opened"],
    ],
    [
      "of no other pull request",
      anExecution(),
      { "/pulls": [{ ...pull, body: "x", created_at: later }] },
      [],
    ],
    [
      "that a linked pull request is merged, with what was pushed before",
      anExecution({ linked }),
      { "/pulls/2": { ...pull, state: "closed", merged: true, head: { ref: "fix", sha: "b" } } },
      ["pull_request.synchronize", "pull_request.closed"],
    ],
    [
      "a review of it",
      anExecution({ linked }),
      { "/pulls/2/reviews": [{ id: 9, state: "APPROVED", user, submitted_at: later }] },
      ["pull_request_review.submitted"],
    ],
    [
      "that a run of Actions is over",
      waiting({ for: "run", runId: 5 }),
      { "/actions/runs/5": { id: 5, status: "completed", updated_at: later } },
      ["workflow_run.completed"],
    ],
    [
      "that a check moves",
      waiting({ for: "checks", which: "all", headSha: "a" }),
      { "/commits/a/check-runs": { check_runs: [{ name: "build", status: "completed" }] } },
      ["check_suite.completed"],
    ],
  ])("%s", async ([, execution, second, names]) => {
    const first = { "/issues/1": open, "/pulls/2": pull, "/actions/runs/5": { status: "queued" } };
    const news = await heard(execution, first, second);
    expect(news.map(({ event, payload }) => `${event}.${textAt(payload, "action")}`)).toEqual(names);
  });
});

test.for([
  ["takes a label off", { "/issues/1": { ...open, labels: [] } }, "robot"],
  ["closes an issue", { "/issues/1": { ...open, state: "closed" } }, "olga"],
  ["closes a pull request", { "/pulls/2": { ...pull, state: "closed" } }, "quinn"],
] as const)("it is told who %s", async ([, second, login]) => {
  const by = (event: string, who: string, more = {}) => ({ event, actor: { login: who }, ...more });
  const first = {
    "/issues/1": open,
    "/pulls/2": pull,
    "/issues/1/events": [
      by("unlabeled", "mona", { label: { name: "bug" } }),
      by("closed", "olga"),
      by("unlabeled", "robot", { label: { name: "bug" } }),
      by("unlabeled", "mona", { label: { name: "other" } }),
    ],
    "/issues/2/events": [by("closed", "quinn")],
  };
  const news = await heard(anExecution({ linked }), first, second);
  expect(news.map(({ payload }) => textAt(payload, "sender", "login"))).toEqual([login]);
});

test("what is heard is taken once and in order, again where that fails, ever more rarely where nothing comes", async () => {
  const clock = new SimulatedClock();
  const taken: string[] = [];
  const said: News[] = ["a", "b"].map((id) => ({ id, event: "issues", payload: {}, at: 0 }));
  let fails = 1;
  const looked: number[] = [];
  const ears = listen({
    clock,
    everyMs: 10_000,
    executions: async () => [],
    look: async () => {
      looked.push(clock.now());
      return said;
    },
    async take({ id }, again) {
      taken.push(again ? `${id} again` : id);
      if (fails-- > 0) throw new Error("GitHub is away");
    },
    trouble: () => {},
  });
  for (let round = 0; round < 8; round++) {
    clock.advance(clock.next() ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ears.stop();
  expect(taken).toEqual(["a", "a again", "b"]);
  expect(looked.slice(1).map((at, index) => (at - (looked[index] ?? 0)) / 1_000)).toEqual([
    10, 15, 22.5, 33.75, 50.625, 60, 60,
  ]);
  expect(clock.next()).toBeNull();
});
