import {
  type InputDefinition,
  type Role,
  roles,
  type StepList,
  type Trigger,
  type Workflow,
} from "../core/workflow.ts";
import { isCron, isTimezone } from "./cron.ts";
import { checkType, isKnownEvent } from "./events.ts";
import type { Expressions } from "./expressions.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { booleanOf, child, itemsOf, mapOf, oneOf, type Tree, textOf, textsOf } from "./tree.ts";
import { readWords } from "./words.ts";

/** Activity types that start a workflow where it names none, as in GitHub Actions; an event not here: all. */
const defaultTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ["check_suite", ["completed"]],
  ["merge_group", ["checks_requested"]],
  ["pull_request", ["opened", "synchronize", "reopened"]],
  ["registry_package", ["published", "updated"]],
  ["watch", ["started"]],
]);

/** A trigger whose `outsiders`, where null, depends on what the steps do. */
export type ReadTrigger = Omit<Trigger, "outsiders"> & { readonly outsiders: Trigger["outsiders"] | null };

/** `on: issues`, `on: [issues, pull_request]` or `on: {issues: {types: [labeled]}}`. */
export function readTriggers(
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): readonly ReadTrigger[] {
  const map = mapOf(tree);
  if (map) {
    return [...map.entries].flatMap(([event, { key, value }]) =>
      isKnownEvent(event, key, problems) ? readTrigger(event, value, expressions, problems) : [],
    );
  }
  return itemsOf(tree).flatMap((item) => {
    const event = textOf(item);
    if (event === undefined || !isKnownEvent(event, item, problems)) return [];
    return readTrigger(event, undefined, expressions, problems);
  });
}

function readTrigger(
  event: string,
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): readonly ReadTrigger[] {
  const labels = textsOf(child(tree, "labels"));
  const named = itemsOf(child(tree, "types"));
  for (const item of named) checkType(event, item, problems);
  const types = named.length > 0 ? named.flatMap((item) => textOf(item) ?? []) : undefined;
  const labelled = labels.length > 0 && (event === "issues" || event === "pull_request");
  const trigger = {
    event,
    types: types ?? (labelled ? ["labeled"] : (defaultTypes.get(event) ?? [])),
    labels,
    branches: textsOf(child(tree, "branches")),
    paths: textsOf(child(tree, "paths")),
    role: leastRole(child(tree, "roles"), problems),
    condition: expressions.condition(child(tree, "condition"), "trigger"),
    own: booleanOf(child(tree, "own")) ?? false,
    outsiders: oneOf(child(tree, "outsiders"), ["hold", "run", "ignore"] as const) ?? null,
    command: event === "slash_command" ? readCommand(tree, problems) : null,
    schedule: null,
  };
  if (event !== "schedule") return [trigger];
  // Nobody is behind a time table, so nobody is an outsider.
  return readSchedules(tree, problems).map((schedule) => ({
    ...trigger,
    outsiders: "run",
    schedule,
  }));
}

const heardIn = ["issue", "pull_request"] as const;
/** Commands of this App itself, which are heard without /hishamos too. */
const taken = ["hishamos", "pause", "resume", "cancel", "approve", "reject", "retry"];

function readCommand(tree: Tree | undefined, problems: Problems): Trigger["command"] {
  const given = child(tree, "name");
  const name = textOf(given);
  if (name === undefined) return null;
  if (given && taken.includes(name)) {
    problems.add("contradiction", given, `/${name} is a command of HishamOS itself`, {
      hint: "Give the command another name.",
    });
  }
  const on = child(tree, "on");
  return {
    name,
    args: textsOf(child(tree, "args")),
    on: on ? readWords(on, heardIn, "where a command is heard", problems) : heardIn,
  };
}

function readSchedules(
  tree: Tree | undefined,
  problems: Problems,
): readonly NonNullable<Trigger["schedule"]>[] {
  return (tree?.type === "list" ? tree.items : []).flatMap((item) => {
    const cron = child(item, "cron");
    const expression = textOf(cron);
    const zone = child(item, "timezone");
    const timezone = textOf(zone) ?? "UTC";
    if (zone && textOf(zone) !== undefined && !isTimezone(timezone)) {
      problems.add("schedule", zone, `unknown time zone "${short(timezone)}"`, {
        hint: zoneHint(timezone, problems),
      });
    }
    if (cron === undefined || expression === undefined) return [];
    if (!isCron(expression)) {
      problems.add("schedule", cron, `"${short(expression)}" is not a cron expression`, {
        hint: cronHint(expression),
      });
    }
    return [{ cron: expression, timezone }];
  });
}

function cronHint(text: string): string {
  const fields = text.trim().split(/\s+/).length;
  if (text.trim().startsWith("@")) return "Write the five fields, such as 0 6 * * * for each day at six.";
  if (fields === 6) return "It has six fields, and cron here has five: there are no seconds.";
  if (fields !== 5) {
    return `It has ${fields} field${fields === 1 ? "" : "s"}; there are five: minute, hour, day of month, month, day of week.`;
  }
  return "The five fields are minute (0-59), hour (0-23), day of month (1-31), month (1-12), day of week (0-6).";
}

function zoneHint(text: string, problems: Problems): string {
  if (/^[+-]|^(?:UTC|GMT)[+-]/i.test(text))
    return "Name a place, such as Europe/Berlin: an offset has no summer time.";
  return (
    problems.didYouMean(text, Intl.supportedValuesOf("timeZone")) ??
    "Name a place, such as Europe/Berlin, or UTC."
  );
}

/** Several roles ask for the least of them: each is "at least". */
function leastRole(tree: Tree | undefined, problems: Problems): Role | null {
  const named = readWords(tree, roles.slice(1), "a repository role", problems);
  return roles.find((role) => named.includes(role)) ?? null;
}

/** Tells arguments of a slash command that no input takes. */
export function checkCommandArguments(
  on: Tree | undefined,
  inputs: readonly InputDefinition[],
  problems: Problems,
): void {
  const names = inputs.map(({ name }) => name);
  for (const item of itemsOf(child(child(on, "slash_command"), "args"))) {
    const name = textOf(item);
    if (name === undefined || names.includes(name)) continue;
    problems.add("unknownInput", item, `the workflow has no input "${short(name)}" for this argument`, {
      hint: problems.didYouMean(name, names) ?? "Add it under inputs, or read it as {{ input.NAME }}.",
    });
  }
}

/** Outsiders are held back where a start sets someone or something else to work. */
export function withOutsiders(
  triggers: readonly ReadTrigger[],
  workflow: Pick<Workflow, "steps" | "finally" | "children">,
): readonly Trigger[] {
  const usual = setsToWork(workflow) ? "hold" : "run";
  return triggers.map((trigger) => ({ ...trigger, outsiders: trigger.outsiders ?? usual }));
}

function setsToWork({
  steps,
  finally: last,
  children,
}: Pick<Workflow, "steps" | "finally" | "children">): boolean {
  const inList = (list: StepList): boolean =>
    list.steps.some(({ kind }) => {
      switch (kind.kind) {
        case "agent":
          return true;
        case "action":
          return kind.action === "actions.run";
        case "workflow": {
          const run = children.get(kind.workflow);
          // One that is not known may do anything.
          return run === undefined || setsToWork(run);
        }
        case "parallel":
        case "steps":
          return inList(kind.steps);
        case "approval":
        case "wait_for":
        case "wait_for_checks":
        case "wait_for_pull_request":
        case "delay":
          return false;
        default:
          return kind satisfies never;
      }
    });
  return inList(steps) || (last !== null && inList(last));
}
