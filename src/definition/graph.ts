import { nearest } from "../core/nearest.ts";
import type { Routes, Step, StepList } from "../core/workflow.ts";
import type { Problems } from "./problems.ts";
import type { Place } from "./source.ts";

/** A step with the places that problems of the graph speak of. */
export interface PlacedStep {
  readonly step: Step;
  readonly place: Place;
  readonly routePlaces: Readonly<Partial<Record<keyof Routes, Place>>>;
  readonly maxVisitsGiven: boolean;
}

type Via = "success" | "failure" | "skip" | "timeout" | "exhausted";

interface Edge {
  readonly to: string;
  readonly via: Via;
  /** The route names no step, and this one is near to it: good enough to reach it, not to blame it. */
  readonly guessed?: true;
}

export interface Graph {
  readonly list: StepList;
  /** The steps that may have run before this one is entered. */
  before(id: string): ReadonlySet<string>;
}

const routeKeys = ["on_success", "on_failure", "on_skip", "on_timeout", "on_exhausted"] as const;

/** Orders the steps and tells what is wrong with their routes: targets, reachability, cycles. */
export function buildGraph(placed: readonly PlacedStep[], problems: Problems): Graph {
  const byId = new Map<string, Step>();
  const places = new Map<string, PlacedStep>();
  for (const each of placed) {
    const first = places.get(each.step.id);
    if (first) {
      const { line } = problems.source.position(first.place.start);
      problems.add(
        "duplicateStep",
        each.place,
        `the step id "${each.step.id}" is used twice: first at line ${line}`,
        {
          related: { message: `"${each.step.id}" is first here`, place: first.place },
        },
      );
      continue;
    }
    byId.set(each.step.id, each.step);
    places.set(each.step.id, each);
  }
  const unique = [...places.values()];
  const order = unique.some(({ step }) => routeKeys.some((key) => step.routes[key] !== null))
    ? "graph"
    : "list";
  const { edges, complete } = findEdges(unique, order, byId, problems);
  const start = unique[0]?.step.id;
  const reachable = start === undefined ? new Set<string>() : closure([start], edges, () => true);
  // An unknown target without a likely meaning leaves open what was to be reached.
  if (complete) tellUnreachable(unique, reachable, order, problems);
  tellCycles(unique, edges, problems);
  tellExhausted(unique, edges, problems);

  const regular =
    start === undefined
      ? new Set<string>()
      : closure([start], edges, ({ via }) => via === "success" || via === "skip");
  return {
    list: {
      order,
      steps: unique.map(({ step }) => step),
      handlers: new Set([...reachable].filter((id) => !regular.has(id))),
      byId,
    },
    before: stepsBefore(edges),
  };
}

function findEdges(
  placed: readonly PlacedStep[],
  order: "list" | "graph",
  byId: ReadonlyMap<string, Step>,
  problems: Problems,
): { edges: ReadonlyMap<string, readonly Edge[]>; complete: boolean } {
  const edges = new Map<string, Edge[]>();
  let complete = true;
  for (const [index, { step, place, routePlaces }] of placed.entries()) {
    const from: Edge[] = [];
    edges.set(step.id, from);
    if (order === "list") {
      const next = placed[index + 1]?.step.id;
      if (next === undefined) continue;
      if (step.conclude === null) from.push({ to: next, via: "success" });
      from.push({ to: next, via: "skip" });
      continue;
    }
    for (const key of routeKeys) {
      const target = step.routes[key];
      if (target === null) continue;
      const via = key.slice("on_".length) as Via;
      if (byId.has(target)) {
        from.push({ to: target, via });
        continue;
      }
      const meant = nearest(target, byId.keys());
      // Of a word of two letters every other is near.
      if (meant === undefined || target.length < 3) complete = false;
      if (meant !== undefined) from.push({ to: meant, via, guessed: true });
      problems.add("unknownStep", routePlaces[key] ?? place, `unknown step "${target}"`, {
        hint: meant === undefined ? `Steps here: ${listed([...byId.keys()])}.` : `Did you mean "${meant}"?`,
      });
    }
  }
  return { edges, complete };
}

function tellUnreachable(
  placed: readonly PlacedStep[],
  reachable: ReadonlySet<string>,
  order: "list" | "graph",
  problems: Problems,
): void {
  for (const { step, place } of placed) {
    if (reachable.has(step.id)) continue;
    const hint =
      order === "graph"
        ? `Let a route of another step name "${step.id}", or drop it. Once one step names a route, the list's order no longer counts.`
        : "A step before it concludes the execution.";
    problems.add("unreachable", place, `no path leads to the step "${step.id}"`, { hint });
  }
}

/** Every cycle that no step with max_visits bounds, each strongly connected part told once by a shortest cycle. */
function tellCycles(
  placed: readonly PlacedStep[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  problems: Problems,
): void {
  const bounded = new Set(placed.filter(({ maxVisitsGiven }) => maxVisitsGiven).map(({ step }) => step.id));
  const follows = ({ to, via, guessed }: Edge): boolean =>
    via !== "exhausted" && !guessed && !bounded.has(to);
  const told = new Set<string>();
  for (const { step, place } of placed) {
    if (bounded.has(step.id) || told.has(step.id)) continue;
    const cycle = shortestPath(step.id, step.id, edges, follows);
    if (cycle === null) continue;
    for (const id of cycle) told.add(id);
    for (const id of closure([step.id], edges, follows)) {
      if (shortestPath(id, step.id, edges, follows)) told.add(id);
    }
    problems.add("cycle", place, `circular dependency: ${drawn(cycle)}`, {
      hint: `Set max_visits on one of these steps, and on_exhausted for what happens then.`,
    });
  }
}

function tellExhausted(
  placed: readonly PlacedStep[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  problems: Problems,
): void {
  for (const { step, place, routePlaces } of placed) {
    const target = step.routes.on_exhausted;
    if (target === null) continue;
    const at = routePlaces.on_exhausted ?? place;
    if (step.maxVisits === null) {
      problems.add("contradiction", at, `on_exhausted is never followed: "${step.id}" has no max_visits`, {
        hint: "Set max_visits, or drop on_exhausted.",
      });
      continue;
    }
    const back =
      target === step.id ? [target] : shortestPath(target, step.id, edges, ({ guessed }) => !guessed);
    if (back === null) continue;
    problems.add("exhausted", at, `on_exhausted leads back into the cycle: ${drawn(back)}`, {
      hint: "Name a step that leads out of it.",
      related: { message: `"${step.id}" may be entered ${step.maxVisits} times`, place },
    });
  }
}

function closure(
  from: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  follows: (edge: Edge) => boolean,
): Set<string> {
  const found = new Set(from);
  for (const id of found) {
    for (const edge of edges.get(id) ?? []) if (follows(edge)) found.add(edge.to);
  }
  return found;
}

/** The ids on a shortest way of at least one edge, both ends included, or null. */
function shortestPath(
  from: string,
  to: string,
  edges: ReadonlyMap<string, readonly Edge[]>,
  follows: (edge: Edge) => boolean,
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
    path.unshift(id);
    if (id === from) break;
  }
  return path;
}

/** Answered step by step as asked and then kept: most steps are never asked about. */
function stepsBefore(edges: ReadonlyMap<string, readonly Edge[]>): Graph["before"] {
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
        () => true,
      );
    known.set(id, found);
    return found;
  };
}

/** Long ways by their beginning and their end. */
function drawn(ids: readonly string[]): string {
  return (ids.length > 10 ? [...ids.slice(0, 8), "…", ...ids.slice(-1)] : ids).join(" -> ");
}

function listed(ids: readonly string[]): string {
  return ids.length > 12 ? `${ids.slice(0, 12).join(", ")}, …` : ids.join(", ");
}
