import { once } from "node:events";
import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Execution } from "../core/execution.ts";
import type { Clock } from "../engine/ports/index.ts";
import { type ExecutionRoutesOptions, seenExecution } from "./executions.ts";
import type { Live } from "./live.ts";
import { sendProblem } from "./problem.ts";
import * as schemas from "./schemas.ts";
import { viewOf } from "./view.ts";

export interface EventRoutesOptions extends ExecutionRoutesOptions {
  readonly live: Live;
  readonly clock: Clock;
}

/** Together in one process; each costs a socket and a look a second. */
const mostWatchers = 1_000;
/** So often something is sent, lest a proxy takes the connection for dead. */
const beatMs = 15_000;
/** So often it is asked whether the watcher may still watch. */
const trustMs = 5 * 60_000;
/** What a watcher may leave unread (bytes) before newer states wait for it. */
const mostUnread = 1_048_576;

const query = {
  type: "object",
  properties: {
    after: { type: "integer", minimum: 0, description: "The last revision that one has seen." },
  },
} as const;

/** An execution as it goes on, by Server-Sent Events and by WebSocket: each message is its whole newest state. */
export function eventRoutes(app: FastifyInstance, options: EventRoutesOptions): void {
  const { live } = options;

  app.get<{ Params: { id: string }; Querystring: { after?: number } }>(
    "/workflows/executions/:id/events",
    {
      // A HEAD would never end.
      exposeHeadRoute: false,
      schema: {
        summary: "The execution at every change, as Server-Sent Events; the event's id is the revision",
        description: "Last-Event-ID, or after, begins behind what one has seen: nothing is missed.",
        params: schemas.executionId,
        querystring: query,
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const execution = await admitted(request, reply, options);
      if (execution === null) return reply;
      const seen = Number(request.headers["last-event-id"] ?? request.query.after ?? -1);
      await stream(request, reply, execution.id, Number.isSafeInteger(seen) ? seen : -1, options);
      return reply;
    },
  );

  app.route<{ Params: { id: string }; Querystring: { after?: number } }>({
    method: "GET",
    url: "/workflows/executions/:id/stream",
    exposeHeadRoute: false,
    schema: {
      summary: "The same by WebSocket; a browser sends its token as the protocol bearer.<base64url of it>",
      description: "Without an upgrade to a WebSocket the answer is 426.",
      params: schemas.executionId,
      querystring: query,
    },
    preValidation: async (request, reply) => {
      await admitted(request, reply, options);
    },
    handler: async (_, reply) => {
      void reply.header("upgrade", "websocket");
      return await sendProblem(reply, 426, {
        detail: "This is a WebSocket; without one there is …/events/.",
      });
    },
    wsHandler: (socket, request) => {
      const { id } = request.params;
      void follow(socket, request, id, request.query.after ?? -1, options);
    },
  });

  app.addHook("onClose", () => live.stop());
}

/** The execution; null, and answered, where the caller may not watch it. */
async function admitted(
  request: FastifyRequest,
  reply: FastifyReply,
  options: EventRoutesOptions,
): Promise<Execution | null> {
  const { id } = request.params as { id: string };
  const execution = await seenExecution(request, id, options);
  if (execution === null) {
    await sendProblem(reply, 404);
    return null;
  }
  if (options.live.watchers >= mostWatchers) {
    void reply.header("retry-after", "30");
    await sendProblem(reply, 503, { detail: "Too many watch already; ask again later." });
    return null;
  }
  return execution;
}

async function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  after: number,
  options: EventRoutesOptions,
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    // nginx else keeps what it has until its buffer is full.
    "x-accel-buffering": "no",
  });
  // The head goes with the first bytes: who has seen the newest state would else not know that the line is open.
  raw.write(": \n\n");
  const over = new AbortController();
  raw.once("close", () => over.abort());
  const stop = beats(request, id, options, over, () => void raw.write(": \n\n"));
  try {
    for await (const execution of options.live.watch(id, after, over.signal)) {
      const data = JSON.stringify(viewOf(execution));
      const room = raw.write(`id: ${execution.revision}\nevent: execution\ndata: ${data}\n\n`);
      if (!room && !over.signal.aborted) await once(raw, "drain", { signal: over.signal }).catch(() => {});
    }
  } catch (error) {
    // The watcher comes again and begins behind what it has seen.
    request.log.warn({ err: error }, "an execution could not be watched");
  } finally {
    stop();
    raw.end();
  }
}

async function follow(
  socket: WebSocket,
  request: FastifyRequest,
  id: string,
  after: number,
  options: EventRoutesOptions,
): Promise<void> {
  const over = new AbortController();
  socket.once("close", () => over.abort());
  socket.on("error", () => over.abort());
  const stop = beats(request, id, options, over, () => socket.ping());
  try {
    for await (const execution of options.live.watch(id, after, over.signal)) {
      const data = JSON.stringify(viewOf(execution));
      const sent = new Promise<void>((resolve) => socket.send(data, () => resolve()));
      if (socket.bufferedAmount > mostUnread) await sent;
    }
    socket.close(1001, "the service is stopping");
  } catch (error) {
    request.log.warn({ err: error }, "an execution could not be watched");
    socket.close(1011, "try again");
  } finally {
    stop();
  }
}

/** Signs of life to the watcher, and an end once it may no longer see what it watches. */
function beats(
  request: FastifyRequest,
  id: string,
  options: EventRoutesOptions,
  over: AbortController,
  beat: () => void,
): () => void {
  const { clock } = options;
  let trusted = clock.now() + trustMs;
  let cancel = () => {};
  const stillSeen = async () => {
    // Who can't be asked now is asked next time.
    const seen = await seenExecution(request, id, options).catch(() => undefined);
    if (seen === null) over.abort();
  };
  const again = () => {
    cancel = clock.at(clock.now() + beatMs, () => {
      beat();
      if (clock.now() >= trusted) {
        trusted = clock.now() + trustMs;
        void stillSeen();
      }
      again();
    });
  };
  again();
  return () => cancel();
}
