import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const main = new URL("../../bin/hishamos.js", import.meta.url).pathname;

async function hishamos(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: "pipe" });
  child.stdin.end();
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, code };
}

const visits = {
  report: 1,
  triage: 1,
  backlog: 1,
  urgent: 1,
  assign: 1,
  set_assignee: 1,
  fix: 3,
  code_review: 3,
  qa_test: 2,
  approve_deploy: 1,
  deploy: 1,
  announce: 1,
  close: 1,
};

test("demo --json prints one object and nothing else", async () => {
  const { stdout, stderr, code } = await hishamos("demo", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const result: unknown = JSON.parse(stdout);
  expect(result).toEqual({
    execution: { id: expect.stringMatching(/^[0-9a-f]{32}$/), state: "completed" },
    steps: Object.entries(visits).map(([id, count]) => ({
      id,
      state: id === "backlog" ? "skipped" : "completed",
      visits: count,
      attempts: count,
    })),
    restarts: 1,
    issue: { state: "closed" },
    comments: expect.toSatisfy((count: number) => count >= 15 && Number.isInteger(count)),
    checkRuns: expect.toSatisfy((count: number) => count >= 3 && Number.isInteger(count)),
    durationMs: expect.toSatisfy((ms: number) => ms > 0 && Number.isInteger(ms)),
  });
});

test("demo tells every step, the kill, and how the issue shows it at the end", async () => {
  const { stdout, stderr, code } = await hishamos("demo");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [story = "", ending = ""] = stdout.split(/^The sticky comment on #1 at the end:$/m);
  for (const step of Object.keys(visits)) expect(story).toMatch(new RegExp(`hishamos +${step}\\b.* is `));
  expect(story).toContain("kills the service with SIGKILL");
  expect(story).toContain("Bug Lifecycle is completed");
  // The last state, not one on the way.
  expect(ending).toContain("### Bug Lifecycle: ✅ completed");
  expect(ending).toContain("```mermaid");
  for (const [step, count] of Object.entries(visits)) {
    expect(ending).toMatch(new RegExp(`^${step} +(completed|skipped) +${count} +${count}$`, "m"));
  }
  expect(ending).toMatch(/writes of the execution \([\d.]+ per visit\), engine time [\d.]+ ms per visit/);
  expect(ending).toMatch(/closed, execution completed, 1 restart/);
});

test.for([
  { args: ["demo", "--jsn"], says: /--jsn.*Usage: hishamos demo/s },
  { args: ["demo", "now"], says: /now.*Usage: hishamos demo/s },
])("$args is wrong usage", async ({ args, says }) => {
  const { stdout, stderr, code } = await hishamos(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(says);
});
