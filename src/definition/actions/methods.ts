import { methodLines } from "./methods.generated.ts";
import { ownMethods } from "./own.ts";
import type { MethodEntry, Shapes } from "./shape.ts";

/** What an action takes and needs: a method of octokit.rest, or one of our own. */
export interface Method {
  readonly name: string;
  /** GET, POST, …; empty for an action of our own. */
  readonly verb: string;
  /** Names in the address, as `owner`; each is required. */
  readonly placeholders: readonly string[];
  /** What travels as text; null where GitHub no longer describes the method, so that nothing is known. */
  readonly query: Shapes | null;
  readonly body: Shapes;
  /** Required besides the placeholders. */
  readonly required: readonly string[];
  /** The permissions any of which will do, or null where none is needed or known. */
  readonly needs: { readonly permissions: readonly string[]; readonly access: "read" | "write" } | null;
  readonly caller: "user" | "app" | null;
}

/** Each line is parsed when a definition names its method: a thousand of them would take longer than most files. */
let lines: ReadonlyMap<string, string> | undefined;
const known = new Map<string, Method>();

function linesByName(): ReadonlyMap<string, string> {
  lines ??= new Map(
    methodLines
      .trimEnd()
      .split("\n")
      .map((line) => {
        const end = line.indexOf(" ");
        return [line.slice(0, end), line.slice(end + 1)] as const;
      }),
  );
  return lines;
}

/** All names that an action can have, as `issues.addLabels`. */
export function methodNames(): readonly string[] {
  return [...linesByName().keys(), ...ownMethods.keys()];
}

export function methodOf(name: string): Method | undefined {
  const found = known.get(name) ?? read(name);
  if (found) known.set(name, found);
  return found;
}

function read(name: string): Method | undefined {
  const line = linesByName().get(name);
  const entry = line === undefined ? ownMethods.get(name) : (JSON.parse(line) as MethodEntry);
  if (entry === undefined) return undefined;
  const [verb, url, needs, query, body, required, caller = null] = entry;
  const [permissions = "", access] = needs.split(":");
  return {
    name,
    verb,
    placeholders: [...url.matchAll(/\{([\w-]+)\}/g)].map((match) => match[1] ?? ""),
    query,
    body,
    required,
    needs:
      permissions === ""
        ? null
        : { permissions: permissions.split(" "), access: access === "read" ? "read" : "write" },
    caller,
  };
}
