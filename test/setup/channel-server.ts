import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ChannelServer {
  /** Address of the channel: what is posted there comes out as Server-Sent Events. */
  readonly url: string;
  /** Resolves once somebody listens. */
  readonly heard: Promise<void>;
  close(): void;
}

/** What smee.io does, on loopback: each POST becomes a message `{…headers, body, query}` for those who listen. */
export async function startChannelServer(): Promise<ChannelServer> {
  const listeners = new Set<ServerResponse>();
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const relay = async (req: IncomingMessage, res: ServerResponse) => {
    const body: unknown = JSON.parse(await text(req));
    const message = JSON.stringify({ ...req.headers, body, query: {}, timestamp: 1 });
    for (const listener of listeners) listener.write(`id: 1\ndata: ${message}\n\n`);
    res.writeHead(200).end();
  };
  const server = createServer((req, res) => {
    if (req.method === "GET") {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write("event: ready\ndata: {}\n\n");
      listeners.add(res);
      res.once("close", () => listeners.delete(res));
      resolve();
      return;
    }
    void relay(req, res);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/channel`,
    heard,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
