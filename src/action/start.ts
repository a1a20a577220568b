import { createHash } from "node:crypto";
import type { ExecutionView } from "../api/view.ts";
import { durationText } from "../core/duration.ts";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import { endOf, howItEnded, lengthOf, stepTable } from "./ended.ts";
import type { Job } from "./job.ts";
import type { ActionProblem } from "./problems.ts";
import { Progress, type Waits, waitsOf } from "./progress.ts";
import { fail, say, setOutputs, summarize } from "./report.ts";
import { createService, problemsIn, type Service, ServiceError } from "./service.ts";
import { watch } from "./watch.ts";

/** How long a service that does not answer is asked to start: an address may just be wrong. */
const startMs = 60_000;
/** What setTimeout takes: nearly 25 days, longer than any job. */
const longestMs = 2 ** 31 - 1;

type Interruption = "timeout" | "cancelled";
class Interrupted extends Error {
  readonly by: Interruption;

  constructor(by: Interruption) {
    super(by);
    this.by = by;
  }
}

/** Starts a workflow on a service as this job, and ends as the execution ends. */
export async function start(job: Job): Promise<void> {
  const { url, workflow, timeoutMs } = job.inputs;
  if (url === null || workflow === null) throw new Error("the inputs were not read for start");
  const interrupted = new AbortController();
  // GitHub sends both when a job is cancelled, the second some seconds later.
  const onSignal = () => interrupted.abort(new Interrupted("cancelled"));
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const service = createService(url);
  let begun: Begun | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    begun = await begin(job, service, interrupted.signal);
    const onTimeout = () => interrupted.abort(new Interrupted("timeout"));
    timer = setTimeout(onTimeout, Math.min(timeoutMs, longestMs));
    if (job.inputs.wait) await follow(service, begun, interrupted.signal);
    else await summarize({ ...headed(begun), sentences: [`It has begun: ${begun.id}`] });
  } catch (error) {
    await failBy(error, begun, job);
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** An execution that was started, and what is known of it. */
interface Begun {
  readonly id: string;
  readonly workflow: string;
  readonly page: string;
  view: ExecutionView | null;
  waits: Waits;
}

async function begin(job: Job, service: Service, signal: AbortSignal): Promise<Begun> {
  const { repository, inputs, subject } = job;
  const { workflow, url } = inputs;
  const path = `/${repository.id}.${encodeURIComponent(workflow ?? "")}/`;
  let answer: JsonObject;
  try {
    answer = await service.ask("POST", `${path}execute/`, {
      body: { inputs: inputs.inputs, subject },
      headers: { "idempotency-key": keyOf(job) },
      triesMs: Math.min(startMs, inputs.timeoutMs),
      signal,
    });
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
    throw (await invalidity(service, path, signal)) ?? error;
  }
  const execution = own(answer, "execution");
  const [id, state] = isObject(execution) ? [own(execution, "id"), own(execution, "state")] : [];
  if (typeof id !== "string" || !/^[0-9a-f]{8,128}$/.test(id) || typeof state !== "string")
    throw new ServiceError([{ code: "HOS905", message: `${url} has answered with no execution` }]);
  const page = `${url}/#/executions/${id}`;
  const result = own(answer, "result");
  const how = typeof result === "string" && Object.hasOwn(results, result) ? results[result] : "has begun";
  say(`${workflow} ${how}: ${page}`);
  setOutputs({ execution: id, url: page, state });
  return { id, workflow: workflow ?? "", page, view: null, waits: new Map() };
}

/** A workflow that is not valid can't be started, but shown with what is wrong with it; null where it is another matter. */
async function invalidity(service: Service, path: string, signal: AbortSignal): Promise<ServiceError | null> {
  const shown = await service.ask("GET", path, { triesMs: 0, signal }).catch(() => null);
  const problems = shown === null ? [] : problemsIn(shown);
  if (problems.length === 0) return null;
  const message = "the workflow is not valid on the default branch";
  return new ServiceError([{ code: "HOS905", message }, ...problems]);
}

const results: Readonly<Record<string, string>> = {
  created: "has begun",
  exists: "had begun already",
  joined: "is under way already in its concurrency group",
  queued: "waits for its turn",
};

/**
 * One start of one step, however often it is asked for; a run that is run again starts anew. The jobs of a matrix are told
 * apart by what they start, as the runner gives them one name.
 */
function keyOf({ repository, runId, runAttempt, jobName, step, inputs, subject }: Job): string {
  const what: Json = [
    repository.id,
    runId,
    runAttempt,
    jobName,
    step,
    inputs.workflow,
    inputs.inputs,
    subject,
  ];
  return `actions-${createHash("sha256").update(JSON.stringify(what)).digest("hex")}`;
}

async function follow(service: Service, begun: Begun, signal: AbortSignal): Promise<void> {
  const progress = new Progress();
  for await (const view of watch(service, begun.id, signal)) {
    begun.view = view;
    if (progress.asksOf(view)) begun.waits = await askWaits(service, begun, signal);
    for (const line of progress.lines(view, begun.waits)) say(line);
  }
  const { view } = begun;
  if (view === null) throw new Error("the watch has ended before the execution");
  setOutputs({ state: view.state, outputs: view.outputs });
  await summarizeSteps(begun, howItEnded(view));
  if (view.state === "completed") say(`completed${lengthOf(view)}`);
  else fail(endOf(view));
}

/** They are told for people's sake; the execution goes on without. */
async function askWaits(service: Service, { id }: Begun, signal: AbortSignal): Promise<Waits> {
  try {
    return waitsOf(await service.ask("GET", `/executions/${id}/drawing/`, { triesMs: 0, signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ServiceError) return new Map();
    throw error;
  }
}

async function failBy(error: unknown, begun: Begun | null, job: Job): Promise<void> {
  if (error instanceof Interrupted) {
    const why =
      error.by === "cancelled"
        ? "the job was cancelled"
        : `the ${durationText(job.inputs.timeoutMs)} of the input timeout are over`;
    fail(begun === null ? notBegun(why, job) : goingOn(why, begun));
  } else if (error instanceof ServiceError) {
    fail(...error.problems);
    if (begun !== null) say(`The execution may go on: ${begun.page}`);
  } else throw error;
  if (begun !== null) {
    setOutputs({ state: begun.view?.state ?? "running" });
    await summarizeSteps(begun, "This job has stopped to watch; the execution goes on.");
  }
}

function notBegun(why: string, { inputs }: Job): ActionProblem {
  return { code: "HOS904", message: `${why}, and ${inputs.url} has not answered yet` };
}

function goingOn(why: string, { page, view }: Begun): ActionProblem {
  const waiting = view?.progress.waiting ?? [];
  const where = waiting.length === 0 ? "" : ` It waits in ${waiting.join(", ")}.`;
  const hint = "A longer timeout waits longer; wait: false does not wait.";
  return { code: "HOS907", message: `${why}; the execution goes on: ${page}${where}`, hint };
}

async function summarizeSteps(begun: Begun, sentence: string): Promise<void> {
  const { view, waits } = begun;
  const error = view?.error ? [`In the step ${view.error.step}: ${view.error.message}`] : [];
  await summarize({
    ...headed(begun),
    sentences: [sentence, ...error],
    table: stepTable(view?.steps ?? [], waits),
  });
}

function headed({ workflow, page }: Begun) {
  return { heading: `HishamOS: ${workflow}`, link: { text: "The execution's page", url: page } };
}
