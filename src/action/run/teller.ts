import { viewOf } from "../../api/view.ts";
import type { Execution } from "../../core/execution.ts";
import { isTerminal } from "../../core/index.ts";
import { waitsOf } from "../../github/gateway/waits.ts";
import { Progress, type Waits, waitText } from "../progress.ts";
import { say } from "../report.ts";
import type { InJob } from "./compose.ts";

/** What the engine saves, told in the job's log; keeps the newest state of the execution that the job is about. */
export class Teller {
  readonly #engine: () => InJob["engine"];
  readonly #progress = new Progress();
  readonly #saved = new Map<string, Execution>();
  readonly #ended = Promise.withResolvers<Execution>();
  #id: string | null = null;
  #waits: Waits = new Map();
  #telling: Promise<void> = Promise.resolve();

  constructor(engine: () => InJob["engine"]) {
    this.#engine = engine;
  }

  saved(execution: Execution): void {
    this.#saved.set(execution.id, execution);
    if (execution.id === this.#id) this.#tell(execution);
  }

  /** Resolves when it has ended and that is told; rejects where it can't be told. */
  follow(begun: Execution): Promise<Execution> {
    this.#id = begun.id;
    this.#tell(this.#saved.get(begun.id) ?? begun);
    return this.#ended.promise;
  }

  get waits(): Waits {
    return this.#waits;
  }

  /** As it was saved last. */
  newest(begun: Execution): Execution {
    return this.#saved.get(begun.id) ?? begun;
  }

  #tell(execution: Execution): void {
    this.#telling = this.#tellAfter(this.#telling, execution).catch(this.#ended.reject);
  }

  async #tellAfter(before: Promise<void>, execution: Execution): Promise<void> {
    await before;
    const waits = waitsOf(await this.#engine().workflowOf(execution), execution);
    this.#waits = new Map(waits.map(({ step, what, who }) => [step, waitText(what, who)]));
    for (const line of this.#progress.lines(viewOf(execution), this.#waits)) say(line);
    if (isTerminal(execution.state)) this.#ended.resolve(execution);
  }
}
