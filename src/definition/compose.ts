import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type ParsedNode,
  type Scalar,
} from "yaml";
import { forbiddenNames, short, textLimits } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { Place } from "./source.ts";
import type { Entry, ScalarTree, Tree } from "./tree.ts";
import { tellUnquoted } from "./unquoted.ts";

/** Size and depth with aliases counted as if written out, so that a bomb is seen without being unfolded. */
interface Measured {
  readonly tree: Tree;
  readonly size: number;
  readonly depth: number;
}

/** The document's value, or null where a problem leaves none. */
export function composeTree(document: Document, problems: Problems): Tree | null {
  const composer = new Composer(problems);
  const measured = composer.compose(document.contents as ParsedNode | null, { start: 0, end: 0 });
  return composer.overgrown ? null : measured.tree;
}

class Composer {
  overgrown = false;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, Measured | "open">();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  compose(node: ParsedNode | null, before: Place): Measured {
    if (node === null)
      return { tree: { type: "scalar", value: null, style: "plain", ...before }, size: 1, depth: 0 };
    if (isAlias(node)) return this.#alias(node.source, placeOf(node));
    const anchor = node.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const measured = this.#bounded(this.#value(node), placeOf(node));
    if (anchor !== undefined) this.#anchors.set(anchor, measured);
    return measured;
  }

  #alias(name: string, place: Place): Measured {
    const found = this.#anchors.get(name);
    if (found !== undefined && found !== "open") return found;
    const message =
      found === "open"
        ? `the alias *${name} stands within what it names`
        : `there is no anchor &${name} above this alias`;
    this.#problems.add("alias", place, message);
    return broken(place);
  }

  /** Tells once that the definition grows too large, and cuts the branch. */
  #bounded(measured: Measured, place: Place): Measured {
    const large = measured.size > textLimits.values;
    if (!large && measured.depth <= textLimits.depth) return measured;
    if (!this.overgrown) {
      if (large)
        this.#problems.add(
          "tooLarge",
          place,
          `the file has more than ${textLimits.values} values, aliases counted`,
        );
      else
        this.#problems.add(
          "tooDeep",
          place,
          `aliases nest lists and maps more than ${textLimits.depth} levels deep`,
        );
    }
    this.overgrown = true;
    return broken(place);
  }

  #value(node: Exclude<ParsedNode, { source: string }> | ParsedNode): Measured {
    const place = placeOf(node);
    if (isScalar(node)) return { tree: this.#scalar(node, place), size: 1, depth: 0 };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.compose(item, place));
      return {
        tree: { type: "list", items: items.map(({ tree }) => tree), ...place },
        size: items.reduce((sum, { size }) => sum + size, 1),
        depth: 1 + items.reduce((most, { depth }) => Math.max(most, depth), 0),
      };
    }
    if (isMap(node)) {
      const inner = isMap(node.items[0]?.key) ? node.items[0].key : null;
      if (node.flow && inner !== null && isMap(inner) && inner.flow && node.items.length === 1) {
        tellUnquoted(place.start, this.#problems);
        return broken(place);
      }
      return this.#map(node.items, place);
    }
    return broken(place);
  }

  #map(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], place: Place): Measured {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    let size = 1;
    let depth = 0;
    for (const pair of pairs) {
      const key = this.#key(pair.key);
      const keyPlace = pair.key === null ? place : placeOf(pair.key);
      const value = this.compose(pair.value, { start: keyPlace.end, end: keyPlace.end });
      size += value.size;
      depth = Math.max(depth, value.depth);
      if (key === null) continue;
      if (key === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
        merged.push(value.tree);
        continue;
      }
      const first = entries.get(key);
      if (first) {
        const { line } = this.#problems.source.position(first.key.start);
        this.#problems.add(
          "duplicateKey",
          keyPlace,
          `the key "${short(key)}" is here twice: first at line ${line}`,
          {
            related: { message: `"${short(key)}" is first here`, place: first.key },
          },
        );
        continue;
      }
      entries.set(key, { key: keyPlace, value: value.tree });
    }
    for (const tree of merged) this.#merge(tree, entries);
    return { tree: { type: "map", entries, ...place }, size, depth: depth + 1 };
  }

  #merge(tree: Tree, entries: Map<string, Entry>): void {
    for (const source of tree.type === "list" ? tree.items : [tree]) {
      if (source.type === "map") {
        for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
      } else {
        this.#problems.add("wrongType", source, "<< merges a map or a list of maps");
      }
    }
  }

  #key(node: ParsedNode | null): string | null {
    const place = node === null ? { start: 0, end: 0 } : placeOf(node);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value !== "string") {
      this.#problems.add("key", place, "a key is a text", {
        hint: isScalar(node) ? `Put it in quotes: "${short(node.source ?? "")}".` : undefined,
      });
      return null;
    }
    if (forbiddenNames.has(value)) {
      this.#problems.add("forbiddenName", place, `"${value}" can't be used as a key`);
      return null;
    }
    this.#wellFormed(value, place);
    return value;
  }

  #scalar(node: Scalar, place: Place): ScalarTree {
    const { value } = node;
    const style = styles[node.type ?? "PLAIN"] ?? "plain";
    if (typeof value === "string") {
      this.#wellFormed(value, place);
      return { type: "scalar", value, style, ...place };
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.#problems.add("wrongType", place, `${short(node.source ?? "")} is no number that JSON knows`);
      return { type: "scalar", value: 0, style, ...place };
    }
    const plain = typeof value === "number" || typeof value === "boolean" ? value : null;
    return { type: "scalar", value: plain, style, ...place };
  }

  /** Escapes can spell what the text itself may not hold. */
  #wellFormed(value: string, place: Place): void {
    if (value.isWellFormed() && !value.includes("\0")) return;
    this.#problems.add("character", place, "the escapes spell NUL or half of a surrogate pair");
  }
}

const styles: Readonly<Partial<Record<string, ScalarTree["style"]>>> = {
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "block",
  BLOCK_FOLDED: "block",
};

function broken(place: Place): Measured {
  return { tree: { type: "scalar", value: null, style: "plain", broken: true, ...place }, size: 1, depth: 0 };
}

function placeOf(node: Node): Place {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}
