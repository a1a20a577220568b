import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StepResult } from "../../../src/engine/ports/runner.ts";
import type { ForeignCheck, ForeignStatus } from "../../../src/sandbox/github/index.ts";
import { openStage, repo, type Stage } from "./stage.ts";
import type { RequestSketch } from "./support.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.github.close());

type Which = "required" | "all" | readonly string[];
const look = (checks: Which, sketch: RequestSketch = {}) =>
  stage.run({ kind: "wait_for_checks", checks }, null, { permissions: {}, ...sketch });

type Report = Omit<ForeignCheck, "at"> | Omit<ForeignStatus, "at">;
function report(...reports: readonly Report[]) {
  for (const one of reports) {
    if ("state" in one) stage.github.reportStatus(repo, { at: 2, ...one });
    else stage.github.reportCheck(repo, { at: 2, ...one });
  }
}

/** Our App's own check run. */
function ours(name: string, conclusion: string | undefined, head_sha = stage.head()) {
  return stage.run(
    "checks.create",
    { name, head_sha, ...(conclusion ? { conclusion } : { status: "in_progress" }) },
    { permissions: { checks: "write" } },
  );
}

/** `succeeded lint test`, `checks_failed`, `parked`. */
function inShort(result: StepResult): string {
  if (result.type === "failed") return result.error.code;
  if (result.type === "parked") return "parked";
  const { checks } = result.output as { checks: readonly { name: string }[] };
  return ["succeeded", ...checks.map(({ name }) => name)].join(" ");
}

const lint = (conclusion?: string): Report => ({ name: "lint", ...(conclusion ? { conclusion } : {}) });
const ci = (state: ForeignStatus["state"]): Report => ({ context: "ci", state });

test.for<readonly [which: Which, reports: readonly Report[], outcome: string]>([
  ["all", [], "parked"],
  ["all", [lint("success")], "succeeded lint"],
  ["all", [lint("neutral"), { name: "docs", conclusion: "skipped" }], "succeeded lint docs"],
  ["all", [lint("success"), ci("success")], "succeeded lint ci"],
  ["all", [lint()], "parked"],
  ["all", [lint("success"), ci("pending")], "parked"],
  ["all", [lint("failure")], "checks_failed"],
  ["all", [lint("cancelled")], "checks_failed"],
  ["all", [lint("timed_out")], "checks_failed"],
  ["all", [ci("failure")], "checks_failed"],
  ["all", [ci("error")], "checks_failed"],
  // It need not wait for the rest to know.
  ["all", [lint("failure"), ci("pending")], "checks_failed"],
  // Somebody is asked for something, and may still do it.
  ["all", [lint("action_required")], "parked"],
  // The newest of a name counts.
  ["all", [lint("failure"), lint("success")], "succeeded lint"],
  ["all", [lint("success"), lint("failure")], "checks_failed"],
  ["all", [ci("failure"), { context: "CI", state: "success" }], "succeeded CI"],
  ["all", [lint("success"), { name: "lint", app: "other-ci", conclusion: "failure" }], "checks_failed"],
  [["lint"], [lint("success"), ci("failure")], "succeeded lint"],
  [["lint"], [ci("success")], "parked"],
  [["lint", "ci"], [lint("success"), ci("success")], "succeeded lint ci"],
  [["lint", "ci"], [lint("success")], "parked"],
  [["lint"], [lint("failure")], "checks_failed"],
  // No branch requires anything, so all count.
  ["required", [lint("success"), ci("pending")], "parked"],
  ["required", [lint("success")], "succeeded lint"],
])("checks: %j after %j is %s", async ([which, reports, outcome]) => {
  report(...reports);
  expect(inShort(await look(which))).toBe(outcome);
});

describe("what the base branch requires", () => {
  test.for<readonly [by: "protection" | "ruleset"]>([["protection"], ["ruleset"]])(
    "is read from its %s",
    async ([by]) => {
      stage.github.requireChecks(repo, "main", ["lint", "test"], by);
      report(lint("success"), { name: "optional", conclusion: "failure" });
      expect(inShort(await look("required"))).toBe("parked");
      report({ name: "test", conclusion: "success" });
      expect(inShort(await look("required"))).toBe("succeeded lint test");
    },
  );

  test("is the sum of both", async () => {
    stage.github.requireChecks(repo, "main", ["lint"], "protection");
    stage.github.requireChecks(repo, "main", ["ci"], "ruleset");
    report(lint("success"));
    expect(inShort(await look("required"))).toBe("parked");
    report(ci("success"));
    expect(inShort(await look("required"))).toBe("succeeded ci lint");
  });

  test("is met only by the App that it names", async () => {
    const appId = stage.github.appId("trusted-ci");
    stage.github.requireChecks(repo, "main", [{ context: "lint", appId }]);
    report(lint("success"));
    expect(inShort(await look("required"))).toBe("parked");
    report({ name: "lint", app: "trusted-ci", conclusion: "success" });
    expect(inShort(await look("required"))).toBe("succeeded lint");
  });

  test("of other branches is nothing to this one", async () => {
    stage.github.requireChecks(repo, "release", ["never"]);
    report(lint("success"));
    expect(inShort(await look("required"))).toBe("succeeded lint");
  });
});

describe("our own checks", () => {
  test("don't count for all, or the step would wait for itself", async () => {
    await ours("HishamOS / Test", undefined);
    await ours("HishamOS / Other", "failure");
    expect(inShort(await look("all"))).toBe("parked");
    report(lint("success"));
    expect(inShort(await look("all"))).toBe("succeeded lint");
  });

  test("count where they are named, but for the workflow's own", async () => {
    await ours("HishamOS / Other", "success");
    expect(inShort(await look(["HishamOS / Other"]))).toBe("succeeded HishamOS / Other");
    expect(inShort(await look(["HishamOS / Test"]))).toBe("own_check");
  });

  test("don't count where the branch requires the workflow's own", async () => {
    stage.github.requireChecks(repo, "main", ["HishamOS / Test", "HishamOS / Other"]);
    await ours("HishamOS / Test", undefined);
    expect(inShort(await look("required"))).toBe("parked");
    await ours("HishamOS / Other", "success");
    expect(inShort(await look("required"))).toBe("succeeded HishamOS / Other");
  });
});

test("the output names head, checks, conclusions and pages", async () => {
  report(lint("success"), { context: "ci", state: "success", targetUrl: "https://ci.example.com/1" });
  const url = stage.github.checkRuns(repo, 2)[0]?.html_url;
  expect(await look("all")).toEqual({
    type: "succeeded",
    output: {
      head_sha: stage.head(),
      checks: [
        { name: "lint", conclusion: "success", url },
        { name: "ci", conclusion: "success", url: "https://ci.example.com/1" },
      ],
    },
    effects: [],
  });
});

test("a failure names what failed", async () => {
  report(lint("failure"), ci("error"));
  const result = await look("all");
  expect(result.type === "failed" && result.error.message).toMatch(
    /: lint \(failure, http.*\); ci \(error\)$/,
  );
  const url = stage.github.checkRuns(repo, 2)[0]?.html_url;
  expect(result).toMatchObject({
    output: {
      head_sha: stage.head(),
      checks: [
        { name: "lint", conclusion: "failure", url },
        { name: "ci", conclusion: "error", url: null },
      ],
    },
  });
});

test("it is the head as it is now that counts, not the one the execution knows", async () => {
  report(lint("success"));
  const known = stage.head();
  stage.github.as("dev").push({ repo, branch: "fix", message: "More", files: { "a.txt": "three\n" } });
  const linked = [{ number: 2, url: "", branch: "fix", head_sha: known, state: "open" as const }];
  expect(await look("all", { execution: { linked } })).toEqual({
    type: "parked",
    waiting: { for: "checks", which: "all", headSha: stage.head() },
    effects: [],
  });
});

test("all pages are read", async () => {
  report(...Array.from({ length: 150 }, (_, n) => ({ name: `job ${n}`, conclusion: "success" })));
  report({ name: "job 0", conclusion: "failure" });
  expect(inShort(await look("all"))).toBe("checks_failed");
});

test("without a pull request there is nothing to wait for", async () => {
  expect(inShort(await look("all", { execution: { linked: [] } }))).toBe("no_pull_request");
});

test("`subject` names another pull request", async () => {
  const dev = stage.github.as("dev");
  dev.push({ repo, branch: "next", from: "main", message: "Next", files: { "b.txt": "b\n" } });
  const { number } = dev.openPullRequest({ repo, title: "Next", head: "next" });
  stage.github.reportCheck(repo, { at: number, name: "other", conclusion: "success" });
  expect(inShort(await look("all", { run: { subject: number } }))).toBe("succeeded other");
  expect(inShort(await look("all", { run: { subject: 1 } }))).toBe("no_pull_request");
});
