import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../config.ts";
import { dataDirectory } from "../../setup/index.ts";
import { StateError } from "../../state/error.ts";
import { lookAtStore } from "../../state/look.ts";
import { type Finding, ok, problem, reasonOf } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this Node runs what the package needs. */
export function checkNode(version: string): Finding {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const { engines } = JSON.parse(text) as { readonly engines: { readonly node: string } };
  const least = engines.node.replace(/^\D+/, "");
  if (compare(version, least) >= 0) return ok("node", `Node.js ${version}.`);
  return problem("node", `Node.js ${version} is too old.`, `Install ${least} or newer.`);
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split(".").map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The directory in which the service keeps its own files, and who may read them. */
export function checkDirectory(env: Environment): readonly Finding[] {
  const directory = dataDirectory(env);
  const name = "data directory";
  const existing = nearest(directory);
  try {
    accessSync(existing, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch {
    const wayOut = "Set HISHAMOS_DATA_DIR to a directory of the service's user.";
    return [problem(name, `${directory} can't be written by this user.`, wayOut)];
  }
  if (existing !== directory) return [ok(name, `${directory} will be made at the first start.`)];
  const open = ["app.json", "api-token", "hishamos.db"]
    .map((file) => join(directory, file))
    .filter((path) => existsSync(path) && isOpen(path, directory));
  return [
    open.length === 0
      ? ok(name, `${directory} can be written.`)
      : problem(name, `Other users may read ${open.join(", ")}.`, `chmod 600 ${open.join(" ")}`),
  ];
}

/** A database is as closed as the directory that it is in. */
function isOpen(path: string, directory: string): boolean {
  const others = 0o077;
  const mode = (of: string) => statSync(of).mode & others;
  return mode(path) !== 0 && (!path.endsWith(".db") || mode(directory) !== 0);
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

/** Whether what is stored can be reached and read. */
export async function checkStore(state: Config["state"]): Promise<Finding> {
  const what = "directory" in state ? "SQLite" : "Postgres";
  try {
    const look = await lookAtStore(state);
    switch (look.is) {
      case "in use":
        return ok("database", `${what}: a running service has it.`);
      case "empty":
        return ok("database", `${what}: nothing is stored yet; the first start makes the tables.`);
      case "there": {
        const { schema, current } = look;
        const older = schema < current ? `, brought to ${current} at the next start` : "";
        return ok("database", `${what}: schema ${schema}${older}.`);
      }
      default:
        return look satisfies never;
    }
  } catch (error) {
    if (error instanceof StateError)
      return problem("database", error.problem.message, error.problem.hint ?? null);
    return problem("database", `${what} can't be read: ${reasonOf(error)}.`, "Look at DATABASE_URL.");
  }
}
