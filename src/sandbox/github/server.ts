import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Caller, callerOf } from "./auth.ts";
import { type Fault, Faults } from "./faults.ts";
import { ISSUER, type JobIdentity } from "./job-identity.ts";
import type { RateLimit } from "./rate-limit.ts";
import { notFound, Refusal } from "./refusal.ts";
import { type Answer, type Call, type Match, parseJson, type Route, Router } from "./router.ts";
import { graphql } from "./routes/graphql.ts";
import { found, type World } from "./world.ts";

/** One request and what was answered; `status` is null where the connection was cut. */
export interface RequestRecord {
  readonly method: string;
  /** Below `/api/v3`, without the query. */
  readonly path: string;
  readonly query: string;
  /** The route in OpenAPI's form, as `/repos/{owner}/{repo}`; null where none fits. */
  readonly route: string | null;
  readonly status: number | null;
  readonly caller: Caller["kind"];
  /** The account the caller acts as; null for the App's JWT and for nobody. */
  readonly login: string | null;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly responseType: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface ServerOptions {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  readonly identity: JobIdentity;
  readonly onRequest: (record: RequestRecord) => void;
}

interface Exchange {
  readonly caller: Caller;
  readonly match: Match | undefined;
  readonly requestBody: unknown;
  readonly answer: Answer;
}

const PREFIX = "/api/v3";
const GRAPHQL = "/api/graphql";
const DOWNLOADS = "/downloads/";
const JSON_TYPE = "application/json; charset=utf-8";

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function refused(refusal: Refusal): Answer {
  return { status: refusal.status, body: refusal.body(), headers: refusal.headers };
}

function loginOf(caller: Caller): string | null {
  if (caller.kind === "installation") return caller.installation.app.bot.login;
  return caller.kind === "user" ? caller.user.login : null;
}

/** Adds the entity tag to a successful read, and answers 304 where the reader has that version. */
function withEntityTag(answer: Answer, text: string | Buffer, known: string | undefined): Answer {
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  const headers = { ...answer.headers, etag };
  if (known?.split(",").some((one) => one.trim() === etag)) return { status: 304, headers };
  return { ...answer, headers };
}

/** Answers one request; every refusal is an answer, and what is left to throw is a bug of ours. */
function answerTo(
  options: ServerOptions,
  router: Router,
  incoming: IncomingMessage,
  url: URL,
  text: string,
): Exchange {
  const { world, rateLimit } = options;
  let caller: Caller = { kind: "anonymous" };
  let match: Match | undefined;
  let requestBody: unknown;
  try {
    if (url.pathname.startsWith(`${ISSUER}/`)) {
      const answer = options.identity.answer(url, incoming.headers.authorization);
      return { caller, match, requestBody, answer };
    }
    caller = callerOf(world, incoming.headers.authorization);
    const { json, input } = parseJson(text);
    requestBody = json;
    const call = (params: Call["params"]): Call => ({
      world,
      caller,
      params,
      query: url.searchParams,
      input,
      json,
      accept: incoming.headers.accept ?? "",
      url,
    });
    if (url.pathname.startsWith(DOWNLOADS)) {
      const content = found(world.downloads.get(url.pathname.slice(DOWNLOADS.length)));
      const headers = { "content-type": "application/zip" };
      return { caller, match, requestBody, answer: { status: 200, body: content, headers } };
    }
    if (url.pathname === `${PREFIX}/rate_limit`)
      return { caller, match, requestBody, answer: rateLimit.overview(caller) };
    rateLimit.count(caller);
    if (url.pathname === GRAPHQL) return { caller, match, requestBody, answer: graphql(call({})) };
    match = router.match(incoming.method ?? "", url.pathname.slice(PREFIX.length));
    if (match === undefined || !url.pathname.startsWith(`${PREFIX}/`)) throw notFound();
    return { caller, match, requestBody, answer: match.route.handle(call(match.params)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { caller, match, requestBody, answer: refused(error) };
  }
}

function serialized(answer: Answer): { text: string | Buffer; type: string } {
  const type = answer.headers?.["content-type"] ?? JSON_TYPE;
  if (answer.body === undefined) return { text: "", type };
  const { body } = answer;
  return { text: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body), type };
}

function spoiled(fault: Omit<Fault, "path">, status: number): Answer {
  return {
    status,
    body: { message: fault.message ?? "Server Error" },
    ...(fault.headers === undefined ? {} : { headers: fault.headers }),
  };
}

async function handle(
  options: ServerOptions,
  router: Router,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { world, faults, rateLimit, onRequest } = options;
  const text = await readBody(incoming);
  const url = new URL(incoming.url ?? "/", world.url);
  const method = incoming.method ?? "";
  const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : url.pathname;
  const fault = faults.take(method, path);
  const untouched = fault !== undefined && fault.performed !== true && fault.drop !== "after";
  const exchange: Exchange = untouched
    ? {
        caller: { kind: "anonymous" },
        match: undefined,
        requestBody: undefined,
        answer: spoiled(fault, fault.status ?? 502),
      }
    : answerTo(options, router, incoming, url, text);
  const { caller, match, requestBody } = exchange;
  let answer = exchange.answer;
  if (fault?.status !== undefined) answer = spoiled(fault, fault.status);
  const { text: body, type } = serialized(answer);
  if (method === "GET" && answer.status === 200)
    answer = withEntityTag(answer, body, incoming.headers["if-none-match"]);
  if (answer.status === 304) rateLimit.refund(caller);
  const dropped = fault?.drop !== undefined;
  const record: RequestRecord = {
    method,
    path,
    query: url.search,
    route: match?.route.path ?? null,
    status: dropped ? null : answer.status,
    caller: caller.kind,
    login: loginOf(caller),
    requestBody,
    responseBody: answer.status === 304 ? undefined : answer.body,
    responseType: type,
    at: world.now(),
  };
  if (dropped) {
    incoming.socket.destroy();
    onRequest(record);
    return;
  }
  const empty = answer.status === 204 || answer.status === 304;
  outgoing.writeHead(answer.status, {
    ...(empty || answer.body === undefined ? {} : { "content-type": type }),
    "x-github-media-type": "github.v3; format=json",
    ...rateLimit.headers(caller),
    ...answer.headers,
  });
  outgoing.end(empty ? undefined : body);
  onRequest(record);
}

/** The stand-in's HTTP server, not listening yet. */
export function createSandboxServer(options: ServerOptions): Server {
  const router = new Router(options.routes);
  return createServer((incoming, outgoing) => {
    handle(options, router, incoming, outgoing).catch((error: unknown) => {
      // A bug in the stand-in: say it where it can be seen, in the answer and on the console.
      console.error(error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { "content-type": JSON_TYPE });
      outgoing.end(
        JSON.stringify({ message: `sandbox bug: ${error instanceof Error ? error.message : String(error)}` }),
      );
    });
  });
}
