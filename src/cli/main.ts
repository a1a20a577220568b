import { demoCommand } from "./demo.ts";
import { runCommand } from "./run.ts";
import { type Output, validateCommand } from "./validate.ts";

const usage = `Usage: hishamos COMMAND

  validate PATH…   check definitions
  run FILE         run a workflow on a GitHub stand-in on this machine
  demo             watch the Bug Lifecycle from a report to the deployed fix
  serve            the GitHub App; configured by the environment

Each command tells more with --help.
`;

/** Runs one command; resolves to the exit code, or null where the process goes on by itself. */
export async function main(args: readonly string[], io: Output): Promise<number | null> {
  const [command, ...rest] = args;
  switch (command) {
    case "validate":
      return validateCommand(rest, io);
    case "run":
      return runCommand(rest, io);
    case "demo":
      return demoCommand(rest, io);
    case "serve": {
      const { serve } = await import("../server.ts");
      await serve(process.env);
      return null;
    }
    case undefined:
    case "--help":
    case "help":
      io.stdout(usage);
      return command === undefined ? 2 : 0;
    default:
      io.stderr(`unknown command "${command}"\n\n${usage}`);
      return 2;
  }
}
