import { setTimeout as delay } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import { StateError } from "../error.ts";
import { connectionOptions } from "./pool.ts";

/** To bring the tables of an older release forward, or to wait while another process does (ms). */
const prepareMs = 600_000;
const againMs = 500;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: it starts, it stops, it has no connection left. */
const passing: ReadonlySet<string | undefined> = new Set(["57P01", "57P02", "57P03", "53300"]);

/**
 * A connection of its own, tried for so long (ms) as nothing answers or the server has no room yet. Rejects with a
 * StateError that says why there is none; at once where the server refuses us for good, as for a wrong password.
 */
export async function reach(url: string, waitMs: number): Promise<Client> {
  const until = performance.now() + waitMs;
  for (;;) {
    const client = new Client({ ...connectionOptions(url), query_timeout: prepareMs });
    // The connection's end is reported by the statement under way; by itself it must not end the process.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!mayPass(error) || performance.now() + againMs > until) throw unreachable(error);
    }
    await delay(againMs);
  }
}

function mayPass(error: unknown): boolean {
  return !(error instanceof DatabaseError) || passing.has(error.code);
}

function unreachable(error: unknown): StateError {
  // A name with several addresses fails with all their errors, and no message of its own.
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const said = errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  return new StateError(
    {
      code: "HOS608",
      message: `The database of DATABASE_URL can't be reached: ${said}.`,
      hint: "Its form is postgres://USER:PASSWORD@HOST:5432/DATABASE.",
    },
    error,
  );
}
