import { readFileSync } from "node:fs";
import * as core from "@actions/core";
import { readInputs } from "./inputs.ts";
import { type Job, readJob } from "./job.ts";
import { fail } from "./report.ts";
import { validate } from "./validate.ts";

await main().catch((error: unknown) => {
  core.setFailed(error instanceof Error ? (error.stack ?? error.message) : String(error));
});

// What is still open does not keep the step; what was said is written first.
process.stdout.write("", () => process.exit());

async function main(): Promise<void> {
  const read = readInputs(process.env);
  if ("problems" in read) return fail(...read.problems);
  const { command, path } = read.inputs;
  switch (command) {
    case "validate":
      return await validate(path);
    case "run":
      return await inJob(async (job) => (await import("./run.ts")).run(job));
    case "start":
      return await inJob(async (job) => (await import("./start.ts")).start(job));
    default:
      return command satisfies never;
  }
}

async function inJob(perform: (job: Job) => Promise<void>): Promise<void> {
  const job = readJob(process.env, textOf);
  await ("problems" in job ? Promise.resolve(fail(...job.problems)) : perform(job));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
