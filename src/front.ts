import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Config } from "./config.ts";
import type { Log } from "./engine/ports/log.ts";
import type { ServiceProblem } from "./service-problems.ts";

/** Who answers: the setup page at first, then the service. */
export interface Answering {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

/** The one HTTP server of a process; who answers may change while it listens. */
export interface Front {
  answerBy(answering: Answering): void;
  /** Null once it listens, else what a person can change about it. */
  listen(at: Config["http"]): Promise<ServiceProblem | null>;
  /** Where it listens. */
  port(): number;
  /** Takes no more connections. */
  close(): void;
  /** Ends those that are there. */
  cut(): void;
}

export function createFront(log: Log): Front {
  let answering = nobody;
  const server = createServer((req, res) => {
    answering.handle(req, res).catch((error: unknown) => {
      log.error({ err: error }, "a request could not be answered");
      res.destroy();
    });
  });
  server.on("upgrade", (req, socket, head) => {
    // Until it is a WebSocket, nobody else hears of its errors.
    socket.on("error", () => socket.destroy());
    answering.upgrade(req, socket, head).catch((error: unknown) => {
      log.error({ err: error }, "a connection could not be taken");
      socket.destroy();
    });
  });
  return {
    answerBy(next) {
      answering = next;
    },
    listen: (at) => listen(server, at),
    port: () => (server.address() as AddressInfo).port,
    close: () => void server.close(),
    cut: () => server.closeAllConnections(),
  };
}

const nobody: Answering = {
  handle: async (_req, res) => void res.destroy(),
  upgrade: async (_req, socket) => void socket.destroy(),
};

async function listen(server: Server, { host, port }: Config["http"]): Promise<ServiceProblem | null> {
  server.listen(port, host);
  try {
    await once(server, "listening");
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    const reason = reasons.get(code);
    if (reason === undefined) throw error;
    return {
      code: "HOS702",
      message: `Port ${port} of ${host} ${reason}.`,
      hint: "Set PORT and HOST to an address of this machine that is free.",
    };
  }
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "is used by another program"],
  ["EACCES", "may not be used by this user"],
  ["EADDRNOTAVAIL", "is no address of this machine"],
  ["ENOTFOUND", "has a name that leads to no address"],
]);
