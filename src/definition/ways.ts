/** How one step may lead to another. */
export type Via = "success" | "failure" | "skip" | "timeout" | "exhausted";

export interface Edge {
  readonly to: string;
  readonly via: Via;
  /** The route names no step, and this one is near to it: good enough to reach it, not to blame it. */
  readonly guessed?: true;
}

export type Edges = ReadonlyMap<string, readonly Edge[]>;

export function closure(
  from: readonly string[],
  edges: Edges,
  follows: (edge: Edge) => boolean = () => true,
): Set<string> {
  const found = new Set(from);
  for (const id of found) {
    for (const edge of edges.get(id) ?? []) if (follows(edge)) found.add(edge.to);
  }
  return found;
}

/** The ids on a shortest way of at least one edge, both ends included, or null. */
export function shortestPath(
  from: string,
  to: string,
  edges: Edges,
  follows: (edge: Edge) => boolean = () => true,
): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [from];
  for (const id of queue) {
    for (const edge of edges.get(id) ?? []) {
      if (!follows(edge) || cameFrom.has(edge.to)) continue;
      cameFrom.set(edge.to, id);
      if (edge.to === to) return walkBack(from, to, cameFrom);
      queue.push(edge.to);
    }
  }
  return null;
}

function walkBack(from: string, to: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [to];
  for (let id = cameFrom.get(to); id !== undefined; id = cameFrom.get(id)) {
    path.push(id);
    if (id === from) break;
  }
  return path.toReversed();
}

/** The steps that may have run before one is entered; answered as asked and then kept: most are never asked about. */
export function stepsBefore(edges: Edges): (id: string) => ReadonlySet<string> {
  const reversed = new Map<string, Edge[]>();
  for (const [from, list] of edges) {
    for (const { to, via } of list) {
      const into = reversed.get(to) ?? [];
      into.push({ to: from, via });
      reversed.set(to, into);
    }
  }
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const found =
      known.get(id) ??
      closure(
        (reversed.get(id) ?? []).map(({ to }) => to),
        reversed,
      );
    known.set(id, found);
    return found;
  };
}

/** Long ways by their beginning and their end. */
export function drawn(ids: readonly string[]): string {
  return (ids.length > 10 ? [...ids.slice(0, 8), "…", ...ids.slice(-1)] : ids).map(cut).join(" -> ");
}

/** A dozen of them at most, and no more than fit a line or two. */
export function listed(ids: readonly string[]): string {
  const names: string[] = [];
  let length = 0;
  for (const name of ids.slice(0, 12).map(cut)) {
    length += name.length + 2;
    if (length > 240) break;
    names.push(name);
  }
  return `${names.join(", ")}${names.length < ids.length ? ", …" : ""}`;
}

/** An id may have a hundred letters, and a message is to be read. */
function cut(id: string): string {
  return id.length > 36 ? `${id.slice(0, 35)}…` : id;
}
