import type { Expression } from "../core/expression.ts";
import type { InputDefinition, Step, StepList, Workflow } from "../core/workflow.ts";
import { type Children, checkChildInputs, checkChildPermissions, hasTemplates } from "./children.ts";
import { readCommands } from "./deciders.ts";
import { Expressions } from "./expressions.ts";
import {
  noLimits,
  readCancelOn,
  readConcurrency,
  readLimits,
  readPermissions,
  readReport,
} from "./options.ts";
import { outputNames } from "./output-shape.ts";
import { stemOf } from "./paths.ts";
import type { Problems } from "./problems.ts";
import { noRetry } from "./retry.ts";
import { child, type MapTree, mapOf, oneOf, type Tree, textOf, toJson } from "./tree.ts";
import { checkCommandArguments, readTriggers, withOutsiders } from "./triggers.ts";
import type { About, ReadWorkflow } from "./workflow.ts";

/**
 * Reads a workflow whose steps are another's. What it says of itself wins; what it doesn't say is the other's. Its
 * `inputs` are values: a start can't give others.
 */
export function readUsing(map: MapTree, about: About, children: Children, problems: Problems): ReadWorkflow {
  const reference = child(map, "uses");
  const used = children.read(reference);
  const base = used ?? unknown(textOf(reference) ?? "");
  const expressions = new Expressions(problems, new Set());
  const name = textOf(child(map, "name")) ?? base.name;
  const own = <T>(key: string, given: T, otherwise: T): T => (map.entries.has(key) ? given : otherwise);
  const triggers = readTriggers(child(map, "on"), expressions, problems);
  const permissions = readPermissions(child(map, "permissions"), problems);
  const concurrency = readConcurrency(child(map, "concurrency"), expressions);
  if (used && reference) {
    const place = map.entries.get("permissions")?.key ?? null;
    checkChildInputs(used, reference, child(map, "inputs"), problems, "given");
    if (place) checkChildPermissions(used, reference, permissions, place, problems);
  }
  const inputs = withValues(base.inputs, child(map, "inputs"), expressions);
  if (used) checkCommandArguments(child(map, "on"), inputs, problems);
  const report = readReport(child(map, "report"), name);
  const workflow = {
    ...base,
    name,
    stem: stemOf(about.path),
    version: textOf(child(map, "version")) ?? base.version,
    description: textOf(child(map, "description")) ?? base.description,
    status: oneOf(child(map, "status"), ["draft", "active"] as const) ?? "active",
    path: about.path,
    triggers: own("on", withOutsiders(triggers, base), base.triggers),
    inputs,
    permissions: own("permissions", permissions, base.permissions),
    concurrency: own("concurrency", concurrency, base.concurrency),
    cancelOn: own("cancel_on", readCancelOn(child(map, "cancel_on"), problems), base.cancelOn),
    report: own("report", report, own("name", { ...base.report, check: report.check }, base.report)),
    limits: readLimits(child(map, "limits"), problems, base.limits),
    commands: new Map([...base.commands, ...readCommands(child(map, "commands"), problems)]),
    readsFiles: base.readsFiles || expressions.readsFiles,
  };
  return { workflow, files: new Map(), outputs: (used && outputNames.get(used)) ?? [] };
}

/** A value that is given is all that fits; one with `{{ }}` comes from the event. */
function withValues(
  inputs: readonly InputDefinition[],
  tree: Tree | undefined,
  expressions: Expressions,
): readonly InputDefinition[] {
  const given = mapOf(tree)?.entries;
  return inputs.map((input) => {
    const value = given?.get(input.name)?.value;
    if (value === undefined) return input;
    if (hasTemplates(value)) {
      return { ...input, from: fromTemplate(value, expressions), default: undefined };
    }
    const fixed = toJson(value);
    return {
      ...input,
      schema: { ...input.schema, const: fixed },
      from: null,
      default: fixed,
      required: false,
    };
  });
}

function fromTemplate(tree: Tree, expressions: Expressions): Expression {
  const template = expressions.template(tree, "trigger");
  return { source: textOf(tree) ?? "", evaluate: (scope) => template.evaluate(scope) };
}

/** Stands for a workflow that is not at hand: its one step can't run, so that nothing passes for done. */
function unknown(reference: string): Workflow {
  const routes = { on_success: null, on_failure: null, on_skip: null, on_timeout: null, on_exhausted: null };
  const step: Step = {
    id: "uses",
    kind: { kind: "workflow", workflow: reference },
    inputs: null,
    condition: null,
    routes,
    retry: noRetry,
    timeoutMs: null,
    remind: null,
    maxVisits: null,
    failIf: null,
    conclude: null,
    forEach: null,
    repeat: null,
    subject: null,
    unique: null,
    secrets: [],
    secretHeaders: [],
    safeOutputs: [],
  };
  const steps: StepList = {
    order: "list",
    steps: [step],
    handlers: new Set(),
    byId: new Map([["uses", step]]),
  };
  return {
    name: reference,
    stem: stemOf(reference),
    version: null,
    description: null,
    status: "active",
    path: reference,
    hash: "",
    triggers: [],
    inputs: [],
    permissions: {},
    concurrency: { group: null, onConflict: null },
    cancelOn: ["closed", "unlabeled"],
    report: readReport(undefined, reference),
    limits: noLimits,
    commands: new Map(),
    agents: new Map(),
    steps,
    finally: null,
    outputs: null,
    children: new Map(),
    readsFiles: false,
  };
}
