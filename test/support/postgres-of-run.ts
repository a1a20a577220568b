import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startOwnPostgres, type TestPostgres } from "./postgres.ts";

/**
 * Vitest's global set-up: one Postgres for all test files of a run, each of which has databases of its own there. Making
 * a server takes a second of a core; it is made when the first file asks at the address in TEST_POSTGRES.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let server: Promise<TestPostgres> | null = null;
  const door = createServer((_, answer) => {
    server ??= startOwnPostgres();
    server.then(
      ({ url }) => answer.end(url),
      (error: Error) => answer.writeHead(500).end(error.message),
    );
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  process.env["TEST_POSTGRES"] = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  return async () => {
    door.close();
    door.closeAllConnections();
    const started = await server?.catch(() => null);
    await started?.stop();
  };
}
