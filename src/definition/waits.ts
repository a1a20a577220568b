import type { StepKind } from "../core/workflow.ts";
import { checkEventName } from "./events.ts";
import type { Expressions } from "./expressions.ts";
import type { Problems } from "./problems.ts";
import { waitKeys } from "./schema/step.ts";
import type { Site } from "./sites.ts";
import { child, itemsOf, type MapTree, mapOf, oneOf, type Tree, textOf, textsOf } from "./tree.ts";

/** `wait_for: push`, `wait_for: [issues.closed, push]`, or a map with event, checks or pull_request. */
export function readWait(
  tree: Tree | undefined,
  site: Site,
  expressions: Expressions,
  problems: Problems,
): StepKind {
  const map = mapOf(tree);
  if (map) checkKeys(map, problems);
  const checks = child(map, "checks");
  if (checks !== undefined) return { kind: "wait_for_checks", checks: readChecks(checks) };
  const pull = child(map, "pull_request");
  if (pull !== undefined) {
    return { kind: "wait_for_pull_request", state: oneOf(pull, ["merged", "closed"]) ?? "merged" };
  }
  const named = map ? child(map, "event") : tree;
  for (const item of itemsOf(named)) {
    const name = textOf(item);
    if (name === undefined) continue;
    checkEventName(name, item, problems);
  }
  return {
    kind: "wait_for",
    events: textsOf(named),
    match: expressions.condition(child(map, "match"), "step", site),
    since: expressions.condition(child(map, "since"), "step", site),
  };
}

function checkKeys(map: MapTree, problems: Problems): void {
  const given = waitKeys.filter((key) => map.entries.has(key));
  const [first, second] = given;
  if (first === undefined) {
    problems.add(
      "missingKey",
      { start: map.start, end: map.start },
      "wait_for doesn't say what it waits for",
      {
        hint: "Give it event, checks or pull_request.",
      },
    );
    return;
  }
  const place = map.entries.get(first)?.key ?? map;
  if (second !== undefined) {
    problems.add(
      "contradiction",
      map.entries.get(second)?.key ?? map,
      `a wait is for one thing, and this one is for ${given.join(" and ")}`,
      { hint: "Make a step of each.", related: { message: `it is for ${first} here`, place } },
    );
  }
  for (const key of ["match", "since"]) {
    const entry = map.entries.get(key);
    if (entry === undefined || first === "event") continue;
    problems.add("contradiction", entry.key, `${key} chooses among events, and this waits for ${first}`, {
      hint: `Drop ${key}, or wait for an event.`,
      related: { message: `it waits for ${first} here`, place },
    });
  }
}

function readChecks(tree: Tree): "required" | "all" | readonly string[] {
  return oneOf(tree, ["required", "all"] as const) ?? textsOf(tree);
}
