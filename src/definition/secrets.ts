import type { Step, StepKind } from "../core/workflow.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { child, itemsOf, type MapTree, mapOf, type ScalarTree, type Tree, textOf, textsOf } from "./tree.ts";

const isName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** How a text names a secret, as `${SLACK_TOKEN}`: for the check of definitions and for who puts the value in. */
export const secretPlaceholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** A text of the workflow that names secrets, as `${SLACK_TOKEN}`. */
interface Asking {
  readonly tree: ScalarTree;
  readonly names: readonly string[];
  /** It holds `{{ }}` too: what it will be may come from a stranger. */
  readonly open: boolean;
}

/**
 * Which secrets a step may use, and in which headers. Only what the workflow itself says counts: a header with `{{ }}` is
 * never one of them, nor one that is given twice.
 */
export function readSecrets(
  map: MapTree,
  kind: StepKind,
  problems: Problems,
): Pick<Step, "secrets" | "secretHeaders"> {
  const given = map.entries.get("secrets");
  const secrets = textsOf(given?.value);
  if (!(kind.kind === "action" && kind.action === "http.request")) {
    if (given) {
      problems.add("contradiction", given.key, "only http.request may use secrets", {
        hint: "An agent or another action never sees one; drop secrets.",
      });
    }
    return { secrets, secretHeaders: [] };
  }
  const inputs = mapOf(child(map, "inputs"))?.entries ?? new Map<string, never>();
  const headers = mapOf(inputs.get("headers")?.value)?.entries ?? new Map<string, never>();
  const outside = [...inputs]
    .filter(([name]) => name !== "headers")
    .flatMap(([name, { value }]) => asking(value).map((found) => ({ name, found })));
  for (const { name, found } of outside) tellOutside(name, found, problems);

  const asked = new Set(outside.flatMap(({ found }) => found.names));
  const secretHeaders: string[] = [];
  const byLower = Map.groupBy(headers.keys(), (name) => name.toLowerCase());
  for (const [name, { key, value }] of headers) {
    for (const found of asking(value)) {
      for (const each of found.names) asked.add(each);
      const lower = name.toLowerCase();
      const twin = byLower.get(lower)?.find((other) => other !== name);
      if (found.open) {
        tellOpen(name, found, problems);
      } else if (twin !== undefined) {
        const message = `the header ${short(name)} is given twice, once as ${short(twin)}`;
        problems.add("secret", key, message, { hint: "Capitals make no difference in it; keep one." });
      } else {
        secretHeaders.push(lower);
        for (const meant of tellUndeclared(found, secrets, problems)) asked.add(meant);
      }
    }
  }
  for (const item of itemsOf(given?.value)) {
    const name = textOf(item);
    // What is no name has been told already.
    if (name === undefined || asked.has(name) || !isName.test(name)) continue;
    problems.add("secret", item, `the secret ${short(name)} is not used`, {
      hint: `Put \${${short(name)}} into a header, or drop it.`,
    });
  }
  return { secrets, secretHeaders };
}

function asking(tree: Tree): readonly Asking[] {
  if (tree.type === "list") return tree.items.flatMap(asking);
  if (tree.type === "map") return [...tree.entries.values()].flatMap(({ value }) => asking(value));
  if (typeof tree.value !== "string") return [];
  const names = [...tree.value.matchAll(secretPlaceholder)].flatMap(([, name]) => name ?? []);
  return names.length === 0 ? [] : [{ tree, names, open: tree.value.includes("{{") }];
}

function tellOutside(input: string, { tree, names: [name = ""] }: Asking, problems: Problems): void {
  problems.add(
    "secret",
    tree,
    `secrets can't be used in ${short(input)}: \${${short(name)}} would stay a text`,
    {
      hint: `Use it in a header, where it is not kept; for the text itself write {{ "$" }}{${short(name)}}.`,
    },
  );
}

function tellOpen(header: string, { tree, names: [name = ""] }: Asking, problems: Problems): void {
  const message = `the header ${short(header)} has \${${short(name)}} and {{ }}, and what comes from outside could ask for secrets`;
  problems.add("secret", tree, message, { hint: "Make two headers of it, or write the rest out." });
}

/** Answers those that were meant by what is misspelt: they are used then. */
function tellUndeclared(
  { tree, names }: Asking,
  secrets: readonly string[],
  problems: Problems,
): readonly string[] {
  const undeclared = [...new Set(names)].filter((name) => !secrets.includes(name));
  return undeclared.flatMap((name) => {
    problems.add(
      "secret",
      tree,
      `the header asks for the secret ${short(name)}, which the step doesn't name`,
      {
        hint: problems.didYouMean(name, secrets) ?? `Add secrets: [${short(name)}] to the step.`,
      },
    );
    return problems.nearest(name, secrets) ?? [];
  });
}
