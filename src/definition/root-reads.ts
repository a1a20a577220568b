import type { Use } from "./expressions.ts";
import { short } from "./limits.ts";
import { definitionProblems, type Problems } from "./problems.ts";

/** What a root has in it: names; `list`, of texts or numbers; `value`, a text, number or truth with nothing in it. */
type Shape = "value" | "list" | { readonly [name: string]: Shape };

const pullRequest: Shape = {
  number: "value",
  url: "value",
  branch: "value",
  head_sha: "value",
  state: "value",
};

/** As `scopeOf` makes them. Other roots are of the event, the workflow or the repository. */
const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ["actor", "value"],
  [
    "subject",
    {
      type: "value",
      number: "value",
      title: "value",
      author: "value",
      labels: "list",
      url: "value",
      state: "value",
      head_sha: "value",
      is_fork: "value",
      files: "list",
      pull_request: pullRequest,
    },
  ],
  ["repo", { id: "value", owner: "value", name: "value", full_name: "value" }],
  [
    "execution",
    {
      id: "value",
      round: "value",
      state: "value",
      started_at: "value",
      workflow: "value",
      ending: "value",
    },
  ],
  ["error", { step: "value", code: "value", message: "value" }],
]);

/** Tells reads of what a root never has, as `actor.login`: each of them would be null, always. */
export function checkRootReads(uses: readonly Use[], problems: Problems): void {
  for (const use of uses) {
    // A loop variable may have the name of nothing else, so that a root is always the root.
    const shape = shapes.get(use.root);
    if (shape !== undefined) checkRead(use, shape, problems);
  }
}

function checkRead(use: Use, root: Shape, problems: Problems): void {
  let known: Shape = root;
  for (const [index, key] of use.path.entries()) {
    const before = [use.root, ...use.path.slice(0, index)].join(".");
    if (known === "list") {
      if (/^(?:\*|-?\d+)$/.test(key)) {
        known = "value";
        continue;
      }
      const hint =
        key === "length"
          ? `For how many there are write length(${before}).`
          : `For the first write ${before}[0].`;
      return tell(use, index, `${before} is a list and has no "${short(key)}"`, hint, problems);
    }
    if (known === "value") {
      const hint = `Write ${before}: it is the value itself.`;
      return tell(use, index, `${before} has no "${short(key)}"`, hint, problems);
    }
    if (key === "*") return;
    const next: Shape | undefined = Object.hasOwn(known, key) ? known[key] : undefined;
    if (next === undefined) {
      const names = Object.keys(known);
      const hint = problems.didYouMean(key, names) ?? `It has ${names.join(", ")}.`;
      return tell(use, index, `${before} has no "${short(key)}"`, hint, problems);
    }
    known = next;
  }
}

function tell(use: Use, index: number, message: string, hint: string, problems: Problems): void {
  const position = use.pathPositions[index] ?? use.position;
  problems.take({ code: definitionProblems.unknownPart.code, message, hint, position });
}
