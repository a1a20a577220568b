import type { Routes, Step, StepKind, StepList } from "../core/workflow.ts";
import { buildGraph, type PlacedStep, routeKeys } from "./graph.ts";
import { readKind } from "./kinds.ts";
import { forbiddenNames, textLimits } from "./limits.ts";
import { ownLoops, readForEach, readRepeat } from "./loops.ts";
import type { Problems } from "./problems.ts";
import { noRetry, readDuration, readRetry } from "./retry.ts";
import { readSafeOutputs } from "./safe-outputs.ts";
import { readSecrets } from "./secrets.ts";
import type { ListFrame, Site } from "./sites.ts";
import type { Place } from "./source.ts";
import type { StepContext } from "./step-context.ts";
import { child, type MapTree, mapOf, numberOf, oneOf, type Tree, textOf } from "./tree.ts";

/** Reads a list's steps that have an id, inner lists too; what the schema has told already is left out in silence. */
export function readList(tree: Tree | undefined, frame: ListFrame, context: StepContext): StepList {
  const items = tree?.type === "list" ? tree.items.slice(0, textLimits.steps) : [];
  const placed = items.flatMap((item) => {
    const map = mapOf(item);
    return map ? readStep(map, frame, context) : [];
  });
  const graph = buildGraph(placed, frame, context.outline, context.problems);
  context.sites.add(frame, placed, graph);
  return graph.list;
}

function readStep(map: MapTree, frame: ListFrame, context: StepContext): PlacedStep | [] {
  const { problems, expressions, defaults } = context;
  const idTree = child(map, "id");
  const id = textOf(idTree);
  // A step without an id is still read, so that its other mistakes are told.
  const outside: Site = { list: frame, id: id ?? "", loops: frame.loops };
  const inside: Site = { ...outside, loops: [...frame.loops, ...ownLoops(map)] };
  if (id !== undefined && idTree) checkId(id, idTree, frame, problems);
  const forEach = readForEach(map, outside, expressions, problems);
  const repeat = readRepeat(map, inside, expressions, problems);
  const kind = readKind(map, inside, context, (list, inner) => readList(list, inner, context));
  const { routes, routePlaces } = readRoutes(map);
  const maxVisits = child(map, "max_visits");
  const retry = child(map, "retry");
  const timeout = child(map, "timeout");
  const remind = child(map, "remind");
  // What is inside a group has the defaults; the group itself would multiply them.
  const isGroup = kind.kind === "parallel" || kind.kind === "steps";
  const step: Step = {
    id: id ?? "",
    kind,
    inputs: expressions.optionalTemplate(child(map, "inputs"), "step", inside),
    condition: expressions.condition(child(map, "condition"), "step", repeat ? outside : inside),
    routes,
    retry: retry ? readRetry(retry, problems) : isGroup ? noRetry : defaults.retry,
    timeoutMs: timeout ? readDuration(timeout, problems) : isGroup ? null : defaults.timeoutMs,
    remind: remind ? readRemind(remind, problems) : null,
    maxVisits: numberOf(maxVisits) ?? null,
    failIf: expressions.condition(readFailIf(map, problems), "result", inside),
    conclude: readConclude(map, frame, routePlaces, problems),
    forEach,
    repeat,
    subject: expressions.optionalTemplate(child(map, "subject"), "step", inside),
    unique: expressions.optionalTemplate(child(map, "unique"), "step", inside),
    ...readSecrets(map, kind, problems),
    safeOutputs: readSafeOutputs(child(map, "safe_outputs"), problems),
  };
  checkModifiers(map, kind, problems);
  if (id === undefined || idTree === undefined) return [];
  return { step, place: idTree, routePlaces, maxVisitsGiven: maxVisits !== undefined };
}

function checkId(id: string, place: Place, frame: ListFrame, problems: Problems): void {
  if (forbiddenNames.has(id)) {
    problems.add("forbiddenName", place, `"${id}" can't be used as a step's id`);
  } else if (id === "finally" && frame.kind === "top") {
    problems.add("forbiddenName", place, "\"finally\" can't be used as a step's id here", {
      hint: "Steps that run before any end stand under the workflow's finally, beside steps.",
    });
  }
}

interface ReadRoutes {
  readonly routes: Routes;
  readonly routePlaces: PlacedStep["routePlaces"];
}

function readRoutes(map: MapTree): ReadRoutes {
  const routes: Record<keyof Routes, string | null> = {
    on_success: null,
    on_failure: null,
    on_skip: null,
    on_timeout: null,
    on_exhausted: null,
  };
  const routePlaces: Partial<Record<keyof Routes, Place>> = {};
  for (const key of routeKeys) {
    const target = child(map, key);
    routes[key] = textOf(target) ?? null;
    if (target) routePlaces[key] = target;
  }
  return { routes, routePlaces };
}

function readFailIf(map: MapTree, problems: Problems): Tree | undefined {
  const within = child(child(map, "wait_for"), "fail_if");
  const failIf = child(map, "fail_if");
  if (within && failIf) {
    problems.add("contradiction", failIf, "fail_if is given twice, here and within wait_for", {
      related: { message: "the other fail_if", place: within },
    });
  }
  return failIf ?? within;
}

function readConclude(
  map: MapTree,
  frame: ListFrame,
  { on_success }: PlacedStep["routePlaces"],
  problems: Problems,
): Step["conclude"] {
  const tree = child(map, "conclude");
  const conclude = oneOf(tree, ["completed", "failed"] as const) ?? null;
  if (conclude === null) return null;
  if (frame.inFinally) {
    const message = "conclude can't stand in finally: the ending is decided already";
    problems.add("otherFinally", map.entries.get("conclude")?.key ?? map, message, {
      hint: "A step of finally that fails turns completed into failed; fail_if says when.",
    });
  }
  if (on_success) {
    problems.add(
      "contradiction",
      on_success,
      "on_success is never followed: the step concludes the execution",
      { hint: "Drop on_success or conclude." },
    );
  }
  return conclude;
}

/** Tells modifiers that mean something for one kind only. */
function checkModifiers(map: MapTree, kind: StepKind, problems: Problems): void {
  const safeOutputs = map.entries.get("safe_outputs");
  if (safeOutputs && kind.kind !== "agent") {
    problems.add("contradiction", safeOutputs.key, "only an agent has safe_outputs", {
      hint: "An action does what it does by itself; drop safe_outputs.",
    });
  }
}

function readRemind(tree: Tree, problems: Problems): Step["remind"] {
  const every = child(tree, "every");
  const everyMs = every ? readDuration(every, problems) : null;
  return everyMs === null ? null : { everyMs, max: numberOf(child(tree, "max")) ?? 3 };
}
