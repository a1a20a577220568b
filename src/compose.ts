import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { createAgentRunner, createHumanEngine, createModelEngine, shippedRoles } from "./agents/index.ts";
import { createApi, createLazyApi, isApi, servePage } from "./api/index.ts";
import type { Config } from "./config.ts";
import { createDuty } from "./engine/duty.ts";
import { createEngine, type EngineOptions } from "./engine/engine.ts";
import { createLeases } from "./engine/leases.ts";
import { createMembership } from "./engine/members.ts";
import type { Clock, Engine, Log, Queue, SharedQueue, Stores } from "./engine/ports/index.ts";
import { createCleaning } from "./engine/retention.ts";
import { traceOf } from "./engine/trace.ts";
import { createActionRunner, createSafeOutputs } from "./github/actions/index.ts";
import { createGitHubApp } from "./github/app.ts";
import { createClients } from "./github/clients.ts";
import { createPacing, unlimited } from "./github/pacing/index.ts";
import { createOwedWalk, createReporter } from "./github/report/index.ts";
import { createModelTools } from "./github/tools.ts";
import { createHealth } from "./health.ts";
import { servePublished } from "./published.ts";
import { createInProcessQueue } from "./queue/in-process.ts";
import { openPgBossQueue } from "./queue/pg-boss.ts";
import { openPostgresStores } from "./state/postgres/open.ts";
import { openSqliteStores } from "./state/sqlite/open.ts";

export interface ServiceParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
  /** Speaks HTTP to GitHub; the platform's own unless given. */
  readonly fetch?: typeof fetch;
  readonly observer?: EngineOptions["observer"];
  /** Stands between the engine and who does the work: a test of a workflow gives its answers there. */
  readonly runners?: (own: EngineOptions["runners"]) => EngineOptions["runners"];
  /** False: nothing is reported on GitHub, for rehearsals that nobody watches. True by default. */
  readonly reports?: boolean;
  /** False: nothing is done again and again by the clock, for rehearsals whose clock goes from timer to timer. True by default. */
  readonly duties?: boolean;
  /** How often one of all processes looks for webhooks that never came (ms); five minutes unless given, as for tests in real time. */
  readonly sweepMs?: number;
}

export interface Service {
  readonly engine: Engine;
  /** Answers every HTTP request: webhooks, the API, health, and 404 for the rest. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Takes a connection that is to become a WebSocket, or ends it. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Takes up what an earlier process left, and begins to work. */
  start(): Promise<void>;
  /** Takes no new work, saves what is under way; the stores stay open. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way: no delivery, no activation, no report. */
  idle(): Promise<void>;
}

/** `waitMs`: how long to try where the database does not answer yet. */
export function openStores({ state }: Pick<Config, "state">, waitMs = 0): Promise<Stores> {
  return "directory" in state
    ? openSqliteStores(state)
    : openPostgresStores({ url: state.databaseUrl, waitMs });
}

/** How often one of all processes looks for webhooks that never came. */
const regularSweepMs = 5 * 60_000;
/** GitHub waits ten seconds for an answer: what was on its way to a process that died may be known as failed only then. */
const failedLateMs = 15_000;
/** How often deliveries are looked for that a process has left which is gone: that is known after eight seconds. */
const adoptMs = 1_000;
/** How often one of all processes looks for reports that another no longer makes. */
const owedReportsMs = 15_000;

/** On Postgres any number of processes work on what is there; else this one alone. */
async function openQueue({ state, concurrency }: Config, clock: Clock, log: Log): Promise<Queue> {
  if ("directory" in state) return createInProcessQueue({ concurrency });
  return await openPgBossQueue({ url: state.databaseUrl, concurrency, clock, log });
}

/** Claims that a start gets in any case: what failed while nobody listened must not wait for the next sweep's time. */
function atOnce(shared: Pick<SharedQueue, "claim">): Pick<SharedQueue, "claim"> {
  let started = false;
  return {
    async claim(what, seconds) {
      const mine = await shared.claim(what, seconds);
      const first = !started;
      started = true;
      return mine || first;
    },
  };
}

/** Constructs every adapter around the engine: the one place where they meet. */
export async function composeService({
  config,
  stores,
  clock,
  log,
  fetch,
  observer,
  runners = (own) => own,
  reports = true,
  duties = true,
  sweepMs = regularSweepMs,
}: ServiceParts): Promise<Service> {
  const { app, apiUrl } = config;
  const pacing = config.writeLimits
    ? createPacing({ store: stores.pacing, clock, log, limits: config.writeLimits })
    : unlimited;
  const clients = createClients({
    pacing,
    appId: app.id,
    privateKey: app.privateKey,
    log,
    now: () => clock.now(),
    ...(apiUrl ? { baseUrl: apiUrl } : {}),
    ...(fetch ? { fetch } : {}),
  });
  const queue = await openQueue(config, clock, log);
  const members = createMembership({ store: stores.members, clock, log, shared: queue.shared !== undefined });
  const health = createHealth({ notes: stores.notes, members, shared: queue.shared, clock });
  const roles = shippedRoles();
  const human = createHumanEngine();
  const actions = createActionRunner({ clients, clock, log, http: config.requests });
  const model =
    config.model &&
    createModelEngine({
      config: config.model,
      tools: createModelTools(clients),
      safeOutputs: createSafeOutputs(actions, stores.blobs),
      clock,
      log,
    });
  const engines = new Map([human, ...(model ? [model] : [])].map((each) => [each.name, each]));
  const reporter = createReporter({
    clients,
    stores,
    pacing,
    leases: queue.shared && createLeases(stores.leases, members),
    clock,
    log,
    workflowOf: (execution) => engine.workflowOf(execution),
    send: (message) => engine.send(message),
  });
  const engine = createEngine({
    stores,
    queue,
    runners: runners({
      agent: createAgentRunner({ engines, roles, clock, log }),
      action: actions,
    }),
    roles,
    clock,
    ...(reports ? { reporter } : {}),
    log,
    observer: {
      saved(before, after, engineMs) {
        log.info({ traces: traceOf(before, after), revision: after.revision, engineMs }, "saved");
        api.made?.saved(after);
        observer?.saved(before, after, engineMs);
      },
    },
  });
  const github = await createGitHubApp({
    probot: {
      appId: app.id,
      privateKey: app.privateKey,
      secret: app.webhookSecret,
      webhookPath: config.webhookPath,
      // Probot logs each request and delivery again; our own lines are enough.
      logLevel: "error",
      ...(apiUrl ? { baseUrl: apiUrl } : {}),
    },
    engine,
    stores,
    clients,
    clock,
    log,
    allowedBots: config.allowedBots,
    members,
    shared: queue.shared !== undefined,
    sweepMs,
    roles,
    publicUrl: config.api.publicUrl,
    onboarding: config.onboarding,
  });
  const api = createLazyApi(() =>
    createApi({ gateway: github.gateway, stores, clock, log, operatorToken: config.api.token }),
  );
  const sweeping = createDuty({
    name: "sweep",
    everyMs: sweepMs,
    againMs: failedLateMs,
    clock,
    log,
    shared: queue.shared && atOnce(queue.shared),
    perform: (signal) => github.sweeper.sweep(signal),
  });
  // Without a claim: each process looks, and what one has taken the others don't get.
  const adopting = createDuty({
    name: "adopt_deliveries",
    everyMs: adoptMs,
    clock,
    log,
    perform: () => github.adopt(),
  });
  const stopping = new AbortController();
  let firstSweep: Promise<void> = Promise.resolve();
  const owedReports = createDuty({
    name: "owed_reports",
    everyMs: owedReportsMs,
    clock,
    log,
    shared: queue.shared,
    perform: createOwedWalk({ members, clock, walk: () => reporter.takeUp() }),
  });
  const cleaning = createCleaning({
    stores,
    clock,
    log,
    retentionDays: config.retentionDays,
    shared: queue.shared,
  });
  return {
    engine,
    async handle(req, res) {
      if (
        servePublished(req, res) ||
        servePage(req, res) ||
        (await health.answer(req, res)) ||
        (await github.middleware(req, res))
      )
        return;
      if (isApi(req)) {
        (await api.get()).handle(req, res);
        return;
      }
      res.writeHead(404, { "content-type": "application/json" });
      res.end(JSON.stringify({ error: "there is nothing here" }));
    },
    async upgrade(req, socket, head) {
      if (isApi(req)) (await api.get()).upgrade(req, socket, head);
      else socket.destroy();
    },
    async start() {
      await members.start();
      await engine.run();
      await reporter.start();
      // Not awaited: there may be much of it.
      if (queue.shared && duties) void owedReports.start();
      github.start();
      if (queue.shared && duties) void adopting.start();
      // Not awaited: with a long list behind it the service would seem not to start.
      if (duties) void sweeping.start();
      else firstSweep = github.sweeper.first(stopping.signal);
      if (duties) void cleaning.start();
      health.set("running");
    },
    async stop() {
      health.set("stopping");
      stopping.abort(new Error("the service is stopping"));
      await api.stop();
      await Promise.all([sweeping.stop(), adopting.stop(), firstSweep]);
      await github.stop();
      await engine.stop();
      await reporter.stop();
      await owedReports.stop();
      await cleaning.stop();
      await members.stop();
    },
    async idle() {
      await Promise.all([sweeping.idle(), adopting.idle(), firstSweep]);
      await github.idle();
      await engine.idle();
      await reporter.idle();
    },
  };
}
