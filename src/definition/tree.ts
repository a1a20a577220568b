import type { Json } from "../core/json.ts";
import type { Place } from "./source.ts";

/** What a YAML or JSON text says, with the place of every value; anchors and merges are resolved. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree extends Place {
  readonly type: "scalar";
  readonly value: string | number | boolean | null;
  /** How it is written, to find a position within its value. */
  readonly style: "plain" | "single" | "double" | "block";
  /** Stands for something that could not be read, of which a problem tells already. */
  readonly broken?: true;
}

export interface ListTree extends Place {
  readonly type: "list";
  readonly items: readonly Tree[];
}

export interface MapTree extends Place {
  readonly type: "map";
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Place;
  readonly value: Tree;
}

/** The plain value. Names that could reach a prototype were refused when the tree was made. */
export function toJson(tree: Tree): Json {
  switch (tree.type) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(toJson);
    case "map":
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toJson(value)]));
    default:
      return tree satisfies never;
  }
}

// The readers answer undefined for another type: the schema has told that already, and the rest of the file
// is still to be checked.

export function mapOf(tree: Tree | undefined): MapTree | undefined {
  return tree?.type === "map" ? tree : undefined;
}

export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return mapOf(tree)?.entries.get(key)?.value;
}

export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.type === "scalar" && typeof tree.value === "string" ? tree.value : undefined;
}

export function numberOf(tree: Tree | undefined): number | undefined {
  return tree?.type === "scalar" && typeof tree.value === "number" ? tree.value : undefined;
}

export function booleanOf(tree: Tree | undefined): boolean | undefined {
  return tree?.type === "scalar" && typeof tree.value === "boolean" ? tree.value : undefined;
}

/** A list's items; one value alone is a list of one; nothing is none. */
export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined || (tree.type === "scalar" && tree.value === null)) return [];
  return tree.type === "list" ? tree.items : [tree];
}

/** The texts among a list's items. */
export function textsOf(tree: Tree | undefined): readonly string[] {
  return itemsOf(tree).flatMap((item) => textOf(item) ?? []);
}

export function oneOf<T extends string>(tree: Tree | undefined, values: readonly T[]): T | undefined {
  const text = textOf(tree);
  return values.find((value) => value === text);
}
