import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Report } from "../../bench/report.ts";
import { scaleNames } from "../../bench/scale.ts";
import { webhookApps } from "../../bench/webhook-apps.ts";

test("a quick run has every row of what is measured in several processes and beside others", async () => {
  const only = scaleNames.flatMap((name) => ["--only", name]);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["bench/main.ts", "--quick", "--json", ...only],
    { cwd: new URL("../..", import.meta.url) },
  );
  const report: Report = JSON.parse(stdout);
  expect(report.rivals.length + report.leftOut.length).toBe(5);
  for (const { stepsPerSecond, statementsPerStep, bytesPerStep } of report.rivals) {
    expect(Math.min(stepsPerSecond, statementsPerStep, bytesPerStep)).toBeGreaterThan(0);
  }
  expect(report.replicas.map(({ replicas }) => replicas)).toEqual([1, 2, 3]);
  const grounds = ["embedded", "postgres"];
  expect(report.crowds.map(({ ground }) => ground)).toEqual(grounds);
  expect(report.parked.map(({ ground }) => ground)).toEqual(grounds);
  expect(report.webhooks.map(({ app }) => app)).toEqual(webhookApps);
  expect(report.aims).toHaveLength(2 + 1 + 2 + 2 + 4);
});
