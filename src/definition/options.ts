import {
  type CancelCause,
  type Concurrency,
  defaultMaxSteps,
  type Limits,
  type ReportOptions,
  type Workflow,
} from "../core/workflow.ts";
import { appPermissions } from "./catalogue.generated.ts";
import type { Expressions } from "./expressions.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { readDuration } from "./retry.ts";
import { child, itemsOf, mapOf, numberOf, oneOf, type Tree, textOf } from "./tree.ts";
import { readWords } from "./words.ts";

/** Names with hyphens, as Actions writes them, and with underscores, as Apps do, are the same. */
export function readPermissions(tree: Tree | undefined, problems: Problems): Workflow["permissions"] {
  const permissions: Record<string, "read" | "write"> = {};
  for (const [written, { key, value }] of mapOf(tree)?.entries ?? []) {
    const name = written.replaceAll("-", "_");
    const known = appPermissions.get(name);
    if (known === undefined) {
      problems.add("unknownPermission", key, `unknown permission "${short(written)}"`, {
        hint: problems.didYouMean(name, appPermissions.keys()),
      });
      continue;
    }
    if (Object.hasOwn(permissions, name)) {
      problems.add("duplicateKey", key, `the permission "${name}" is here twice`);
      continue;
    }
    // `none` is what every permission has that is not named.
    const [access] = readWords(value, [...known, "none"], `access to ${name}`, problems);
    if (access === "read" || access === "write") permissions[name] = access;
  }
  return permissions;
}

/** `concurrency: releases`, or a map with group and on_conflict. */
export function readConcurrency(tree: Tree | undefined, expressions: Expressions): Concurrency {
  const group = textOf(tree) === undefined ? child(tree, "group") : tree;
  const onConflict = child(tree, "on_conflict");
  return {
    group: expressions.optionalTemplate(group, "start"),
    onConflict: oneOf(onConflict, ["join", "queue", "cancel_running", "reject"] as const) ?? null,
  };
}

const causes = ["closed", "merged", "unlabeled"] as const satisfies readonly CancelCause[];

export function readCancelOn(tree: Tree | undefined, problems: Problems): readonly CancelCause[] {
  if (tree === undefined) return ["closed", "unlabeled"];
  const named = readWords(tree, [...causes, "none"], "what cancels an execution", problems);
  const found = causes.filter((cause) => named.includes(cause));
  const none = itemsOf(tree).find((item) => textOf(item) === "none");
  if (none && found.length > 0) {
    problems.add(
      "contradiction",
      none,
      `none means that nothing cancels, and ${found.join(" and ")} stands beside it`,
    );
  }
  return found;
}

export function readReport(tree: Tree | undefined, name: string): ReportOptions {
  const check = textOf(child(tree, "check")) ?? `HishamOS / ${name}`;
  return {
    comment: oneOf(child(tree, "comment"), ["auto", "sticky", "when_asked", "none"] as const) ?? "auto",
    check: check === "none" ? null : check,
    issue: oneOf(child(tree, "issue"), ["auto", "none"] as const) ?? "auto",
  };
}

export const noLimits: Limits = {
  timeoutMs: null,
  maxSteps: defaultMaxSteps,
  tokens: null,
  costUsd: null,
  onBudget: "pause",
};

/** `usual` holds for what is not given. */
export function readLimits(tree: Tree | undefined, problems: Problems, usual = noLimits): Limits {
  const timeout = child(tree, "timeout");
  return {
    timeoutMs: timeout ? readDuration(timeout, problems) : usual.timeoutMs,
    maxSteps: numberOf(child(tree, "max_steps")) ?? usual.maxSteps,
    tokens: numberOf(child(tree, "tokens")) ?? usual.tokens,
    costUsd: numberOf(child(tree, "cost_usd")) ?? usual.costUsd,
    onBudget: oneOf(child(tree, "on_budget"), ["pause", "fail"] as const) ?? usual.onBudget,
  };
}
