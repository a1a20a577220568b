import type { Problems } from "./problems.ts";
import { tellUnknownWord } from "./structure.ts";
import { itemsOf, type Tree, textOf } from "./tree.ts";

/** The words of a list or a single one, each of a fixed list; others are told and left out. */
export function readWords<T extends string>(
  tree: Tree | undefined,
  words: readonly T[],
  what: string,
  problems: Problems,
): readonly T[] {
  return itemsOf(tree).flatMap((item) => {
    const text = textOf(item);
    if (text === undefined) return [];
    const found = words.find((word) => word === text);
    if (found === undefined) tellUnknownWord(item, words, what, problems);
    return found ?? [];
  });
}
