import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach } from "vitest";
import { createApi } from "../../src/api/api.ts";
import type { Execution } from "../../src/core/execution.ts";
import type { Caller, SteeringRequest } from "../../src/engine/ports/index.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { openShop, type Shop } from "../github/shop.ts";
import { type JobOptions, runStep, type Step } from "./job.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const keys = generateKeyPair("RS256");

/** The shop's service with its API, and GitHub's issuer of tokens for jobs, each at an address of its own. */
export interface ActionService {
  readonly shop: Shop;
  readonly url: string;
  /** Method and path of the requests to the API, and the event that they have seen, oldest first. */
  readonly requests: string[];
  /** How many tokens were given out. */
  readonly tokens: () => number;
  /** A step that starts `work` here, with what else is given. */
  start(inputs?: Readonly<Record<string, string>>, options?: JobOptions): Step;
  /** What answers the next request to the API in the service's place. */
  insteadOnce(answer: (req: IncomingMessage, res: ServerResponse) => void): void;
  /** Ends every connection, as a proxy may, or a restart. */
  cut(): void;
  executions(): Promise<readonly Execution[]>;
  /** The only execution, once its step waits. */
  steer(login: string, command: SteeringRequest["command"], more?: Partial<SteeringRequest>): Promise<void>;
}

export interface ActionServiceOptions {
  readonly files: Readonly<Record<string, string>>;
  /** How long tokens last (seconds). */
  readonly tokenSeconds?: number;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function openActionService(options: ActionServiceOptions): Promise<ActionService> {
  const { publicKey, privateKey } = await keys;
  const jwk = { ...(await exportJWK(publicKey)), kid: "k", alg: "RS256", use: "sig" };
  let tokens = 0;
  const issuer = await listen(
    createServer((req, res) => {
      const { pathname, searchParams } = new URL(req.url ?? "", "http://issuer");
      if (pathname === "/.well-known/jwks") send(res, { keys: [jwk] });
      else if (req.headers.authorization !== "Bearer runner-token") res.writeHead(401).end();
      else {
        tokens += 1;
        void signed(searchParams.get("audience") ?? "").then((value) => send(res, { value }));
      }
    }),
  );
  const signed = (audience: string) => {
    // Begun a little ago: the shop's clock stands still.
    const now = Math.floor(shop.clock.now() / 1_000);
    return new SignJWT({ repository_id: String(shop.repository.id), actor: "hubot" })
      .setProtectedHeader({ alg: "RS256", kid: "k" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + (options.tokenSeconds ?? 300))
      .setJti(`j${tokens}`)
      .sign(privateKey);
  };

  const requests: string[] = [];
  const instead: ((req: IncomingMessage, res: ServerResponse) => void)[] = [];
  const server = createServer((req, res) => {
    requests.push([req.method, req.url, req.headers["last-event-id"] ?? ""].join(" ").trim());
    const answer = instead.shift();
    if (answer) answer(req, res);
    else if (!api.handle(req, res)) res.writeHead(404).end();
  });
  const url = await listen(server);
  const shop = await openShop({
    files: options.files,
    actionsIssuer: issuer,
    publicUrl: url,
    saved: (execution) => api.saved(execution),
  });
  const api = await createApi({
    gateway: shop.app.gateway,
    stores: shop.stores,
    clock: shop.clock,
    log: silentLog,
    operatorToken: null,
  });
  closing.push(() => api.stop());

  const executions = async () => (await shop.stores.executions.list({})).executions;
  return {
    shop,
    url,
    requests,
    tokens: () => tokens,
    start: (inputs = {}, more = {}) =>
      runStep({
        repository: { id: shop.repository.id, fullName: "acme/shop" },
        actor: "hubot",
        ...more,
        inputs: { command: "start", workflow: "work", url, ...inputs },
        env: {
          ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token?api-version=2`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "runner-token",
          ...more.env,
        },
      }),
    insteadOnce: (answer) => void instead.push(answer),
    cut: () => server.closeAllConnections(),
    executions,
    async steer(login, command, more = {}) {
      const [execution] = await executions();
      if (execution === undefined) throw new Error("nothing has begun");
      const caller = await callerFor(login);
      const request = {
        command,
        step: null,
        reason: null,
        values: null,
        latest: false,
        key: command,
        ...more,
      };
      const taken = await shop.app.gateway.steer(caller, execution, request);
      if ("refused" in taken) throw new Error(JSON.stringify(taken));
      await shop.settled();
    },
  };

  async function callerFor(login: string): Promise<Caller> {
    const caller = await shop.app.gateway.identify(shop.github.tokenFor(login));
    if (caller === null) throw new Error(`${login} is nobody`);
    return caller;
  }
}

function send(res: ServerResponse, body: object): void {
  res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
