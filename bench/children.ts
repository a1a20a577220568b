import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of its own that runs a module of the bench; it ends with us. */
export class Child {
  readonly #process: ChildProcess;
  readonly #said: unknown[] = [];
  #changed = Promise.withResolvers<void>();

  /** `gift` is what the module reads with `given()`. */
  constructor(module: string, gift: unknown) {
    this.#process = fork(new URL(module, import.meta.url), [JSON.stringify(gift)]);
    this.#process.on("message", (message) => {
      this.#said.push(message);
      this.#changed.resolve();
    });
    this.#process.once("exit", () => this.#changed.resolve());
  }

  tell(message: string): void {
    this.#process.send(message);
  }

  /** The next thing that it says; rejects where it ends instead. */
  async said(): Promise<unknown> {
    while (this.#said.length === 0) {
      if (this.#over) throw new Error(`a process of the benchmark ended with ${this.#process.exitCode}`);
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    return this.#said.shift();
  }

  get #over(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Resolves when it has ended, as it does when it is told nothing any more. */
  async end(): Promise<void> {
    if (this.#over) return;
    const ended = once(this.#process, "exit");
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }
}

/** In the child: what it was given. */
export function given(): unknown {
  return JSON.parse(process.argv[2] ?? "null");
}

/** In the child: says something to the bench. */
export function say(message: unknown): void {
  process.send?.(message);
}

/** In the child: the next thing that the bench says. */
export async function told(): Promise<unknown> {
  const [message] = await once(process, "message");
  return message;
}

/** In the child: resolves when the bench has no more to say, or is gone. */
export async function dismissed(): Promise<void> {
  if (process.connected) await once(process, "disconnect");
}

/** Resident memory of this process (MB), with the garbage that is in it. */
export function residentMb(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
