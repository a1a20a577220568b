import { nearest } from "../../core/nearest.ts";
import { short } from "../limits.ts";
import type { Problems } from "../problems.ts";
import type { Place } from "../source.ts";
import { type MapTree, mapOf, type Tree, textOf } from "../tree.ts";
import { listed } from "./in-words.ts";
import { filledInputs, listsPages, maxItems, reservedInputs } from "./inputs.ts";
import { type Method, methodNames, methodOf } from "./methods.ts";
import { ownFaults } from "./own-faults.ts";
import type { Shape } from "./shape.ts";
import { type Fault, faultsOf, isAbsent } from "./values.ts";

/** What an action is checked against besides GitHub's description. */
export interface ActionContext {
  readonly problems: Problems;
  readonly permissions: DeclaredPermissions;
  /** False only where no execution can have a pull request when the step is entered. */
  readonly pullRequest: boolean;
}

/** What the workflow's `permissions` say, by names with underscores, and where the key stands. */
export interface DeclaredPermissions {
  readonly granted: Readonly<Record<string, "read" | "write">>;
  readonly place: Place | null;
}

/**
 * Tells what is wrong with a step's `action` and its `inputs`: an unknown method, inputs that are missing, misspelt or
 * of the wrong type, a permission that the workflow doesn't declare, a caller that we can't be. Values that only the
 * run knows are taken for right.
 */
export function checkAction(action: Tree, inputs: Tree | undefined, context: ActionContext): void {
  const { problems } = context;
  const name = textOf(action);
  if (name === undefined) return;
  const method = methodOf(name);
  if (method === undefined) {
    problems.add("unknownAction", action, `unknown action "${short(name)}"`, {
      hint: unknownActionHint(name),
    });
    return;
  }
  checkCaller(method, action, problems);
  // Inputs that are one template, or that were told to be no map, are known to the run only.
  const given = inputs === undefined ? noInputs(action) : mapOf(inputs);
  if (given === undefined) return;
  checkPermission(method, action, given, context);
  for (const { name: kind, place, message, hint } of inputFaults(method, action, given, context)) {
    problems.add(kind, place, message, { hint });
  }
}

function noInputs({ start, end }: Place): MapTree {
  return { type: "map", entries: new Map(), start, end };
}

function checkCaller({ name, caller }: Method, place: Place, problems: Problems): void {
  if (caller === null) return;
  const who = caller === "user" ? "a person's own token" : "the App's private key";
  problems.add(
    "notForInstallations",
    place,
    `${name} needs ${who}, and actions use the token of an installation`,
  );
}

function checkPermission(
  { name, needs }: Method,
  action: Tree,
  given: MapTree,
  { problems, permissions: { granted, place } }: ActionContext,
): void {
  // Of another repository our token has no say; what is public there needs none.
  if (needs === null || given.entries.has("owner") || given.entries.has("repo")) return;
  const { permissions, access } = needs;
  const enough = permissions.some((each) => {
    const has = Object.hasOwn(granted, each) ? granted[each] : undefined;
    return has === "write" || has === access;
  });
  if (enough) return;
  const declared = permissions.find((each) => Object.hasOwn(granted, each));
  const wanted = `${declared ?? permissions[0]}: ${access}`;
  const any = permissions.map((each) => `"${each}: ${access}"`).join(" or ");
  problems.add("undeclaredPermission", action, `${name} needs ${any}, which the workflow doesn't declare`, {
    hint:
      declared === undefined
        ? `Add "${wanted}" under permissions.`
        : `Make it "${wanted}" under permissions.`,
    ...(place && { related: { message: "the permissions are here", place } }),
  });
}

function inputFaults(method: Method, action: Tree, given: MapTree, context: ActionContext): readonly Fault[] {
  const source = context.problems.source.text;
  const faults: Fault[] = [...ownFaults(method.name, given)];
  const meant = new Set<string>();
  for (const [key, { key: place, value }] of given.entries) {
    const found = shapeOf(method, key);
    if (found === null) {
      const { fault, instead } = unknownInput(method, key, place, given);
      faults.push(fault);
      if (instead !== undefined) meant.add(instead);
    } else {
      faults.push(...faultsOf(value, found.shape, key, { as: found.as, source }), ...pageFaults(key, value));
    }
  }
  for (const key of new Set([...method.placeholders, ...method.required])) {
    // One that is only misspelt is told already.
    if (meant.has(key) || !isAbsent(given.entries.get(key)?.value)) continue;
    if (!filledInputs.some((each) => each === key)) {
      faults.push({
        name: "missingActionInput",
        place: action,
        message: `${method.name} needs the input "${key}"`,
        hint: given.entries.size === 0 ? `Write inputs: {${key}: …}.` : undefined,
      });
    } else if (key === "pull_number" && !context.pullRequest) {
      faults.push({
        name: "noPullRequest",
        place: action,
        message: `${method.name} needs a pull request, and there can't be one: issues start this workflow and nothing in it opens or awaits a pull request`,
        hint: "Let a step before it open one, or give pull_number.",
      });
    }
  }
  return faults;
}

/** What the input must be and how it travels; null where the method doesn't take it. */
function shapeOf(
  method: Method,
  key: string,
): { readonly shape: Shape; readonly as: "text" | "json" } | null {
  const { query, body, verb, placeholders } = method;
  if (verb !== "" && isReserved(key)) return null;
  if (Object.hasOwn(body, key)) return { shape: body[key] ?? "*", as: "json" };
  if (verb === "") return null;
  if (query !== null && Object.hasOwn(query, key)) return { shape: query[key] ?? "*", as: "text" };
  if (placeholders.includes(key)) return { shape: "s", as: "text" };
  if (key === "max_items") return listsPages(method.name) ? { shape: "i", as: "json" } : null;
  // Octokit's own option, as for the raw form of a file.
  if (key === "mediaType") return { shape: "o", as: "json" };
  return query === null ? { shape: "*", as: "json" } : null;
}

function unknownInput(
  method: Method,
  key: string,
  place: Place,
  given: MapTree,
): { readonly fault: Fault; readonly instead?: string | undefined } {
  const { name, verb, placeholders, required, body, query } = method;
  const fault = (message: string, hint?: string): Fault => ({
    name: "unknownActionInput",
    place,
    message,
    hint,
  });
  if (verb !== "" && isReserved(key)) {
    return { fault: fault(`${key} can't be set by a workflow`, "Remove it from the inputs.") };
  }
  if (verb !== "" && key === "max_items") {
    return { fault: fault(`${name} reads no pages, so max_items means nothing here`) };
  }
  const names = [...required, ...Object.keys(body), ...Object.keys(query ?? {}), ...placeholders];
  const all = [...new Set(names)].filter((each) => verb === "" || !isReserved(each));
  const free = all.filter((each) => !given.entries.has(each));
  const alike = free.filter((each) => each.split("_").includes(key) || key.split("_").includes(each));
  const instead = nearest(key, free) ?? (alike.length === 1 ? alike[0] : undefined);
  const hint =
    instead !== undefined
      ? `Did you mean "${instead}"?`
      : all.length === 0
        ? "It takes no inputs."
        : `It takes ${listed(all)}.`;
  return { fault: fault(`${name} has no input "${short(key)}"`, hint), instead };
}

function isReserved(key: string): boolean {
  return reservedInputs.some((each) => each === key);
}

function pageFaults(key: string, tree: Tree): readonly Fault[] {
  const value = key === "max_items" && tree.type === "scalar" ? tree.value : null;
  if (typeof value !== "number" || (value >= 1 && value <= maxItems.most)) return [];
  const message = `max_items must be from 1 to ${maxItems.most}, not ${value}`;
  return [{ name: "outOfRange", place: tree, message }];
}

/** The shortest name with all the words of a method, as `pulls.createReviewComment` has those of `createComment`. */
function holding(method: string, names: readonly string[]): string | undefined {
  const words = wordsOf(method);
  if (words.length < 2) return undefined;
  return names
    .filter((name) => words.every((word) => wordsOf(name.split(".")[1] ?? "").includes(word)))
    .toSorted((a, b) => a.length - b.length)[0];
}

function wordsOf(method: string): readonly string[] {
  return method.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}

function unknownActionHint(name: string): string {
  const bare = name.replace(/^(?:octokit|github|context)\.(?:octokit\.)?(?:rest\.)?|^rest\./, "");
  if (bare !== name && methodOf(bare)) return `Write "${bare}".`;
  if (/^[\w.-]+\/[\w./-]+@/.test(name)) {
    return "An action of the marketplace runs in a GitHub Actions workflow; here an action is a method of GitHub's API, and actions.run dispatches such a workflow.";
  }
  const all = methodNames();
  const [scope = "", method = ""] = bare.split(".");
  // A slip within `pulls` is likelier than one that leads out of it.
  const near = all.filter((each) => each.startsWith(`${scope}.`));
  const found = holding(method, near) ?? nearest(bare, near) ?? nearest(name, all);
  if (found !== undefined) return `Did you mean "${found}"?`;
  const last = (method === "" ? scope : method).toLowerCase();
  const sameMethod = all.find((each) => each.split(".")[1]?.toLowerCase() === last);
  return sameMethod === undefined
    ? "Actions have the names of octokit.rest's methods, such as issues.addLabels."
    : `Did you mean "${sameMethod}"?`;
}
