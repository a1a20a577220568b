import type { IncomingMessage, ServerResponse } from "node:http";
import { Probot, ProbotOctokit } from "probot";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Engine, Gateway, Log, Members, Stores } from "../engine/ports/index.ts";
import type { Clients } from "./clients.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createIdentifier } from "./gateway/identify.ts";
import { answer, type Refusal, readRequest, type SignedRequest } from "./guard.ts";
import { type Accepted, createInbox, type IncomingDelivery } from "./inbox.ts";
import { createProcessor } from "./process.ts";
import { createRepositoryReader } from "./sweep/repositories.ts";
import { createSweeper, type Sweeper } from "./sweep/sweeper.ts";

export interface ProbotSettings {
  readonly appId: number | string;
  /** PEM. */
  readonly privateKey: string;
  /** The webhook's secret; never empty. */
  readonly secret: string;
  /** As `https://ghes.example/api/v3`; github.com's without. */
  readonly baseUrl?: string;
  /** Default `/api/github/webhooks`. */
  readonly webhookPath?: string;
  readonly logLevel?: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
}

export interface GitHubAppOptions {
  readonly probot: ProbotSettings;
  readonly engine: Engine;
  readonly stores: Stores;
  /** This process among those that work on the same stores. */
  readonly members: Members;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log: Log;
  /** Logins of the other bots whose events may start workflows; none by default. */
  readonly allowedBots?: readonly string[];
  /** True where other processes work on the same stores. */
  readonly shared?: boolean;
  /** How often webhooks that never came are looked for (ms). */
  readonly sweepMs: number;
  /** True where repositories are offered a first workflow when the App is installed on them. */
  readonly onboarding?: boolean;
  /** The agents that ship, by name: what tests let them answer is held to their output schemas. */
  readonly roles?: ReadonlyMap<string, AgentDefinition>;
  /** This service's own address, for which tokens of Actions have to be made; null: none is taken. */
  readonly publicUrl?: string | null;
  /** Who signs tokens of Actions, where that is not github.com. */
  readonly actionsIssuer?: string;
}

export interface GitHubApp {
  /** What the API asks of GitHub. */
  readonly gateway: Gateway;
  /** Answers webhook requests; false, and nothing touched, for any other path. Never rejects. */
  middleware(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Begins to process deliveries, those first that an earlier process left, and to start what the clock starts. */
  start(): void;
  /** Finishes the deliveries under way and takes no more; what still arrives is stored for the next start. */
  stop(): Promise<void>;
  /** Takes up the deliveries of processes that are gone. Rejects where the store can't answer. */
  adopt(): Promise<void>;
  /** What makes up for webhooks that never came. */
  readonly sweeper: Sweeper;
  /** Resolves when no delivery is being processed and no schedule fired. */
  idle(): Promise<void>;
}

/**
 * The GitHub App: Probot verifies and dispatches webhooks, the inbox stores them before GitHub gets its answer
 * (GitHub waits ten seconds and never delivers again by itself), and the work is done afterwards.
 */
export async function createGitHubApp(options: GitHubAppOptions): Promise<GitHubApp> {
  const { stores, members, clock, log } = options;
  const { webhookPath = "/api/github/webhooks", ...settings } = options.probot;
  const probot = new Probot({
    ...settings,
    webhookPath,
    // Its plugins throttle all installations together and repeat writes; Probot only hosts the webhooks here.
    Octokit: ProbotOctokit.defaults({ retry: { enabled: false }, throttle: { enabled: false } }),
  });
  await probot.ready();

  const { process, schedules, room } = createProcessor({ ...options, appId: Number(settings.appId) });
  const inbox = createInbox({
    deliveries: stores.deliveries,
    members,
    clock,
    log,
    process,
  });
  /** What became of a payload on its way through Probot, whose handlers return nothing. */
  const accepted = new WeakMap<object, Accepted>();
  probot.onAny(async (context) => {
    const delivery = toDelivery(context);
    accepted.set(context.payload, await inbox.accept(delivery));
  });

  async function receive(
    request: SignedRequest,
  ): Promise<Refusal | { readonly status: "stored" | "duplicate" }> {
    const { id, event, signature, body } = request;
    const genuine = await probot.webhooks.verify(body, signature).catch(() => false);
    if (!genuine) {
      return { status: 401, error: "the signature does not match the body and this App's webhook secret" };
    }
    const payload = parse(body);
    if (payload === undefined) return { status: 400, error: "the body is not JSON" };
    if (!isObject(payload)) return { status: 400, error: "the body is not a JSON object" };
    // Probot's types list the events it knows; GitHub delivers others too.
    await probot.receive({ id, name: event, payload } as unknown as Parameters<Probot["receive"]>[0]);
    const outcome = accepted.get(payload);
    if (outcome === undefined || outcome.result === "unavailable") {
      return { status: 503, error: "the delivery could not be stored; deliver it again later" };
    }
    return { status: outcome.result };
  }

  const { baseUrl } = settings;
  const gateway = createGateway({
    room,
    repositories: createRepositoryReader(options.clients),
    identify: createIdentifier({
      baseUrl,
      clock,
      log,
      audience: options.publicUrl ?? null,
      actionsIssuer: options.actionsIssuer,
    }),
  });
  const adopt = () => inbox.adopt();

  return {
    gateway,
    adopt,
    sweeper: createSweeper({ room, notes: stores.notes, adopt, everyMs: options.sweepMs }),
    middleware: async (req, res) => {
      if (pathOf(req) !== webhookPath) return false;
      try {
        const guarded = await readRequest(req);
        const result = "refusal" in guarded ? guarded.refusal : await receive(guarded.request);
        if ("error" in result) {
          log.warn({ status: result.status, error: result.error }, "a webhook was refused");
          answer(req, res, result.status, { error: result.error }, result);
        } else {
          answer(req, res, 202, { status: result.status });
        }
      } catch (error) {
        log.error({ err: error }, "a webhook could not be answered");
        if (res.headersSent) res.destroy();
        else answer(req, res, 500, { error: "internal error; deliver it again later" }, { close: true });
      }
      return true;
    },
    start: () => {
      inbox.start();
      void schedules.start();
    },
    stop: async () => {
      await Promise.all([inbox.stop(), schedules.stop()]);
    },
    idle: async () => {
      await inbox.idle();
      await schedules.idle();
    },
  };
}

function toDelivery(context: { id: string; name: string; payload: unknown }): IncomingDelivery {
  return { id: context.id, event: context.name, payload: context.payload as JsonObject };
}

function pathOf(req: IncomingMessage): string {
  const path = (req.url ?? "").split("?", 1)[0] ?? "";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}
