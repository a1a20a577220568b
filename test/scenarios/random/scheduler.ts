/** A process sleeps for some milliseconds, or until something holds, at the latest at `by`. */
export type Pause = { readonly sleep: number } | { readonly until: () => boolean; readonly by?: number };
export type Process<T> = Generator<Pause, T, void>;

export class Task<T = unknown> {
  readonly #process: Process<T>;
  readonly children: Task[] = [];
  readonly order: number;
  pause: { readonly at: number; readonly until: () => boolean } | null = null;
  over = false;
  result: T | undefined;

  constructor(process: Process<T>, order: number) {
    this.#process = process;
    this.order = order;
  }

  step(now: number): void {
    const next = this.#process.next();
    if (next.done) {
      this.over = true;
      this.result = next.value;
    } else if ("sleep" in next.value) {
      const at = now + next.value.sleep;
      this.pause = { at, until: () => false };
    } else {
      this.pause = { at: next.value.by ?? Infinity, until: next.value.until };
    }
  }

  stop(): void {
    this.over = true;
    for (const each of this.children) each.stop();
  }
}

/** Runs processes on a time of its own, in the order in which they were begun where several can go on. */
export class Scheduler {
  now: number;
  #tasks: Task[] = [];
  #begun = 0;
  #current: Task | null = null;

  constructor(now: number) {
    this.now = now;
  }

  begin<T>(process: Process<T>): Task<T> {
    const task = new Task(process, this.#begun++);
    this.#tasks.push(task);
    this.#current?.children.push(task);
    return task;
  }

  /** Until nothing goes on any more, or `done` holds. */
  run(done: () => boolean): void {
    while (!done()) {
      this.#tasks = this.#tasks.filter(({ over }) => !over);
      const ready = this.#tasks.find(({ pause }) => !pause || pause.at <= this.now || pause.until());
      if (ready) {
        this.#current = ready;
        ready.step(this.now);
        this.#current = null;
        continue;
      }
      const next = Math.min(...this.#tasks.map(({ pause }) => pause?.at ?? Infinity));
      if (next === Infinity) return;
      this.now = next;
    }
  }

  stop(): void {
    for (const task of this.#tasks) task.stop();
    this.#tasks = [];
  }
}
