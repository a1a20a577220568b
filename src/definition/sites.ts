import type { Graph, PlacedStep } from "./graph.ts";

/** A list of steps where it stands in the file. */
export interface ListSite {
  readonly kind: "top" | "finally" | "steps" | "parallel";
  /** The step that the list is in; null for the workflow's own list and finally. */
  readonly around: Site | null;
  /** For finally: the workflow's own list, which has run before it. */
  readonly earlier: ListFrame | null;
  readonly inFinally: boolean;
  /** Names of the loop variables that every step of the list sees. */
  readonly loops: readonly string[];
  readonly placed: readonly PlacedStep[];
  readonly graph: Graph;
}

/** What is known of a list before its steps are read. */
export type ListFrame = Omit<ListSite, "placed" | "graph">;

/** Where an expression stands: which step of which list, and the loop variables that it sees. */
export interface Site {
  /** Its graph is known once the list is read. */
  readonly list: ListFrame;
  readonly id: string;
  readonly loops: readonly string[];
}

/** The lists of one file, each once it is read. */
export class Sites {
  readonly #known = new Map<ListFrame, ListSite>();

  add(frame: ListFrame, placed: readonly PlacedStep[], graph: Graph): ListSite {
    const site = { ...frame, placed, graph };
    this.#known.set(frame, site);
    return site;
  }

  of(frame: ListFrame): ListSite | undefined {
    return this.#known.get(frame);
  }

  all(): Iterable<readonly [ListFrame, ListSite]> {
    return this.#known;
  }
}

/** The lists that a step's expressions see, the nearest first, each with the step of it that is on the way there. */
export function* listsAround(site: Site): Iterable<readonly [list: ListFrame, standing: string | null]> {
  let at: Site | null = site;
  while (at !== null) {
    yield [at.list, at.id];
    if (at.list.earlier !== null) yield [at.list.earlier, null];
    at = at.list.around;
  }
}

/** Path of a list without indexes, as the engine writes it: `""`, `checks`, `finally/tell`. */
export function pathOf(list: ListFrame): string {
  if (list.around === null) return list.kind === "finally" ? "finally" : "";
  const outer = pathOf(list.around.list);
  return outer === "" ? list.around.id : `${outer}/${list.around.id}`;
}
