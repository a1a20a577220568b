import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import type { Execution } from "../core/execution.ts";
import type { Clock, Gateway, Log, Stores } from "../engine/ports/index.ts";
import { authenticate, callerOf, createCallers } from "./callers.ts";
import { eventRoutes } from "./events.ts";
import { executionRoutes } from "./executions.ts";
import { createLive } from "./live.ts";
import { sendFailure } from "./problem.ts";
import { me as meSchema, problemSchema } from "./schemas.ts";
import { answerStrays } from "./strays.ts";
import { workflowRoutes } from "./workflows.ts";

export interface ApiOptions {
  readonly gateway: Gateway;
  readonly stores: Pick<Stores, "executions" | "blobs">;
  readonly clock: Clock;
  readonly log: Log;
  /** Speaks for the operator; null: nobody does. */
  readonly operatorToken: string | null;
  /** Requests a minute of one caller (default 600). */
  readonly requestsPerMinute?: number;
}

export interface Api {
  /** Answers what is below `/api/v1`; false, and nothing touched, for any other path. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** The same for a connection that is to become a WebSocket. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** An execution was saved in this process: who watches it hears of it at once. */
  saved(execution: Execution): void;
  /** Ends every stream. */
  stop(): Promise<void>;
}

const prefix = "/api/v1";
/** A body is a few inputs; a definition has a limit of its own. */
const bodyLimit = 262_144;

export async function createApi(options: ApiOptions): Promise<Api> {
  const { gateway, stores, clock, log, operatorToken } = options;
  const live = createLive({ executions: stores.executions, clock, log });
  const app = fastify({
    logger: false,
    bodyLimit,
    // Behind a load balancer the address is not the caller's; limits go by token.
    trustProxy: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 400 },
    // Verbose: errors bring the schema that they are about, for words of it.
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: "array", allErrors: false, verbose: true },
    },
    // An address that can't be read.
    frameworkErrors: (error, _, reply) => void sendFailure(reply, error),
  });
  app.addHook("onRequest", async (_, reply) => {
    void reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });
  const json = app.getDefaultJsonParser("error", "error");
  // Many clients name the type of a body that they don't send.
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, null);
    else void json(request, body as string, done);
  });
  answerStrays(app);
  // Answers are not cut to their schemas: these are for people and for tests, which hold the answers to them.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error, request, reply) => {
    const failure = error as Parameters<typeof sendFailure>[1];
    if ((failure.statusCode ?? 500) >= 500)
      log.error({ err: error, route: request.routeOptions.url }, "a request failed");
    return sendFailure(reply, failure);
  });
  app.decorateRequest("caller", null);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "HishamOS Workflows", version: "1" },
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
      security: [{ bearer: [] }],
    },
  });
  await app.register(rateLimit, {
    global: true,
    max: options.requestsPerMinute ?? 600,
    timeWindow: 60_000,
    // After `authenticate`: whoever guesses tokens is limited by address, whoever has one by it.
    hook: "onRequest",
    keyGenerator: (request) => request.headers.authorization ?? request.ip,
    errorResponseBuilder: (_, { after }) =>
      Object.assign(new Error(`Too many requests; ask again in ${after}.`), { statusCode: 429 }),
  });
  await app.register(websocket, { options: { maxPayload: 1_024, handleProtocols: firstProtocol } });
  const callers = createCallers(gateway, operatorToken, clock);
  await app.register(
    async (routes: FastifyInstance) => {
      routes.addHook("onRoute", ({ schema }) => {
        // Every route may refuse, in the one form.
        if (schema && !("hide" in schema && schema.hide)) {
          schema.response = {
            ...(schema.response as object | undefined),
            "4xx": problemSchema,
            "5xx": problemSchema,
          };
        }
      });
      routes.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
      await routes.register(async (closed: FastifyInstance) => {
        closed.addHook("onRequest", authenticate(callers));
        closed.get(
          "/me",
          { schema: { summary: "Who the token speaks for", response: { 200: meSchema } } },
          (request) => callerOf(request),
        );
        workflowRoutes(closed, gateway);
        const { executions, blobs } = stores;
        executionRoutes(closed, { gateway, executions, blobs });
        eventRoutes(closed, { gateway, executions, blobs, live, clock });
      });
    },
    { prefix },
  );
  await app.ready();

  const ours = ({ url = "" }: IncomingMessage) => url === prefix || url.startsWith(`${prefix}/`);
  return {
    handle(req, res) {
      if (!ours(req)) return false;
      app.routing(req, res);
      return true;
    },
    upgrade(req, socket, head) {
      if (!ours(req)) return false;
      app.server.emit("upgrade", req, socket, head);
      return true;
    },
    saved: (execution) => live.saved(execution),
    async stop() {
      live.stop();
      await app.close();
    },
  };
}

/** A browser takes the connection only where one of its protocols comes back; never the one that carries the token. */
function firstProtocol(protocols: Set<string>): string | false {
  return [...protocols].find((protocol) => !protocol.startsWith("bearer.")) ?? false;
}
