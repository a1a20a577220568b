import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, expect, test } from "vitest";
import { type OwnServer, type RunningServer, startServer } from "../support/postgres-server.ts";
import { anAwaitedTriage, inWiredPostgres, readiness, triage, untilReady, type WiredPlace } from "./away.ts";
import { isShown, type Stage } from "./stage.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const awayMs = 30_000;
/** GitHub waits so long. */
const githubMs = 10_000;

/** What happens to the database, and its end. */
interface Trouble {
  /** The server that it needs; any where left out. */
  server?(): Promise<RunningServer>;
  begin(place: WiredPlace): Promise<void>;
  end(place: WiredPlace): Promise<void>;
}

const refused: Trouble = {
  begin: async ({ wire }) => wire.refuse(),
  end: async ({ wire }) => wire.restore(),
};

const silent: Trouble = {
  begin: async ({ wire }) => wire.silence(),
  end: async ({ wire }) => wire.restore(),
};

/** The server that was not heard of comes back without the connections that it had. */
const vanished: Trouble = {
  begin: async ({ wire }) => wire.silence(),
  async end({ wire }) {
    wire.cut();
    wire.restore();
  },
};

/** Others have taken every connection that the server gives to those who are not its owner. */
class Full implements Trouble {
  readonly #others: Client[] = [];

  async begin({ url }: WiredPlace): Promise<void> {
    const connect = async (to: string) => {
      const client = new Client({ connectionString: to });
      client.on("error", () => {});
      await client.connect();
      this.#others.push(client);
      return client;
    };
    const admin = await connect(url);
    const other = () => connect(url).catch(() => null);
    while ((await other()) !== null);
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hishamos'",
    );
    // What the service had is taken as well before it has it again, or it has some of it: it is to live with either.
    for (let tries = 0; tries < 200; tries++) await other();
  }

  async end(): Promise<void> {
    await Promise.all(this.#others.splice(0).map((client) => client.end()));
  }
}

async function timed(stage: Stage): Promise<void> {
  triage(stage);
  const began = performance.now();
  await stage.sandbox.settled();
  expect(stage.sandbox.deliveries().at(-1)).toMatchObject({ event: "issue_comment", statusCode: 503 });
  expect(performance.now() - began).toBeLessThan(githubMs);
}

/** Killed as by a crash, and started again. */
class Restarted implements Trouble {
  #server: OwnServer | null = null;
  #back: Promise<void> = Promise.resolve();

  async server(): Promise<OwnServer> {
    this.#server = (await startServer("system", false)) ?? (await startServer("embedded", false));
    if (this.#server === null) throw new Error("there is no Postgres that may be restarted");
    return this.#server;
  }

  async begin(): Promise<void> {
    this.#back = this.#server?.restart("QUIT", awayMs / 1_000 + 5) ?? this.#back;
  }

  async end(): Promise<void> {
    await this.#back;
  }
}

const troubles: readonly (readonly [string, Trouble])[] = [
  ["refuses connections", refused],
  ["is not heard of", silent],
  ["is not heard of, and comes back without our connections", vanished],
  ["has no connection left", new Full()],
  ["has crashed and is started again", new Restarted()],
];

test.for(troubles)(
  "where Postgres %s for 30 s, webhooks are refused in time, and it goes on by itself",
  async ([, trouble]) => {
    const place = await inWiredPostgres(await trouble.server?.());
    closing.push(() => place.remove());
    const stage = await anAwaitedTriage(place);
    closing.push(() => stage.close());
    const { sandbox, service } = stage;
    await untilReady(stage, 200);
    // Only the one that is timed is to be under way.
    await sandbox.settled();
    await trouble.begin(place);
    closing.push(() => trouble.end(place));
    await timed(stage);
    const since = performance.now();
    expect((await untilReady(stage, 503)).body).toMatchObject({ status: "unavailable" });
    while (performance.now() - since < awayMs) {
      await delay(1_000);
      const answer = await readiness(stage);
      expect(answer.status).toBe(503);
      expect((await fetch(`${stage.url}/healthz`)).status).toBe(200);
    }
    await trouble.end(place);
    await untilReady(stage, 200);
    const back = performance.now();
    sandbox.redeliverFailed();
    await stage.until("the end", () => stage.said(1).some((said) => isShown(said, "completed")), 60_000);
    console.log(`back after ${Math.round(performance.now() - back)} ms`);
    expect(stage.lines.filter(({ msg }) => msg === "listening")).toHaveLength(1);
    expect(service.errors).toBe("");
    expect(await service.stop()).toBe(0);
  },
);

test("a message whose wake was lost with the process that stored it is read within ten seconds", async () => {
  const place = await inWiredPostgres();
  closing.push(() => place.remove());
  const stage = await anAwaitedTriage(place);
  closing.push(() => stage.close());
  const stores = await place.open();
  closing.push(() => stores.close());
  const { executions } = await stores.executions.list({});
  const executionId = executions[0]?.id ?? "none";
  const body = {
    type: "commanded",
    id: "lost",
    command: "cancel",
    by: "maya",
    step: null,
    reason: null,
  } as const;
  await stores.messages.add({ id: "lost", executionId, at: Date.now(), body });
  const isCancelled = async () => (await stores.executions.load(executionId))?.state === "cancelled";
  expect(await stage.until("the cancel to be read", isCancelled, 10_000)).toBe(true);
});
