import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Trace } from "../../src/engine/trace.ts";
import { marker } from "../../src/github/marker.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { until } from "../../src/sandbox/github/waiting.ts";
import { Player } from "../../src/sandbox/scenario/player.ts";
import type { Scenario } from "../../src/sandbox/scenario/scenario.ts";
import { type LogLine, ServiceProcess } from "../../src/sandbox/service-process.ts";
import { inPostgres, isShown, type Place, REPO, SECRET, type Setup } from "./stage.ts";

/** One process of the service among others. */
export class Replica {
  readonly service: ServiceProcess;
  readonly lines: LogLine[] = [];
  #url: string | null = null;

  /** `main`: what its process runs instead of the server. */
  constructor(env: Readonly<Record<string, string>>, changed: (line: LogLine) => void, main?: URL) {
    this.service = new ServiceProcess({
      env,
      ...(main && { main }),
      onLine: (line) => {
        this.lines.push(line);
        changed(line);
      },
    });
  }

  /** Null where webhooks are not to come to it. */
  get url(): string | null {
    return this.#url;
  }

  async start(): Promise<void> {
    this.#url = `http://127.0.0.1:${await this.service.start()}`;
  }

  async kill(): Promise<void> {
    this.#url = null;
    await this.service.kill();
  }

  /** By SIGTERM, as an orderly restart begins. */
  async stop(): Promise<void> {
    this.#url = null;
    await this.service.stop();
  }

  get traces(): readonly Trace[] {
    return this.lines.flatMap(({ traces = [] }) => traces);
  }
}

/** The real service as several processes over one Postgres, behind one address, and the GitHub stand-in. */
export class Replicas {
  readonly sandbox: SandboxGitHub;
  readonly all: readonly Replica[];
  /** Everything that any of them has logged. */
  readonly lines: LogLine[] = [];
  /** Where webhooks go; null: to each in turn. */
  target: Replica | null = null;
  /** Where no webhooks go, because nothing would answer. */
  readonly frozen = new Set<Replica>();
  readonly #place: Place;
  readonly #env: Readonly<Record<string, string>>;
  readonly #front: Server;
  readonly #listeners = new Set<() => void>();
  #turn = 0;

  private constructor(
    sandbox: SandboxGitHub,
    place: Place,
    count: number,
    env: Readonly<Record<string, string>>,
  ) {
    this.sandbox = sandbox;
    this.#place = place;
    this.#env = {
      ...sandbox.environment(),
      WEBHOOK_SECRET: SECRET,
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "debug",
      // The stand-in has none.
      HISHAMOS_WRITE_LIMITS: "off",
      ...place.env,
      ...env,
    };
    const changed = (line: LogLine) => {
      this.lines.push(line);
      for (const listener of this.#listeners) listener();
    };
    this.all = Array.from({ length: count }, () => new Replica(this.#env, changed));
    this.#front = createServer((incoming, response) => void this.#forward(incoming, response));
  }

  /** All of them started, and GitHub delivering to them. */
  static async open(
    count: number,
    setup: Setup,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Replicas> {
    const place = await inPostgres();
    const sandbox = await startSandboxGitHub();
    const [owner = "", name = ""] = REPO.split("/");
    sandbox.createRepository({ owner, name, ...setup });
    const replicas = new Replicas(sandbox, place, count, env);
    try {
      await Promise.all(replicas.all.map((replica) => replica.start()));
      const { promise, resolve } = Promise.withResolvers<void>();
      replicas.#front.listen(0, "127.0.0.1", resolve);
      await promise;
      const { port } = replicas.#front.address() as AddressInfo;
      sandbox.setWebhookTarget(`http://127.0.0.1:${port}/api/github/webhooks`, SECRET);
      return replicas;
    } catch (error) {
      await replicas.close();
      throw error;
    }
  }

  /** One more of them, for this machine's port. */
  another(port: number): ServiceProcess {
    return new ServiceProcess({ env: { ...this.#env, PORT: String(port) }, onLine: () => {} });
  }

  /** As a load balancer does: to the next that answers. */
  async #forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { length } = this.all;
    this.#turn += 1;
    for (let next = 0; next < length; next++) {
      const replica = this.target ?? this.all[(this.#turn + next) % length];
      if (!replica?.url || this.frozen.has(replica)) continue;
      const status = await post(`${replica.url}${incoming.url ?? ""}`, incoming, Buffer.concat(chunks));
      if (status === null) continue;
      response.writeHead(status).end();
      return;
    }
    response.writeHead(502).end();
  }

  /** Calls back at every line and every change on the stand-in; the answer ends it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.sandbox.on("change", listener);
    return () => {
      this.#listeners.delete(listener);
      this.sandbox.off("change", listener);
    };
  }

  until<T>(what: string, predicate: () => T | Promise<T>, timeoutMs = 20_000) {
    return until(predicate, (listener) => this.watch(listener), { what, timeoutMs });
  }

  /** The one that began the step, as soon as one has. */
  async at(step: string): Promise<Replica> {
    return await this.until(`${step} to begin`, () =>
      this.all.find(({ traces }) =>
        traces.some((trace) => trace.kind === "step" && trace.step === step && trace.state === "running"),
      ),
    );
  }

  /** People who answer as the scenario says, whichever replica asks; when is not for them to choose. */
  play(answers: Scenario["answers"], scenario: Scenario): Player {
    const own = answers.map(({ after_kill: _kill, ...answer }) => answer);
    const { sandbox } = this;
    const player = new Player({
      sandbox,
      scenario: { ...scenario, answers: own },
      tell: () => {},
      restart: async () => {},
    });
    let seen = 0;
    this.watch(() => {
      for (const { traces = [] } of this.lines.slice(seen)) for (const trace of traces) player.see(trace);
      seen = this.lines.length;
    });
    return player;
  }

  /** Whether the sticky comment on what it is about shows this state. */
  isShown({ subject }: Player, state: Parameters<typeof isShown>[1]): boolean {
    return subject !== null && this.said(subject).some((body) => isShown(body, state));
  }

  /** Stands still for so long; a load balancer sends nothing to what does not answer. */
  async freeze(replica: Replica, ms: number): Promise<void> {
    this.frozen.add(replica);
    replica.service.signal("SIGSTOP");
    await delay(ms);
    replica.service.signal("SIGCONT");
    this.frozen.delete(replica);
  }

  others(than: Replica): readonly Replica[] {
    return this.all.filter((replica) => replica !== than);
  }

  /** The App's comments on an issue or pull request. */
  said(number: number): readonly string[] {
    return this.sandbox
      .comments(REPO, number)
      .flatMap(({ user, body }) => (user?.type === "Bot" ? [body ?? ""] : []));
  }

  /** Hidden markers that stand in more than one comment. */
  twice(numbers: readonly number[]): readonly string[] {
    const markers = numbers.flatMap((number) =>
      this.said(number).flatMap((body) => body.match(markerForm) ?? []),
    );
    return markers.filter((one, at) => markers.indexOf(one) !== at);
  }

  get url(): string {
    return this.#place.env["DATABASE_URL"] ?? "";
  }

  /** Looks into the store; the services may be at work on it. */
  async look<T>(look: (stores: Awaited<ReturnType<Place["open"]>>) => Promise<T>): Promise<T> {
    const stores = await this.#place.open();
    try {
      return await look(stores);
    } finally {
      await stores.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((replica) => replica.kill()));
    this.#front.closeAllConnections();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#front.close(() => resolve());
    await promise;
    await this.sandbox.close();
    await this.#place.remove();
  }
}

/** The status it answers, or null where it can't be reached. */
function post(url: string, { headers, method }: IncomingMessage, body: Buffer): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const outgoing = request(url, { method: method ?? "POST", headers, agent: false });
  outgoing.on("error", () => resolve(null));
  outgoing.on("response", (answer) => {
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode ?? 502));
  });
  outgoing.end(body);
  return promise;
}

const markerForm = new RegExp(marker("any").replace(/[0-9a-f]{40}/, "[0-9a-f]{40}"), "g");
