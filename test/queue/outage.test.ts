import type { AddressInfo } from "node:net";
import { createServer, connect as dial, type Socket } from "node:net";
import { expect, test } from "vitest";
import { systemClock } from "../../src/engine/clock/system.ts";
import { type Log, silentLog } from "../../src/engine/ports/index.ts";
import { openPgBossQueue } from "../../src/queue/pg-boss.ts";
import { startPostgres } from "../support/postgres.ts";

/** Stands between us and the database, and can be cut. */
class Wire {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    if (this.cut) {
      near.destroy();
      return;
    }
    const far = dial(this.#port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  readonly #port: number;
  cut = false;

  constructor(port: number) {
    this.#port = port;
  }

  async listen(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return (this.#server.address() as AddressInfo).port;
  }

  break(): void {
    this.cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.break();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }
}

test("while the database can't be reached it says so and stays alive; what was woken meanwhile is activated after it", async () => {
  const server = await startPostgres();
  const url = new URL(server.url);
  const wire = new Wire(Number(url.port));
  url.port = String(await wire.listen());
  const warned: string[] = [];
  const failed = Promise.withResolvers<void>();
  const log: Log = {
    ...silentLog,
    warn: (_, message) => {
      warned.push(message);
      if (message.startsWith("executions could not be queued")) failed.resolve();
    },
  };
  const queue = await openPgBossQueue({ url: url.href, concurrency: 2, clock: systemClock, log });
  const begun = new Map<string, PromiseWithResolvers<void>>();
  const end = Promise.withResolvers<void>();
  const at = (id: string) => {
    const known = begun.get(id) ?? Promise.withResolvers<void>();
    begun.set(id, known);
    return known;
  };
  queue.start(async (id) => {
    at(id).resolve();
    if (id === "before") await end.promise;
  });
  queue.wake("before");
  await at("before").promise;
  wire.break();
  queue.wake("meanwhile");
  end.resolve();
  await failed.promise;
  expect(begun.has("meanwhile")).toBe(false);
  wire.cut = false;
  await at("meanwhile").promise;
  await queue.idle();
  expect(warned.length).toBeGreaterThan(0);
  await queue.stop();
  await wire.close();
  await server.stop();
});
