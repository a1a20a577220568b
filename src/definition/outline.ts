import type { Place } from "./source.ts";
import { child, itemsOf, type MapTree, mapOf, type Tree, textOf } from "./tree.ts";

/** A step's id as it stands somewhere in the file. */
export interface Outlined {
  /** Path of its list: `""`, `checks`, `finally`. */
  readonly list: string;
  readonly place: Place;
  readonly loops: boolean;
}

/** What is told of a file's steps before they are read: where each id stands, and how loops call their items. */
export interface Outline {
  readonly ids: ReadonlyMap<string, readonly Outlined[]>;
  /** By path. */
  readonly loops: ReadonlySet<string>;
  readonly loopNames: ReadonlySet<string>;
}

export function outlineOf(workflow: MapTree): Outline {
  const ids = new Map<string, Outlined[]>();
  const loops = new Set<string>();
  const loopNames = new Set(["item", "index"]);
  const gather = (tree: Tree | undefined, list: string): void => {
    for (const item of tree?.type === "list" ? tree.items : []) {
      const map = mapOf(item);
      const idTree = child(map, "id");
      const id = textOf(idTree);
      const as = textOf(child(child(map, "for_each"), "as"));
      if (as !== undefined) loopNames.add(as);
      if (map === undefined || id === undefined || idTree === undefined) continue;
      const looped = map.entries.has("for_each");
      ids.set(id, [...(ids.get(id) ?? []), { list, place: idTree, loops: looped }]);
      const path = list === "" ? id : `${list}/${id}`;
      if (looped) loops.add(path);
      gather(child(map, "steps"), path);
      gather(child(child(map, "parallel"), "steps"), path);
    }
  };
  gather(child(workflow, "steps"), "");
  gather(child(workflow, "finally"), "finally");
  return { ids, loops, loopNames };
}

/** The maps of all steps of a list, inner ones too. */
export function* stepMaps(tree: Tree | undefined): Iterable<MapTree> {
  for (const item of itemsOf(tree)) {
    const map = mapOf(item);
    if (map === undefined) continue;
    yield map;
    yield* stepMaps(child(map, "steps"));
    yield* stepMaps(child(child(map, "parallel"), "steps"));
  }
}
