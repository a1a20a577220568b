import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { itemsOf, type Tree, textOf, textsOf } from "./tree.ts";

/** What `/hishamos` understands. */
export const commandNames = [
  "status",
  "pause",
  "resume",
  "cancel",
  "retry",
  "skip",
  "approve",
  "reject",
  "done",
  "fail",
  "allow",
  "run",
  "explain",
  "help",
] as const;
export type CommandName = (typeof commandNames)[number];

const decider = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|@[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)$/;
const deciderRoles = ["read", "triage", "write", "maintain", "admin"] as const;

/** Logins, `@org/team` and `role:write`: a name that nobody has would wait for ever, and is told. */
export function readDeciders(tree: Tree | undefined, problems: Problems): readonly string[] {
  for (const item of itemsOf(tree)) checkDecider(item, problems);
  return textsOf(tree);
}

function checkDecider(item: Tree, problems: Problems): void {
  const text = textOf(item);
  if (text === undefined) return;
  if (text.startsWith("role:")) {
    const role = text.slice("role:".length);
    if (deciderRoles.some((each) => each === role)) return;
    problems.add(
      "unknownValue",
      item,
      `"${short(role)}" is not a repository role: use ${deciderRoles.join(", ")}`,
      { hint: problems.didYouMean(role, deciderRoles) },
    );
  } else if (!decider.test(text)) {
    const login = text.replace(/^@/, "");
    problems.add("wrongForm", item, `"${short(text)}" is neither a login nor @org/team nor role:write`, {
      hint: decider.test(login) ? `Write "${login}".` : undefined,
    });
  }
}

/** `commands`: by a command's name, who may use it. */
export function readCommands(
  tree: Tree | undefined,
  problems: Problems,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, { key, value }] of tree?.type === "map" ? tree.entries : []) {
    const bare = name.replace(/^\/(?:hishamos )?/, "");
    if (!commandNames.some((each) => each === name)) {
      const known = commandNames.some((each) => each === bare);
      problems.add("unknownValue", key, `unknown command "${short(name)}"`, {
        hint: known
          ? `Write ${bare}, without the slash.`
          : (problems.didYouMean(bare, commandNames) ?? `Commands are ${commandNames.join(", ")}.`),
      });
    }
    found.set(name, readDeciders(value, problems));
  }
  return found;
}
