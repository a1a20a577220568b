import { readSeed } from "../e2e/chaos.ts";

/** How large a run is. */
export interface Form {
  readonly seed: number;
  readonly installations: number;
  readonly executions: number;
  /** Over so long the bugs are reported (ms). */
  readonly arrivalMs: number;
  /** From the first report: mischief goes on at least so long (ms), and until most are done. */
  readonly stormMs: number;
  /** After the storm all must be done within so long (ms). */
  readonly calmMs: number;
}

/** CHAOS_QUICK: the form of about three minutes; CHAOS_SEED, CHAOS_INSTALLATIONS, CHAOS_EXECUTIONS, CHAOS_MINUTES as said. */
export function readForm(env: NodeJS.ProcessEnv): Form {
  const quick = Boolean(env["CHAOS_QUICK"]);
  const number = (name: string, fallback: number) => Number(env[name] || fallback);
  const minutes = number("CHAOS_MINUTES", quick ? 1.5 : 10);
  return {
    seed: readSeed(),
    installations: number("CHAOS_INSTALLATIONS", 30),
    executions: number("CHAOS_EXECUTIONS", quick ? 60 : 300),
    arrivalMs: minutes * 60_000 * 0.6,
    stormMs: minutes * 60_000,
    calmMs: quick ? 300_000 : 900_000,
  };
}
