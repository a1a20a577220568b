import { rootNames } from "../core/scope.ts";
import type { ForEach, Repeat } from "../core/workflow.ts";
import type { Expressions } from "./expressions.ts";
import { forbiddenNames } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { readDuration } from "./retry.ts";
import type { Site } from "./sites.ts";
import { booleanOf, child, type MapTree, mapOf, numberOf, textOf } from "./tree.ts";

/** Names of the loop variables that the step's own for_each or repeat gives. */
export function ownLoops(step: MapTree): readonly string[] {
  const forEach = child(step, "for_each");
  if (forEach !== undefined) return [textOf(child(forEach, "as")) ?? "item", "index"];
  return step.entries.has("repeat") ? ["index"] : [];
}

/** `outside`: the list itself is read before there is an item. */
export function readForEach(
  step: MapTree,
  outside: Site,
  expressions: Expressions,
  problems: Problems,
): ForEach | null {
  const tree = mapOf(child(step, "for_each"));
  if (tree === undefined) return null;
  const repeat = step.entries.get("repeat");
  if (repeat !== undefined) {
    problems.add("contradiction", repeat.key, "a step can't have both for_each and repeat", {
      hint: "Put one of them on a steps group around this step.",
      related: { message: "for_each is here", place: step.entries.get("for_each")?.key ?? tree },
    });
  }
  const as = child(tree, "as");
  const name = textOf(as);
  if (as && name !== undefined) {
    if (name === "index" || rootNames.some((root) => root === name)) {
      problems.add("contradiction", as, `"${name}" means something else in expressions already`, {
        hint: "Give the item another name.",
      });
    } else if (forbiddenNames.has(name)) {
      problems.add("forbiddenName", as, `"${name}" can't be used as a name`);
    }
  }
  const given = child(tree, "in");
  const list = expressions.optionalTemplate(given, "step", outside);
  return {
    in: list ?? expressions.template({ type: "list", items: [], start: 0, end: 0 }, "step"),
    as: name ?? "item",
    maxParallel: numberOf(child(tree, "max_parallel")) ?? 10,
    failFast: booleanOf(child(tree, "fail_fast")) ?? true,
  };
}

/** `inside`: until sees the iteration's number and output. */
export function readRepeat(
  step: MapTree,
  inside: Site,
  expressions: Expressions,
  problems: Problems,
): Repeat | null {
  const tree = mapOf(child(step, "repeat"));
  if (tree === undefined || step.entries.has("for_each")) return null;
  const every = child(tree, "every");
  return {
    until: expressions.condition(child(tree, "until"), "result", inside),
    everyMs: (every && readDuration(every, problems)) ?? 0,
    max: numberOf(child(tree, "max")) ?? 100,
  };
}
