import { defaultMaxSteps, type InputDefinition, type Trigger, type Workflow } from "../../core/workflow.ts";
import { compareAgents } from "./agents.ts";
import { type Change, changedFacts, type Facts, factsOf, namesOf } from "./change.ts";
import { permissionWidened, triggerLoosened } from "./loosened.ts";
import { compareCommands } from "./settings.ts";
import { compareSteps, duration, factsOfTree } from "./steps.ts";

/**
 * What is different in the newer version of a workflow, in the order in which it is to be read: what it may, who may, what
 * starts it, and then what it does. `before` null: it is new. Pure.
 */
export function compareWorkflows(before: Workflow | null, after: Workflow): readonly Change[] {
  return [
    ...comparePermissions(before, after),
    ...compareTriggers(before, after),
    ...compareCommands(before?.commands ?? new Map(), after.commands),
    ...changedFacts({ part: "workflow", name: "" }, factsOfWhole(before), factsOfWhole(after), () => false),
    ...compareInputs(before, after),
    ...compareSteps(before, after),
    ...namesOf(before?.agents.keys() ?? [], after.agents.keys()).flatMap((name) =>
      compareAgents(name, before?.agents.get(name) ?? null, after.agents.get(name) ?? null),
    ),
    ...compareChildren(before, after),
  ];
}

function comparePermissions(before: Workflow | null, after: Workflow): readonly Change[] {
  const [was, is] = [factsOf(before?.permissions ?? {}), factsOf(after.permissions)];
  return changedFacts({ part: "permissions", name: "" }, was, is, (key) =>
    permissionWidened(was.get(key) ?? null, is.get(key) ?? null),
  );
}

function compareTriggers(before: Workflow | null, after: Workflow): readonly Change[] {
  const [was, is] = [byName(before?.triggers ?? []), byName(after.triggers)];
  return namesOf(was.keys(), is.keys()).flatMap((name) => {
    const [old = null, now = null] = [was.get(name), is.get(name)];
    const inside = changedFacts({ part: "on", name }, factsOfTrigger(old), factsOfTrigger(now), (key) =>
      triggerLoosened(key, old, now),
    );
    if (old !== null && now !== null) return inside;
    const whole: Change = { part: "on", name, before: old && name, after: now && name, loosens: false };
    return now === null ? [whole] : [whole, ...inside];
  });
}

/** Several triggers of one event are told apart by their number. */
function byName(triggers: readonly Trigger[]): ReadonlyMap<string, Trigger> {
  const named = new Map<string, Trigger>();
  for (const trigger of triggers) {
    const { event, command, schedule } = trigger;
    const name = command ? `/${command.name}` : schedule ? `${event} ${schedule.cron}` : event;
    let free = name;
    for (let count = 2; named.has(free); count++) free = `${name} (${count})`;
    named.set(free, trigger);
  }
  return named;
}

function factsOfTrigger(trigger: Trigger | null): Facts {
  if (trigger === null) return new Map();
  return factsOf({
    types: trigger.types,
    labels: trigger.labels,
    branches: trigger.branches,
    paths: trigger.paths,
    roles: trigger.role,
    condition: trigger.condition?.source,
    own: trigger.own && "true",
    outsiders: trigger.outsiders,
    args: trigger.command?.args,
    on: trigger.command?.on,
    timezone: trigger.schedule?.timezone,
  });
}

/** What stands there anyway is no fact, so that a new workflow shows what its author wrote. */
function factsOfWhole(workflow: Workflow | null): Facts {
  if (workflow === null) return new Map();
  const { limits, report, concurrency } = workflow;
  return new Map([
    ...factsOf({
      name: workflow.name,
      version: workflow.version,
      description: workflow.description,
      status: workflow.status,
      "concurrency.group": concurrency.group?.source,
      "concurrency.on_conflict": concurrency.onConflict,
      cancel_on: unlessUsual(workflow.cancelOn.join(", ") || "nothing", "closed, unlabeled"),
      "report.comment": unlessUsual(report.comment, "auto"),
      "report.check": unlessUsual(report.check ?? "none", `HishamOS / ${workflow.name}`),
      "report.issue": unlessUsual(report.issue, "auto"),
      "limits.timeout": duration(limits.timeoutMs),
      "limits.max_steps": unlessUsual(String(limits.maxSteps), String(defaultMaxSteps)),
      "limits.tokens": limits.tokens,
      "limits.cost_usd": limits.costUsd,
      "limits.on_budget": unlessUsual(limits.onBudget, "pause"),
    }),
    ...factsOfTree("outputs", workflow.outputs?.source),
  ]);
}

function unlessUsual(text: string, usual: string): string | null {
  return text === usual ? null : text;
}

function compareInputs(before: Workflow | null, after: Workflow): readonly Change[] {
  const [was, is] = [inputsOf(before), inputsOf(after)];
  return namesOf(was.keys(), is.keys()).flatMap((name) =>
    changedFacts(
      { part: "inputs", name },
      was.get(name) ?? new Map(),
      is.get(name) ?? new Map(),
      () => false,
    ),
  );
}

function inputsOf(workflow: Workflow | null): ReadonlyMap<string, Facts> {
  return new Map((workflow?.inputs ?? []).map((input) => [input.name, factsOfInput(input)]));
}

function factsOfInput({ schema, from, default: given, required }: InputDefinition): Facts {
  return factsOf({
    type: schema,
    from: from?.source,
    default: given === undefined ? null : JSON.stringify(given),
    required: required ? "yes" : "no",
  });
}

/** A workflow that steps run as a child: another text of it is all that is told here. */
function compareChildren(before: Workflow | null, after: Workflow): readonly Change[] {
  if (before === null) return [];
  return [...after.children].flatMap(([name, child]) => {
    const was = before.children.get(name)?.hash;
    if (was === undefined || was === child.hash) return [];
    const [old, now] = [was.slice(0, 7), child.hash.slice(0, 7)];
    return [{ part: "workflows", name, before: old, after: now, loosens: false }];
  });
}
