/** What goes wrong with the next request that fits. */
export interface Fault {
  /** Any method if left out. */
  readonly method?: string;
  /** Tested against the path below `/api/v3`, without the query. */
  readonly path: RegExp;
  /** Answer with this status; the change is not made unless `performed`. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** With `status`: what GitHub says, `Server Error` if left out. */
  readonly message?: string;
  /** With `status`: the change is made all the same ("done, but the answer says otherwise"). */
  readonly performed?: boolean;
  /** Cut the connection instead: before the change is made, or after ("done, but the answer was lost"). */
  readonly drop?: "before" | "after";
  /** How many requests to spoil, 1 if left out. */
  readonly times?: number;
}

/** Asked at every request, by method and path below `/api/v3`: what is to go wrong with it. */
export type Spoiler = (method: string, path: string) => Omit<Fault, "path"> | undefined;

/** The faults still to happen, in the order they were asked for; then what a spoiler thinks of. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];
  spoiler: Spoiler | null = null;

  add(fault: Fault): void {
    if (fault.status === undefined && fault.drop === undefined)
      throw new Error("a fault needs a status or a drop");
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(method: string, path: string): Omit<Fault, "path"> | undefined {
    const at = this.#waiting.findIndex(
      ({ fault }) => (fault.method === undefined || fault.method === method) && fault.path.test(path),
    );
    const entry = this.#waiting[at];
    if (entry === undefined) return this.spoiler?.(method, path);
    entry.left--;
    if (entry.left === 0) this.#waiting.splice(at, 1);
    return entry.fault;
  }
}
