import type { Routes, Step, StepList } from "../core/workflow.ts";
import type { Outline } from "./outline.ts";
import type { Problems } from "./problems.ts";
import { type ListFrame, pathOf } from "./sites.ts";
import type { Place } from "./source.ts";
import {
  closure,
  drawn,
  type Edge,
  type Edges,
  listed,
  shortestPath,
  stepsBefore,
  type Via,
} from "./ways.ts";

/** A step with the places that problems of the graph speak of. */
export interface PlacedStep {
  readonly step: Step;
  readonly place: Place;
  readonly routePlaces: Readonly<Partial<Record<keyof Routes, Place>>>;
  readonly maxVisitsGiven: boolean;
}

export interface Graph {
  readonly list: StepList;
  readonly edges: Edges;
  /** The steps that may have run before this one is entered. */
  before(id: string): ReadonlySet<string>;
}

export const routeKeys = ["on_success", "on_failure", "on_skip", "on_timeout", "on_exhausted"] as const;

/** Orders a list's steps and tells what is wrong with their routes: targets, reachability, cycles. */
export function buildGraph(
  placed: readonly PlacedStep[],
  frame: ListFrame,
  outline: Outline,
  problems: Problems,
): Graph {
  const unique = withoutDuplicates(placed, problems);
  const byId = new Map(unique.map(({ step }) => [step.id, step]));
  const steps = unique.map(({ step }) => step);
  if (frame.kind === "parallel") {
    tellBranchRoutes(unique, problems);
    const list = { order: "parallel", steps, handlers: new Set<string>(), byId } as const;
    return { list, edges: new Map(), before: () => new Set() };
  }
  const order = unique.some(({ step }) => routeKeys.some((key) => step.routes[key] !== null))
    ? "graph"
    : "list";
  const { edges, complete } = findEdges(unique, order, { byId, frame, outline }, problems);
  const start = steps[0]?.id;
  const reachable = start === undefined ? new Set<string>() : closure([start], edges);
  // An unknown target without a likely meaning leaves open what was to be reached.
  if (complete) tellUnreachable(unique, reachable, order, problems);
  tellCycles(unique, edges, problems);
  tellExhausted(unique, edges, problems);

  const regular =
    start === undefined
      ? new Set<string>()
      : closure([start], edges, ({ via }) => via === "success" || via === "skip");
  const handlers = new Set([...reachable].filter((id) => !regular.has(id)));
  return { list: { order, steps, handlers, byId }, edges, before: stepsBefore(edges) };
}

function withoutDuplicates(placed: readonly PlacedStep[], problems: Problems): readonly PlacedStep[] {
  const places = new Map<string, PlacedStep>();
  for (const each of placed) {
    const { id } = each.step;
    const first = places.get(id);
    if (!first) {
      places.set(id, each);
      continue;
    }
    const { line } = problems.source.position(first.place.start);
    problems.add("duplicateStep", each.place, `the step id "${id}" is used twice: first at line ${line}`, {
      related: { message: `"${id}" is first here`, place: first.place },
    });
  }
  return [...places.values()];
}

function tellBranchRoutes(placed: readonly PlacedStep[], problems: Problems): void {
  for (const { step, routePlaces } of placed) {
    for (const key of routeKeys) {
      const place = routePlaces[key];
      if (place === undefined) continue;
      problems.add(
        "branchRoute",
        place,
        `${key} leads nowhere: the branches of a parallel begin at once, and "${step.id}" is one of them`,
        {
          hint: "Make the branch a steps group, with this step and what follows it, or put the route on the parallel.",
        },
      );
    }
  }
}

function findEdges(
  placed: readonly PlacedStep[],
  order: "list" | "graph",
  about: { readonly byId: ReadonlyMap<string, Step>; readonly frame: ListFrame; readonly outline: Outline },
  problems: Problems,
): { edges: Edges; complete: boolean } {
  const { byId } = about;
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
      if (tellOtherList(target, routePlaces[key] ?? place, about, problems)) {
        complete = false;
        continue;
      }
      const meant = problems.nearest(target, byId.keys());
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

/** Tells a route to a step of another list, which no route can reach. */
function tellOtherList(
  target: string,
  place: Place,
  { frame, outline }: { readonly frame: ListFrame; readonly outline: Outline },
  problems: Problems,
): boolean {
  const [there] = outline.ids.get(target) ?? [];
  if (there === undefined) return false;
  const here = pathOf(frame);
  const related = { message: `"${target}" is here`, place: there.place };
  if (there.list.split("/")[0] === "finally" && !frame.inFinally) {
    problems.add("otherFinally", place, `no route leads to "${target}": it is a step of finally`, {
      hint: "finally runs by itself before any end; drop the route.",
      related,
    });
    return true;
  }
  const outside = here === there.list || here.startsWith(there.list === "" ? "" : `${there.list}/`);
  const inner = here.slice(there.list === "" ? 0 : there.list.length + 1).split("/")[0] ?? "";
  const group = there.list.split("/").at(-1) ?? "";
  const message = outside
    ? `"${target}" is not among the steps of "${frame.around?.id ?? "finally"}": routes stay within their list`
    : `"${target}" is within "${group}", and routes stay within their list`;
  const hint = outside
    ? here === "finally" || frame.inFinally
      ? "finally has an order of its own, after the workflow's steps."
      : `Let "${inner}" lead to it.`
    : `Lead to "${group}".`;
  problems.add("unknownStep", place, message, { hint, related });
  return true;
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
function tellCycles(placed: readonly PlacedStep[], edges: Edges, problems: Problems): void {
  const bounded = new Set(placed.filter(({ maxVisitsGiven }) => maxVisitsGiven).map(({ step }) => step.id));
  // A repeat is exhausted without max_visits too: what it leads to then is a route like others.
  const repeats = new Set(placed.filter(({ step }) => step.repeat !== null).map(({ step }) => step.id));
  const follows = ({ to, guessed }: Edge): boolean => !guessed && !bounded.has(to);
  const leading = new Map(
    [...edges].map(([id, list]) => [
      id,
      repeats.has(id) ? list : list.filter(({ via }) => via !== "exhausted"),
    ]),
  );
  const told = new Set<string>();
  for (const { step, place } of placed) {
    if (bounded.has(step.id) || told.has(step.id)) continue;
    const cycle = shortestPath(step.id, step.id, leading, follows);
    if (cycle === null) continue;
    for (const id of cycle) told.add(id);
    for (const id of closure([step.id], leading, follows)) {
      if (shortestPath(id, step.id, leading, follows)) told.add(id);
    }
    problems.add("cycle", place, `circular dependency: ${drawn(cycle)}`, {
      hint: `Set max_visits on one of these steps, and on_exhausted for what happens then.`,
    });
  }
}

function tellExhausted(placed: readonly PlacedStep[], edges: Edges, problems: Problems): void {
  for (const { step, place, routePlaces } of placed) {
    const target = step.routes.on_exhausted;
    if (target === null) continue;
    const at = routePlaces.on_exhausted ?? place;
    if (step.maxVisits === null) {
      if (step.repeat !== null) continue;
      problems.add(
        "contradiction",
        at,
        `on_exhausted is never followed: "${step.id}" has neither max_visits nor repeat`,
        { hint: "Set max_visits, or drop on_exhausted." },
      );
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
