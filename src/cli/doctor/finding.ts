/** What one check came to. */
export interface Finding {
  /** As `webhook`. */
  readonly check: string;
  readonly state: "ok" | "problem" | "skipped";
  /** A sentence; nothing secret is in it. */
  readonly message: string;
  /** Of a problem: what to do. */
  readonly wayOut: string | null;
}

export function ok(check: string, message: string): Finding {
  return { check, state: "ok", message, wayOut: null };
}

export function skipped(check: string, message: string): Finding {
  return { check, state: "skipped", message, wayOut: null };
}

export function problem(check: string, message: string, wayOut: string | null): Finding {
  return { check, state: "problem", message, wayOut };
}

/** As `1 repository`, `2 repositories`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** As an error says it, without what follows the first line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch says why only in the cause.
  const cause = error.cause instanceof Error ? error.cause.message || error.cause.name : "";
  const [first = ""] = (error.message === "fetch failed" && cause ? cause : error.message || cause).split(
    "\n",
  );
  return first.slice(0, 200);
}
