import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Place, Report } from "./child.ts";
import { type CrashPoint, nameOf } from "./point.ts";

/** Child processes that each do one run after the other. */
export class Crew {
  readonly #children: readonly ChildProcess[];
  readonly #free: ChildProcess[];
  readonly #waiting: ((child: ChildProcess) => void)[] = [];

  /** One process for each place. */
  constructor(places: readonly Place[]) {
    const file = new URL("./child.ts", import.meta.url);
    this.#children = places.map((place) => fork(file, [JSON.stringify(place)], { execArgv: [] }));
    this.#free = [...this.#children];
  }

  /** How many runs it does at once. */
  get size(): number {
    return this.#children.length;
  }

  /** One run, as soon as a process is free for it. Rejects where the process ends over it. */
  async play(points: readonly CrashPoint[]): Promise<Report> {
    const child =
      this.#free.pop() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    try {
      return await ask(child, points.map(nameOf));
    } finally {
      const next = this.#waiting.shift();
      if (next) next(child);
      else this.#free.push(child);
    }
  }

  async close(): Promise<void> {
    const running = this.#children.filter(({ connected }) => connected);
    const ended = running.map((child) => once(child, "exit"));
    for (const child of running) child.disconnect();
    await Promise.all(ended);
  }
}

function ask(child: ChildProcess, order: readonly string[]): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const answered = (report: unknown) => resolve(report as Report);
  const ended = () => reject(new Error(`the process ended in the run of ${order.join(", ") || "no crash"}`));
  child.once("message", answered).once("exit", ended);
  child.send(order);
  return promise.finally(() => child.off("message", answered).off("exit", ended));
}
