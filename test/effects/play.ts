import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { composeService, type Service } from "../../src/compose.ts";
import type { Config } from "../../src/config.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { Life } from "../../src/sandbox/life.ts";
import { sandboxConfig } from "../../src/sandbox/sandbox-config.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { Fate } from "../crash/fate.ts";
import { HastyClock } from "./hasty-clock.ts";
import { doubleMarkers, snapshot } from "./snapshot.ts";

export const repo = "acme/shop";
const secret = "a secret of these tests";

export interface Scenario {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** What people do, each when all that came of the one before is done. */
  readonly acts: readonly ((github: SandboxGitHub) => void)[];
  readonly requests?: Config["requests"];
}

/** One write: in which act, what, and which of its kind there (from 1). */
export interface Point {
  readonly act: number;
  /** As `POST /repos/acme/shop/issues/#/comments`. */
  readonly at: string;
  readonly n: number;
}

export const kinds = [
  "the connection drops once it is done",
  "a 502 hides that it is done",
  "a 500, and it is not done",
  "the process dies once it is done",
] as const;
export type Kind = (typeof kinds)[number];

export interface Played {
  readonly state: readonly string[];
  readonly executions: readonly string[];
  /** Hidden markers that stand twice, and executions that know of a thing twice. */
  readonly doubles: readonly string[];
  readonly writes: readonly Point[];
  /** Routes as in GitHub's description. */
  readonly routes: readonly string[];
  /** Points that were reached and spoilt. */
  readonly spoilt: number;
}

/** Counts the writes of each act, and spoils those that it is told to. */
class Spoiler {
  readonly writes: Point[] = [];
  readonly #points: readonly Point[];
  readonly #kind: Kind;
  #act = 0;
  spoilt = 0;

  constructor(points: readonly Point[], kind: Kind) {
    this.#points = points;
    this.#kind = kind;
  }

  enter(act: number): void {
    this.#act = act;
  }

  fetch(base: typeof fetch): typeof fetch {
    return async (input, init) => {
      const verb = init?.method ?? "GET";
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (verb === "GET" || pathname.endsWith("/access_tokens")) return base(input, init);
      const at = `${verb} ${pathname.replace("/api/v3", "").replaceAll(/\d+/g, "#")}`;
      const n = this.writes.filter((one) => one.act === this.#act && one.at === at).length + 1;
      this.writes.push({ act: this.#act, at, n });
      const hit = this.#points.some((one) => one.act === this.#act && one.at === at && one.n === n);
      if (!hit || this.#kind === "the process dies once it is done") return base(input, init);
      this.spoilt += 1;
      const failure = (status: number) =>
        new Response(JSON.stringify({ message: "Server Error" }), {
          status,
          headers: { "content-type": "application/json" },
        });
      if (this.#kind === "a 500, and it is not done") return failure(500);
      await (await base(input, init)).arrayBuffer();
      if (this.#kind === "a 502 hides that it is done") return failure(502);
      throw new TypeError("fetch failed", { cause: new Error("other side closed") });
    };
  }
}

/** The whole service in this process, on a stand-in of its own, while the answers to these writes are spoilt. */
export async function play(
  { files, acts, requests }: Scenario,
  points: readonly Point[] = [],
  kind: Kind = kinds[0],
): Promise<Played> {
  const clock = new HastyClock(Date.now());
  const github = await startSandboxGitHub({ now: () => clock.now() });
  const collaborators = { mona: "write", olga: "admin", reader: "read" } as const;
  github.createRepository({ owner: "acme", name: "shop", files, labels: ["bug", "question"], collaborators });
  const stores = await openSqliteStores({ directory: ":memory:" });
  const spoiler = new Spoiler(points, kind);
  const dying = kind === "the process dies once it is done" ? points : [];
  const fate = new Fate(dying.map(({ act, at, n }) => ({ stage: String(act), at, n, when: "after" })));
  const incarnate = async () => {
    const life = new Life(fate);
    const service = await composeService({
      config: sandboxConfig(github, secret, requests),
      duties: false,
      stores: life.stores(stores),
      clock: life.clock(clock),
      log: silentLog,
      fetch: life.fetch(spoiler.fetch(fetch)),
    });
    return { life, service };
  };
  let now = await incarnate();
  const server = createServer((req, res) => {
    if (now.life.dead) req.socket.destroy();
    else void now.service.handle(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  github.setWebhookTarget(`http://127.0.0.1:${port}/api/github/webhooks`, secret);
  try {
    await now.service.start();
    for (const [index, act] of acts.entries()) {
      spoiler.enter(index);
      fate.enter(String(index));
      act(github);
      for (;;) {
        await Promise.race([now.life.died, settled(github, now.service, clock)]);
        if (!now.life.dead) break;
        server.closeAllConnections();
        await now.life.over();
        await github.settled();
        now = await incarnate();
        await now.service.start();
      }
    }
    const { executions } = await stores.executions.list({});
    const effects = executions.flatMap(({ steps }) =>
      Object.values(steps).flatMap(({ runs }) => runs.flatMap((run) => run.effects.map(({ key }) => key))),
    );
    return {
      state: await snapshot(github, repo),
      executions: executions.map(
        ({ workflow, state, ending }) => `${workflow.stem} ${state} ${ending?.error?.code ?? ""}`,
      ),
      doubles: [...doubleMarkers(github, repo), ...effects.filter((key, at) => effects.indexOf(key) !== at)],
      writes: spoiler.writes,
      routes: github
        .requests()
        .flatMap(({ method, route, login }) =>
          method === "GET" || route === null || (login !== null && !login.endsWith("[bot]"))
            ? []
            : [`${method} ${route}`],
        ),
      spoilt: spoiler.spoilt + fate.reached.length,
    };
  } finally {
    if (!now.life.dead) await now.service.stop();
    server.closeAllConnections();
    server.close();
    await github.close();
    await stores.close();
  }
}

/** Until nothing is under way and no short wait is left. */
async function settled(github: SandboxGitHub, service: Service, clock: HastyClock): Promise<void> {
  const seen = () => github.requests().length + github.deliveries().length;
  for (let before = -1; before !== seen() || clock.pending > 0; ) {
    before = seen();
    await github.settled();
    await service.idle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
