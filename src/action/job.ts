import type { RepositoryRef } from "../core/execution.ts";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { type Environment, type Inputs, readInputs } from "./inputs.ts";
import type { ActionProblem } from "./problems.ts";

/** What the runner tells a step of its job: https://docs.github.com/actions/reference/workflows-and-actions/variables */
export interface Job {
  readonly inputs: Inputs;
  readonly repository: RepositoryRef;
  readonly eventName: string;
  /** The webhook's payload; empty where there is none. */
  readonly payload: JsonObject;
  /** The issue or pull request that it is about: the input's, else the event's own; null where there is none. */
  readonly subject: number | null;
  /** Login of who caused the run. */
  readonly actor: string;
  /** The commit that the run was started for. */
  readonly sha: string;
  /** As `refs/heads/main`. */
  readonly ref: string;
  readonly runId: string;
  /** Counts from 1. */
  readonly runAttempt: number;
  /** The job's id in its workflow. */
  readonly jobName: string;
  /** The step's id in its job, or what the runner calls it by. */
  readonly step: string;
  /** GitHub's REST root, without a slash at the end. */
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Where the repository is checked out, if it is. */
  readonly workspace: string;
  /** A folder that is emptied with the job. */
  readonly tempDirectory: string;
}

/** The job of an environment, or everything that is wrong with it. `readFile` rejects nothing: null where there is no file. */
export function readJob(
  env: Environment,
  readFile: (path: string) => string | null,
): Job | { readonly problems: readonly Problem[] } {
  const problems: ActionProblem[] = [];
  const given = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") {
      const hint = "Run it as a step of a job, by `uses:`.";
      problems.push({ code: "HOS902", message: `the variable ${name} is not set`, hint });
    }
    return value;
  };
  const read = readInputs(env);
  const [owner = "", name = ""] = given("GITHUB_REPOSITORY").split("/");
  const id = Number(given("GITHUB_REPOSITORY_ID"));
  const payload = payloadOf(env["GITHUB_EVENT_PATH"], readFile);
  const place = {
    repository: { id, owner, name },
    eventName: given("GITHUB_EVENT_NAME"),
    payload,
    actor: given("GITHUB_ACTOR"),
    sha: given("GITHUB_SHA"),
    ref: env["GITHUB_REF"] ?? "",
    runId: given("GITHUB_RUN_ID"),
    runAttempt: Number(env["GITHUB_RUN_ATTEMPT"] || "1"),
    jobName: given("GITHUB_JOB"),
    step: env["GITHUB_ACTION"] ?? "",
    apiUrl: (env["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, ""),
    serverUrl: (env["GITHUB_SERVER_URL"] || "https://github.com").replace(/\/+$/, ""),
    workspace: given("GITHUB_WORKSPACE"),
    tempDirectory: given("RUNNER_TEMP"),
  };
  if ("problems" in read) return { problems: [...problems, ...read.problems] };
  if (problems.length > 0) return { problems };
  return { ...place, inputs: read.inputs, subject: read.inputs.subject ?? subjectOf(payload) };
}

function payloadOf(path: string | undefined, readFile: (path: string) => string | null): JsonObject {
  const text = path ? readFile(path) : null;
  const payload = text === null ? null : (JSON.parse(text) as Json);
  return isObject(payload) ? payload : {};
}

/** The number of the issue or pull request that an event is about. */
function subjectOf(payload: JsonObject): number | null {
  for (const key of ["issue", "pull_request"]) {
    const about = own(payload, key);
    const number = isObject(about) ? own(about, "number") : null;
    if (typeof number === "number") return number;
  }
  return null;
}
