import type { JsonObject } from "../core/json.ts";
import type { InputDefinition } from "../core/workflow.ts";
import { readSchema } from "./agents.ts";
import type { Expressions } from "./expressions.ts";
import type { Problems } from "./problems.ts";
import { booleanOf, child, mapOf, type Tree, textOf, toJson } from "./tree.ts";
import { readWords } from "./words.ts";

const jsonTypes = ["string", "number", "integer", "boolean", "object", "array"] as const;

/** The inputs that a workflow lists; null where it lists none. */
export function readInputs(
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): readonly InputDefinition[] | null {
  const map = mapOf(tree);
  if (!map) return null;
  return [...map.entries].map(([name, { value }]) => {
    const given = child(value, "default");
    return {
      name,
      schema: readInputSchema(child(value, "type"), problems),
      from: expressions.condition(child(value, "from"), "trigger"),
      default: given && toJson(given),
      required: booleanOf(child(value, "required")) ?? false,
    };
  });
}

function readInputSchema(tree: Tree | undefined, problems: Problems): JsonObject | null {
  if (tree?.type === "map") return readSchema(tree, problems);
  if (textOf(tree) === undefined) return null;
  const [type] = readWords(tree, jsonTypes, "a JSON Schema type", problems);
  return type === undefined ? null : { type };
}
