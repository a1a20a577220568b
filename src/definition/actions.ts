import { didYouMean } from "../core/nearest.ts";
import { restMethods } from "./catalogue.generated.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { type Tree, textOf } from "./tree.ts";

/** Actions that are no method of octokit.rest. */
const ownActions: ReadonlySet<string> = new Set(["comment.sticky"]);
const laterActions: ReadonlySet<string> = new Set(["http.request", "actions.run"]);

/** Tells an action that doesn't exist, or that this version can't run. */
export function checkAction(tree: Tree, problems: Problems): void {
  const name = textOf(tree);
  if (name === undefined || restMethods.has(name) || ownActions.has(name)) return;
  if (laterActions.has(name)) {
    problems.add("notYet", tree, `the action "${name}" is not supported yet in this version`);
    return;
  }
  problems.add("unknownAction", tree, `unknown action "${short(name)}"`, { hint: actionHint(name) });
}

function actionHint(name: string): string {
  const bare = name.replace(/^(?:octokit|github|context)\.(?:octokit\.)?(?:rest\.)?|^rest\./, "");
  if (bare !== name && restMethods.has(bare)) return `Write "${bare}".`;
  if (/^[\w.-]+\/[\w./-]+@/.test(name)) {
    return "An action of the marketplace runs in a GitHub Actions workflow; here an action is a method of GitHub's API.";
  }
  const all = [...restMethods, ...ownActions, ...laterActions];
  const found = didYouMean(name, all);
  if (found !== undefined) return found;
  const sameMethod = all.find(
    (each) => each.split(".")[1]?.toLowerCase() === bare.split(".").at(-1)?.toLowerCase(),
  );
  return sameMethod === undefined
    ? "Actions have the names of octokit.rest's methods, such as issues.addLabels."
    : `Did you mean "${sameMethod}"?`;
}
