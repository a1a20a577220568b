import type { StepRunners } from "../engine/parts.ts";
import type { Clock, StepRunner, Stores } from "../engine/ports/index.ts";

/** When a process is to die. */
export interface Doom {
  /**
   * Something is to be done that changes the outside, as `executions.save` or `POST /repos/acme/shop/issues/#/comments`;
   * whether it dies here, and whether that is done before.
   */
  begins(at: string): "before" | "after" | null;
}

/**
 * One process's life. All that it does outside itself goes through here; when its doom says so it ends, and from then on
 * nothing that it calls ever answers: no store, no request, no timer.
 */
export class Life {
  readonly #doom: Doom;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #timers = new Set<() => void>();
  readonly #death = Promise.withResolvers<void>();
  #dead = false;

  constructor(doom: Doom) {
    this.#doom = doom;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Resolves at the crash. */
  get died(): Promise<void> {
    return this.#death.promise;
  }

  get busy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when all that was sent before the crash has been carried out: the outside does not die with it. */
  async over(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** Something that changes the outside: a place to die. */
  async change<T>(at: string, call: () => Promise<T>): Promise<T> {
    if (this.#dead) return never();
    const here = this.#doom.begins(at);
    if (here === "before") this.#die();
    return this.#carryOut(call, here === "after");
  }

  /** Something that changes nothing. */
  async look<T>(call: () => Promise<T>): Promise<T> {
    return this.#carryOut(call, false);
  }

  async #carryOut<T>(call: () => Promise<T>, last: boolean): Promise<T> {
    if (this.#dead) return never();
    const answer = call();
    this.#underWay.add(answer);
    try {
      await answer;
    } catch {
      // Told below, to those who live to hear it.
    }
    this.#underWay.delete(answer);
    if (last) this.#die();
    return this.#dead ? never() : answer;
  }

  #die(): void {
    this.#dead = true;
    for (const cancel of this.#timers) cancel();
    this.#death.resolve();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      at: (at, call) => {
        if (this.#dead) return () => {};
        const cancel = clock.at(at, () => {
          this.#timers.delete(cancel);
          call();
        });
        this.#timers.add(cancel);
        return () => {
          this.#timers.delete(cancel);
          cancel();
        };
      },
    };
  }

  /** Requests that change something are those but GET, and but those for a token. */
  fetch(base: typeof fetch): typeof fetch {
    return (input, init) => {
      const method = init?.method ?? "GET";
      const url = new URL(input instanceof Request ? input.url : input);
      const call = async () => {
        const answer = await base(input, init);
        // The whole answer has come: what is lost is lost on our side.
        await answer.clone().arrayBuffer();
        return answer;
      };
      if (method === "GET" || url.pathname.endsWith("/access_tokens")) return this.look(call);
      const path = url.pathname.replace("/api/v3", "").replaceAll(/\d+/g, "#");
      return this.change(`${method} ${path}`, call);
    };
  }

  /** What those who work in the process itself would have answered dies with it. */
  runners({ agent, action }: StepRunners): StepRunners {
    return { agent: this.#runner(agent), action: this.#runner(action) };
  }

  #runner(own: StepRunner): StepRunner {
    return {
      run: async (request) => {
        const result = await own.run(request);
        return this.#dead ? never() : result;
      },
    };
  }

  stores(stores: Stores): Stores {
    const watched = Object.entries(stores).flatMap(([name, store]: [string, object]) =>
      name === "close" ? [] : [[name, this.#store(name, store)]],
    );
    return { ...Object.fromEntries(watched), close: () => Promise.resolve() };
  }

  #store(name: string, store: object): object {
    type Method = (...args: readonly unknown[]) => Promise<unknown>;
    const methods = Object.entries(store).map(([method, call]: [string, Method]) => {
      const what = `${name}.${method}`;
      const watched: Method = (...args) =>
        reads.has(method) ? this.look(() => call(...args)) : this.change(what, () => call(...args));
      return [method, watched];
    });
    return Object.fromEntries(methods);
  }
}

/** All other methods of stores change something. */
const reads: ReadonlySet<string> = new Set([
  "get",
  "load",
  "list",
  "unfinished",
  "due",
  "nextDue",
  "queued",
  "waiting",
  "recent",
  "labeled",
  "behind",
]);

function never(): Promise<never> {
  return new Promise(() => {});
}
