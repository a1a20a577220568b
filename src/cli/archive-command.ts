import { parseArgs } from "node:util";
import { type Environment, readState } from "../config.ts";
import { formatProblem } from "../core/problem.ts";
import type { Home } from "../state/archive/snapshot.ts";
import { StateError } from "../state/error.ts";
import { type Output, takeArguments, wrongUsage } from "./usage.ts";

/** What export and import have in common: one file or `-`, the service's own store, and how a failure is told. */
export async function archiveCommand(
  usage: string,
  args: readonly string[],
  io: Output,
  env: Environment,
  work: (file: string, state: Home) => Promise<void>,
): Promise<number> {
  const options = { help: { type: "boolean", short: "h" } } as const;
  const taken = takeArguments(usage, io, () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  if ("exit" in taken) return taken.exit;
  const [file = "-", more] = taken.positionals;
  if (more !== undefined) return taken.wrong(`unexpected argument "${more}"`);
  const read = readState(env);
  if ("problems" in read) {
    io.stderr(`${read.problems.map(formatProblem).join("\n")}\n`);
    return wrongUsage;
  }
  try {
    await work(file, read.state);
    return 0;
  } catch (error) {
    if (error instanceof StateError) io.stderr(`${formatProblem(error.problem)}\n`);
    else if (error instanceof Error && "syscall" in error) io.stderr(`${error.message}\n`);
    else throw error;
    return 1;
  }
}
