import type { SafeOutput } from "../core/workflow.ts";
import type { Problems } from "./problems.ts";
import { child, mapOf, numberOf, type Tree, textsOf } from "./tree.ts";
import { readWords } from "./words.ts";

const types = ["comment", "labels", "issue"] as const satisfies readonly SafeOutput["type"][];

/** How many at most where the workflow doesn't say: what one look at an issue asks for. */
const usual: Readonly<Record<SafeOutput["type"], number>> = { comment: 1, labels: 3, issue: 1 };

/** `[comment, labels]`, or a map with bounds: `{labels: {max: 2, allowed: [bug]}}`. */
export function readSafeOutputs(tree: Tree | undefined, problems: Problems): readonly SafeOutput[] {
  const map = mapOf(tree);
  if (map === undefined) {
    const named = readWords(tree, types, "something that is done for an agent", problems);
    return [...new Set(named)].map((type) => ({ type, max: usual[type], allowed: [] }));
  }
  return types.flatMap((type) => {
    if (!map.entries.has(type)) return [];
    const bounds = child(map, type);
    return [
      {
        type,
        max: numberOf(child(bounds, "max")) ?? usual[type],
        allowed: textsOf(child(bounds, "allowed")),
      },
    ];
  });
}
