import type { Problems } from "./problems.ts";
import { child, type MapTree, mapOf } from "./tree.ts";

/** The map under the wrapper's key, where there is one; keys beside it are told. */
export function unwrap(top: MapTree, wrapper: string, problems: Problems): MapTree {
  const inner = mapOf(child(top, wrapper));
  if (!inner) return top;
  for (const [key, entry] of top.entries) {
    if (key === wrapper) continue;
    problems.add("unknownKey", entry.key, `unknown key "${key.slice(0, 60)}" beside "${wrapper}"`, {
      hint: `Indent it under ${wrapper}.`,
    });
  }
  return inner;
}
