import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";

/**
 * Stands between a client and a server on this machine. `open`: bytes pass; `refusing`: every connection is ended as it
 * comes; `silent`: connections are taken and nothing passes either way, as where packets go nowhere.
 */
export class Wire {
  readonly #port: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Taken while it was silent: nobody has dialled for them yet. */
  readonly #waiting = new Set<Socket>();
  readonly #server = createServer((near) => this.#take(near));
  #came = Promise.withResolvers<void>();
  #state: "open" | "refusing" | "silent" = "open";

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves with its own port. */
  async listen(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when somebody connects, from now on. */
  async dialled(): Promise<void> {
    this.#came = Promise.withResolvers<void>();
    await this.#came.promise;
  }

  /** Ends every connection; new ones go on. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    for (const near of this.#waiting) near.destroy();
  }

  refuse(): void {
    this.#state = "refusing";
    this.cut();
  }

  silence(): void {
    this.#state = "silent";
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** What was sent meanwhile arrives. */
  restore(): void {
    this.#state = "open";
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
    for (const near of this.#waiting) this.#dial(near);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    this.refuse();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #take(near: Socket): void {
    this.#came.resolve();
    near.on("error", () => near.destroy());
    if (this.#state === "refusing") near.resetAndDestroy();
    else if (this.#state === "open") this.#dial(near);
    else {
      near.pause();
      this.#waiting.add(near);
      near.on("close", () => this.#waiting.delete(near));
    }
  }

  #dial(near: Socket): void {
    const pair = [near, dial(this.#port, "127.0.0.1")] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.on("data", (bytes) => void to.write(bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    near.resume();
  }
}
