import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { shippedRoles } from "../../src/agents/index.ts";
import type { Execution } from "../../src/core/execution.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { createMembership } from "../../src/engine/members.ts";
import type { Delivery, Engine, StepRequest, StepResult, Stores } from "../../src/engine/ports/index.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { createGitHubApp, type GitHubApp } from "../../src/github/app.ts";
import { type Clients, createClients } from "../../src/github/clients.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";

export const SECRET = "a secret of these tests";
export const REPO = "acme/shop";
export const PUBLIC_URL = "https://hishamos.example";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

export interface Shop {
  readonly github: SandboxGitHub;
  readonly repository: ReturnType<SandboxGitHub["createRepository"]>;
  readonly app: GitHubApp;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly stores: Stores;
  readonly clock: SimulatedClock;
  /** Address of the webhook endpoint. */
  readonly hook: string;
  /** Resolves when every webhook is delivered, processed and acted on. */
  settled(): Promise<void>;
  /** Outcomes of the deliveries of an event, oldest first. */
  outcomes(name: string): Promise<readonly (string | null)[]>;
}

export interface ShopOptions {
  /** Files of the default branch. */
  readonly files?: Readonly<Record<string, string>>;
  readonly wrap?: (stores: Stores) => Stores;
  /** Other bots whose events may start workflows, besides `trusted`. */
  readonly allowedBots?: readonly string[];
  /** Where the clock stands at first, in milliseconds since 1970 UTC; now unless given. */
  readonly now?: number;
  /** False: deliveries are stored, and processed only after `app.start()`. */
  readonly started?: boolean;
  /** Whether a repository is offered a first workflow when the App is installed on it. */
  readonly onboarding?: boolean;
  /** Who signs tokens of Actions. */
  readonly actionsIssuer?: string;
  /** The service's own address; PUBLIC_URL unless given. */
  readonly publicUrl?: string;
  /** Hears of every execution that is saved. */
  readonly saved?: (execution: Execution) => void;
}

/** Steps of agents wait for a person; actions succeed at once. */
async function work({ step, execution, workflow }: StepRequest): Promise<StepResult> {
  if (step.kind.kind !== "agent") return { type: "succeeded", output: null, effects: [] };
  const agent = workflow.agents.get(step.kind.agent);
  return {
    type: "parked",
    effects: [],
    waiting: {
      for: "person",
      agent: step.kind.agent,
      question: `What about #${execution.subject?.number}?`,
      outputSchema: agent?.outputSchema ?? null,
      produces: step.kind.agent === "coding-agent" ? "pull_request" : null,
    },
  };
}

/**
 * A repository acme/shop on a GitHub of its own, with the real App, engine and stores behind its webhooks. mona and
 * hubot may write, reader may read, and olga owns it.
 */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  // Near the real time, by which tokens expire, unless the test reads the clock.
  const clock = new SimulatedClock(options.now ?? Date.now());
  const github = await startSandboxGitHub({ now: () => clock.now() });
  closing.push(() => github.close());
  const repository = github.createRepository({
    owner: "acme",
    name: "shop",
    files: options.files ?? {},
    labels: ["bug", "question"],
  });
  for (const login of ["mona", "hubot"]) github.setRole(login, "write", REPO);
  github.setRole("olga", "admin", REPO);
  github.setRole("reader", "read", REPO);

  const opened = await openSqliteStores({ directory: ":memory:" });
  const stores = options.wrap?.(opened) ?? opened;
  closing.push(() => opened.close());
  const queue = createInProcessQueue({ concurrency: 10 });
  const engine = createEngine({
    stores: opened,
    queue,
    clock,
    runners: { agent: { run: work }, action: { run: work } },
    observer: { saved: (_, execution) => options.saved?.(execution) },
  });
  await engine.run();
  closing.push(() => engine.stop());

  const { id, privateKey } = github.app;
  const baseUrl = `${github.url}/api/v3`;
  const clients = createClients({ appId: id, privateKey, baseUrl, now: () => clock.now() });
  const app = await createGitHubApp({
    probot: { appId: id, privateKey, secret: SECRET, baseUrl, logLevel: "fatal" },
    engine,
    stores,
    members: createMembership({ store: stores.members, clock, log: silentLog, shared: false }),
    clients,
    clock,
    log: silentLog,
    allowedBots: ["trusted", ...(options.allowedBots ?? [])],
    sweepMs: 5 * 60_000,
    roles: shippedRoles(),
    publicUrl: options.publicUrl ?? PUBLIC_URL,
    onboarding: options.onboarding ?? false,
    ...(options.actionsIssuer === undefined ? {} : { actionsIssuer: options.actionsIssuer }),
  });
  if (options.started !== false) app.start();
  closing.push(() => app.stop());
  const server = createServer((req, res) => {
    void app.middleware(req, res).then((taken) => taken || res.writeHead(404).end());
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`;
  github.setWebhookTarget(hook, SECRET);

  const settled = async () => {
    let before: number;
    // What is done may cause webhooks, and they work.
    do {
      before = github.requests().length + github.deliveries().length;
      await github.settled();
      await app.idle();
      await engine.idle();
    } while (github.requests().length + github.deliveries().length !== before);
  };
  const outcomes = async (name: string) => {
    const guids = github
      .deliveries()
      .filter(({ event, action }) => (action === null ? event : `${event}.${action}`) === name)
      .map(({ guid }) => guid);
    return Promise.all(
      [...new Set(guids)].map(async (guid) => (await stores.deliveries.get(guid))?.outcome ?? null),
    );
  };
  return { github, repository, app, engine, clients, stores, clock, hook, settled, outcomes };
}

/** A delivery that was processed, as if it had not been. */
export function unprocessed(delivery: Delivery): Delivery {
  return { ...delivery, outcome: null, revision: delivery.revision + 1 };
}

/** The executions of acme/shop, oldest first. */
export async function executionsOf({ stores }: Shop) {
  return (await stores.executions.list({})).executions.toReversed();
}

let delivered = 0;

/** A delivery as GitHub sends it; what came of it. */
export async function deliver(shop: Shop, event: string, payload: object, login = "mona") {
  const { data } = await shop.clients.app().rest.apps.listInstallations();
  const repo = { owner: "acme", repo: "shop" };
  const installation = { id: data[0]?.id ?? 0 };
  const { data: repository } = await shop.clients.installation(installation.id).rest.repos.get(repo);
  const sender = { login, type: login.endsWith("[bot]") ? "Bot" : "User" };
  delivered += 1;
  const id = `delivery-${delivered}`;
  await shop.app.stop();
  await shop.stores.deliveries.add({
    id,
    event,
    receivedAt: shop.clock.now(),
    payload: JSON.parse(JSON.stringify({ repository, installation, sender, ...payload })),
    outcome: null,
    attempts: 0,
    holder: null,
    revision: 1,
  });
  shop.app.start();
  await shop.settled();
  return (await shop.stores.deliveries.get(id))?.outcome ?? null;
}
