/** What goes wrong with the next request that fits. */
export interface Fault {
  /** Any method if left out. */
  readonly method?: string;
  /** Tested against the path below `/api/v3`, without the query. */
  readonly path: RegExp;
  /** Answer with this status; the change is not made unless `performed`. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** With `status`: the change is made all the same ("done, but the answer says otherwise"). */
  readonly performed?: boolean;
  /** Cut the connection instead: before the change is made, or after ("done, but the answer was lost"). */
  readonly drop?: "before" | "after";
  /** How many requests to spoil, 1 if left out. */
  readonly times?: number;
}

/** The faults still to happen, in the order they were asked for. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    if (fault.status === undefined && fault.drop === undefined)
      throw new Error("a fault needs a status or a drop");
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(method: string, path: string): Fault | undefined {
    const at = this.#waiting.findIndex(
      ({ fault }) => (fault.method === undefined || fault.method === method) && fault.path.test(path),
    );
    const entry = this.#waiting[at];
    if (entry === undefined) return undefined;
    entry.left--;
    if (entry.left === 0) this.#waiting.splice(at, 1);
    return entry.fault;
  }
}
