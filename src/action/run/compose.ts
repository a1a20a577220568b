import { createAgentRunner, createHumanEngine, createModelEngine, shippedRoles } from "../../agents/index.ts";
import type { Config } from "../../config.ts";
import { createEngine, type EngineOptions } from "../../engine/engine.ts";
import type { Clock, Engine, Log, Stores } from "../../engine/ports/index.ts";
import { createActionRunner, createSafeOutputs } from "../../github/actions/index.ts";
import { createPacing, type Urgency, unlimited } from "../../github/pacing/index.ts";
import { createProcessor } from "../../github/process.ts";
import { createReporter, type ReporterService } from "../../github/report/index.ts";
import type { Room } from "../../github/room.ts";
import { createTokenClients } from "../../github/token-clients.ts";
import { createModelTools } from "../../github/tools.ts";
import { createInProcessQueue } from "../../queue/in-process.ts";
import type { Job } from "../job.ts";

/** The account of every job's GITHUB_TOKEN. */
export const jobsLogin = "github-actions[bot]";
/** GitHub runs a run again for so long: https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs */
const againWithinMs = 31 * 24 * 3_600_000;

export interface InJobOptions {
  readonly job: Job;
  readonly token: string;
  readonly config: Pick<Config, "model" | "requests" | "writeLimits" | "allowedBots">;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of each request for which the job declares too little, as `issues: write`. */
  readonly onLack: (permission: string, urgency: Urgency) => void;
  readonly saved: NonNullable<EngineOptions["observer"]>["saved"];
}

/** What a workflow inside a job needs of the service: its engine and what it does on GitHub, in this process alone. */
export interface InJob {
  readonly engine: Engine;
  readonly reporter: ReporterService;
  readonly room: Room;
}

export function composeInJob(options: InJobOptions): InJob {
  const { job, token, config, stores, clock, log, onLack, saved } = options;
  const pacing = config.writeLimits
    ? createPacing({ store: stores.pacing, clock, log, limits: config.writeLimits })
    : unlimited;
  const clients = createTokenClients({
    token,
    bot: jobsLogin,
    baseUrl: job.apiUrl,
    pacing,
    log,
    now: () => clock.now(),
    onLack,
  });
  const again = job.runAttempt > 1;
  const traces = again ? { tracesSince: clock.now() - againWithinMs } : {};
  const roles = shippedRoles();
  const human = createHumanEngine();
  const ownRun = `/actions/runs/${job.runId}/`;
  const action = createActionRunner({
    clients,
    clock,
    log,
    http: config.requests,
    isOwnCheck: (url) => url.includes(ownRun),
    ...traces,
  });
  const model =
    config.model &&
    createModelEngine({
      config: config.model,
      tools: createModelTools(clients),
      safeOutputs: createSafeOutputs(action, stores.blobs),
      clock,
      log,
    });
  const engines = new Map([human, ...(model ? [model] : [])].map((each) => [each.name, each]));
  const reporter = createReporter({
    clients,
    stores,
    pacing,
    clock,
    log,
    ...traces,
    workflowOf: (execution) => engine.workflowOf(execution),
    send: (message) => engine.send(message),
  });
  const engine = createEngine({
    stores,
    queue: createInProcessQueue({ concurrency: 10 }),
    runners: { agent: createAgentRunner({ engines, roles, clock, log }), action },
    roles,
    clock,
    reporter,
    log,
    observer: { saved },
    doubtful: again,
    graceMs: 1_000,
  });
  const { room } = createProcessor({
    appId: clients.appId,
    engine,
    stores,
    clients,
    clock,
    log,
    allowedBots: config.allowedBots,
    roles,
  });
  return { engine, reporter, room };
}
