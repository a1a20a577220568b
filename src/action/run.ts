import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { viewOf } from "../api/view.ts";
import { readJobConfig } from "../config.ts";
import { durationText } from "../core/duration.ts";
import type { Execution } from "../core/execution.ts";
import { isTerminal } from "../core/index.ts";
import { systemClock } from "../engine/clock/system.ts";
import { failureOf, isRequestFailure } from "../github/actions/errors.ts";
import { wayOutOf } from "../github/token-clients.ts";
import { openSqliteStores } from "../state/sqlite/open.ts";
import { endOf, howItEnded, lengthOf, stepTable } from "./ended.ts";
import type { Job } from "./job.ts";
import type { ActionProblem } from "./problems.ts";
import { fail, notice, say, setOutputs, summarize, warn } from "./report.ts";
import { begin } from "./run/begin.ts";
import { composeInJob, type InJob, jobsLogin } from "./run/compose.ts";
import { hear } from "./run/hear.ts";
import { jobLog } from "./run/log.ts";
import { Teller } from "./run/teller.ts";

type Interruption = "timeout" | "cancelled";

/** How long after an interruption (ms) its cancel may take with what `finally` does, a second cancel, the last report. */
const patience = {
  timeout: { cancelsMs: [60_000, 10_000], reportMs: 20_000 },
  // GitHub sends SIGTERM 7.5 s after SIGINT, and ends the process soon after.
  cancelled: { cancelsMs: [2_000, 1_000], reportMs: 2_000 },
} as const;
const lastReportMs = 30_000;
/** What was heard last may still be answered by a reaction. */
const lastAnswerMs = 5_000;

/** Runs a workflow in this process with the job's event and token, and ends as it ends. */
export async function run(job: Job): Promise<void> {
  const { token, timeoutMs } = job.inputs;
  const hint = "Leave it out for the job's own, or give one that can do more.";
  if (token === null) return fail({ code: "HOS901", message: "the input token is empty", hint });
  const read = readJobConfig(process.env);
  if ("problems" in read) return fail(...read.problems);
  const interruption = Promise.withResolvers<Interruption>();
  // GitHub sends both when a job is cancelled.
  const onSignal = () => interruption.resolve("cancelled");
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const forget = systemClock.at(Date.now() + timeoutMs, () => interruption.resolve("timeout"));
  const stores = await openSqliteStores({ directory: await mkdtemp(join(job.tempDirectory, "hishamos-")) });
  const teller = new Teller(() => inJob.engine);
  const inJob = composeInJob({
    job,
    token,
    config: read.config,
    stores,
    clock: systemClock,
    log: jobLog,
    saved: (_, after) => teller.saved(after),
    onLack: tellLacks(),
  });
  try {
    await inJob.engine.run();
    await inJob.reporter.start();
    await perform(job, inJob, teller, interruption.promise);
  } finally {
    forget();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await Promise.all([inJob.engine.stop(), inJob.reporter.stop()]);
    await stores.close();
  }
}

/** Each permission once. A step that is refused says so itself, and fails by it. */
function tellLacks() {
  const told = new Set<string>();
  return (permission: string, urgency: string) => {
    if (urgency === "steps" || told.has(permission)) return;
    told.add(permission);
    const message = "the job's token may not do a part of what is shown on GitHub and heard from it";
    warn({ code: "HOS910", message, hint: wayOutOf(permission) });
  };
}

async function perform(job: Job, inJob: InJob, teller: Teller, interruption: Promise<Interruption>) {
  const stem = job.inputs.workflow ?? "";
  // GitHub counts in seconds.
  const since = Math.floor(Date.now() / 1_000) * 1_000;
  const begun = await Promise.race([begin(inJob.room, job).catch(refusalOf), interruption]);
  if (typeof begun === "string")
    return fail({ code: "HOS909", message: `${whyOf(begun, job)}, and ${stem} had not begun` });
  if ("problems" in begun) return fail(...begun.problems);
  if ("nothing" in begun) {
    notice(`${stem} has nothing to do: ${begun.nothing}`);
    return await summarize({ heading: `HishamOS: ${stem}`, sentences: [`Nothing to do: ${begun.nothing}.`] });
  }
  const { execution } = begun;
  say(`${stem} has begun: execution ${execution.id}`);
  setOutputs({ execution: execution.id, state: execution.state });
  const ended = teller.follow(execution);
  const ears = hear(job, inJob, since);
  try {
    const first = await Promise.race([ended, interruption]);
    if (typeof first === "string") await interrupt(first, job, inJob, teller, execution, ended);
    else await Promise.all([within(lastReportMs, inJob.reporter.idle()), within(lastAnswerMs, ears.stop())]);
  } finally {
    void ears.stop();
  }
  await conclude(teller, execution);
}

/** What GitHub refuses at the start is told as it tells it; else it is a bug. */
function refusalOf(error: unknown): { readonly problems: readonly ActionProblem[] } {
  if (!(error instanceof Error) || !isRequestFailure(error)) throw error;
  return { problems: [{ code: "HOS908", message: failureOf(error, Date.now()).error.message }] };
}

async function interrupt(
  why: Interruption,
  job: Job,
  { engine, reporter }: InJob,
  teller: Teller,
  begun: Execution,
  ended: Promise<unknown>,
): Promise<void> {
  const reason = whyOf(why, job);
  const waited = viewOf(teller.newest(begun)).progress.waiting.map(
    (step) => `${step} for ${teller.waits.get(step) ?? "something"}`,
  );
  for (const [at, ms] of patience[why].cancelsMs.entries()) {
    const id = `job-${why}-${at}`;
    const body = { type: "commanded", id, command: "cancel", by: jobsLogin, step: null, reason } as const;
    await engine.send({ id, executionId: begun.id, at: Date.now(), body });
    if (await within(ms, ended)) break;
  }
  await within(patience[why].reportMs, reporter.idle());
  const on = waited.length === 0 ? "" : `; it waited in ${waited.join("; in ")}`;
  const hint = "Waits of hours and days belong on a service: command: start begins the workflow there.";
  fail({
    code: "HOS909",
    message: `${reason}, and the execution was cancelled with it${on}`,
    ...(why === "timeout" && { hint }),
  });
}

function whyOf(why: Interruption, { inputs }: Job): string {
  return why === "cancelled"
    ? "the job was cancelled"
    : `the ${durationText(inputs.timeoutMs)} of the input timeout are over`;
}

async function conclude(teller: Teller, begun: Execution): Promise<void> {
  const execution = teller.newest(begun);
  const view = viewOf(execution);
  const { state } = execution;
  setOutputs({ state, ...(isTerminal(state) && { outputs: execution.outputs }) });
  const error = view.error ? [`In the step ${view.error.step}: ${view.error.message}`] : [];
  await summarize({
    heading: `HishamOS: ${view.workflow.name}`,
    sentences: [howItEnded(view), ...error],
    table: stepTable(view.steps, teller.waits),
  });
  if (state === "completed") say(`completed${lengthOf(view)}`);
  else if (process.exitCode === undefined) fail(endOf(view));
}

/** Whether it comes to its end in that time; a failure is one. */
async function within(ms: number, what: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  try {
    const timeout = sleep(ms, "late", { signal: late.signal });
    return (await Promise.race([what, timeout])) !== "late";
  } finally {
    late.abort();
  }
}
