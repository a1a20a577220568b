import { child, itemsOf, type MapTree, mapOf, type Tree, textOf } from "../tree.ts";

/** What takes time, in which anyone may open a pull request that closes the issue. */
const awaiting = ["agent", "approval", "wait_for", "delay", "workflow", "uses", "repeat", "subject"] as const;

/** Actions that open a pull request, or make something else do it. */
const opening =
  /^(?:pulls\.create|actions\..*|repos\.createDispatchEvent|http\.request|issues\.addAssignees)$/;

const lists = ["steps", "parallel", "finally"] as const;

/**
 * False only where it is certain that an execution has no pull request: issues alone start it, and nothing in it opens
 * one or leaves the time for it. (A person who starts it on a pull request by command has one; whoever means that says
 * so by a trigger.) `workflow` is the map with `on` and `steps`, whatever its mistakes.
 */
export function mayHavePullRequest(workflow: MapTree): boolean {
  const on = child(workflow, "on");
  const events = on?.type === "map" ? [...on.entries.keys()] : itemsOf(on).map(textOf);
  if (events.length === 0 || events.some((event) => event !== "issues")) return true;
  // A start may wait as well: for its group, or for somebody to allow it.
  if (child(workflow, "concurrency") || child(child(on, "issues"), "outsiders")) return true;
  return mayOpen(workflow);
}

function mayOpen(tree: Tree | undefined): boolean {
  if (tree?.type === "list") return tree.items.some(mayOpen);
  const map = mapOf(tree);
  if (map === undefined) return false;
  if (awaiting.some((key) => map.entries.has(key))) return true;
  const action = map.entries.get("action")?.value;
  const name = textOf(action);
  if (action !== undefined && (name === undefined || opening.test(name))) return true;
  return lists.some((key) => mayOpen(child(map, key)));
}
