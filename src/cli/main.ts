import { didYouMean } from "../core/nearest.ts";
import type { Output } from "./usage.ts";

type Command = (args: readonly string[], io: Output) => Promise<number | null>;

/** In the order of a workflow's life. Each is loaded when it is called: `validate` needs no server. */
const commands: ReadonlyMap<string, { readonly what: string; readonly load: () => Promise<Command> }> =
  new Map([
    [
      "init",
      {
        what: "put workflows of the library into .hishamos/",
        load: async () => (await import("./init.ts")).initCommand,
      },
    ],
    [
      "validate",
      {
        what: "check definitions and their tests",
        load: async () => (await import("./validate.ts")).validateCommand,
      },
    ],
    [
      "explain",
      {
        what: "tell in plain English what a workflow does",
        load: async () => (await import("./graph.ts")).explainCommand,
      },
    ],
    [
      "graph",
      {
        what: "draw a workflow as a Mermaid flowchart",
        load: async () => (await import("./graph.ts")).graphCommand,
      },
    ],
    [
      "test",
      {
        what: "play the tests of workflows, or write one from a real run",
        load: async () => (await import("./test.ts")).testCommand,
      },
    ],
    [
      "run",
      {
        what: "run a workflow on a GitHub stand-in on this machine",
        load: async () => (await import("./run.ts")).runCommand,
      },
    ],
    [
      "demo",
      {
        what: "watch the Bug Lifecycle from a report to the deployed fix",
        load: async () => (await import("./demo.ts")).demoCommand,
      },
    ],
    [
      "export",
      {
        what: "write everything that the service has stored to a file",
        load: async () => (await import("./export.ts")).exportCommand,
      },
    ],
    [
      "import",
      {
        what: "store what export wrote, in an empty store",
        load: async () => (await import("./import.ts")).importCommand,
      },
    ],
    ["serve", { what: "the GitHub App; configured by the environment", load: async () => serveCommand }],
    [
      "doctor",
      {
        what: "check all that the service needs, and say what to do",
        load: async () => (await import("./doctor.ts")).doctorCommand,
      },
    ],
  ]);

const width = Math.max(...[...commands.keys()].map((name) => name.length));
const usage = `Usage: hishamos COMMAND

${[...commands].map(([name, { what }]) => `  ${name.padEnd(width)}  ${what}`).join("\n")}

Each command tells more with --help.
Exit code: 0 good, 1 problems found or not completed, 2 wrong usage.
`;

const serveUsage = `Usage: hishamos serve

Runs the GitHub App until SIGTERM or SIGINT. It takes no arguments: everything is set in the environment, as the README
tells (APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, DATABASE_URL, …); what is missing or wrong is named before anything starts.
Where no App is configured at all, it prints a link to a page that creates one.
Exit code: 0 stopped by a signal, 2 it could not start.
`;

/** Runs one command; resolves to the exit code, or null where the process goes on by itself. */
export async function main(args: readonly string[], io: Output): Promise<number | null> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const [about] = rest;
    const command = name === "help" && about !== undefined ? commands.get(about) : undefined;
    if (command) return await (await command.load())(["--help"], io);
    io.stdout(usage);
    return name === undefined ? 2 : 0;
  }
  const command = commands.get(name);
  if (command) return await (await command.load())(rest, io);
  const hint = didYouMean(name, commands.keys());
  io.stderr(`unknown command "${name}"${hint === undefined ? "" : `. ${hint}`}\n\n${usage}`);
  return 2;
}

async function serveCommand(args: readonly string[], io: Output): Promise<number | null> {
  const [first] = args;
  if (first === "--help" || first === "-h") {
    io.stdout(serveUsage);
    return 0;
  }
  if (first !== undefined) {
    io.stderr(`unexpected argument "${first}"\n\n${serveUsage}`);
    return 2;
  }
  const { serve } = await import("../server.ts");
  await serve(process.env);
  return null;
}
