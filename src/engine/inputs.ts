import type { Execution } from "../core/execution.ts";
import { type Json, own } from "../core/json.ts";
import { scopeOf } from "../core/scope.ts";
import type { InputDefinition, Workflow } from "../core/workflow.ts";
import { checkAgainst } from "./answer/check.ts";
import type { InputProblem } from "./problems.ts";

type Inputs = { readonly input: Record<string, Json> } | { readonly problems: readonly InputProblem[] };

/** The execution's inputs: what was given, else `from` the event, else the default. */
export function resolveInputs(
  workflow: Workflow,
  execution: Execution,
  given: Readonly<Record<string, Json>>,
  now: number,
): Inputs {
  const input = new Map<string, Json>();
  const problems: InputProblem[] = [];
  for (const definition of workflow.inputs) {
    const value = valueOf(definition, execution, given, now);
    if (value === undefined || value === null) {
      if (definition.required) problems.push(missing(workflow, definition));
      else input.set(definition.name, null);
      continue;
    }
    input.set(definition.name, value);
    problems.push(...mismatches(definition, value));
  }
  const known = new Set(workflow.inputs.map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (!known.has(name)) problems.push(unknown(name, [...known]));
  }
  return problems.length > 0 ? { problems } : { input: Object.fromEntries(input) };
}

function valueOf(
  { name, from, default: fallback }: InputDefinition,
  execution: Execution,
  given: Readonly<Record<string, Json>>,
  now: number,
): Json | undefined {
  const direct = own(given, name);
  if (direct !== undefined) return direct;
  const derived = from?.evaluate(scopeOf(execution, now));
  if (derived && "value" in derived && derived.value !== null) return derived.value;
  return fallback;
}

function missing({ stem }: Workflow, { name, from }: InputDefinition): InputProblem {
  const source = from ? ` (${from.source} gave nothing)` : "";
  return {
    code: "HOS321",
    message: `input ${name} is missing${source}`,
    hint: `Give it: /hishamos run ${stem} ${name}=…, or declare inputs.${name} with from or default.`,
  };
}

function unknown(name: string, known: readonly string[]): InputProblem {
  const hint = known.length > 0 ? `Its inputs: ${known.join(", ")}.` : "It takes none.";
  return { code: "HOS322", message: `the workflow has no input ${name}`, hint };
}

function mismatches({ name, schema }: InputDefinition, value: Json): readonly InputProblem[] {
  if (!schema) return [];
  const checked = checkAgainst(schema, value);
  if (checked.result === "valid") return [];
  const errors =
    checked.result === "invalid" ? checked.errors : [`its type can't be used: ${checked.reason}`];
  return errors.map((error) => ({ code: "HOS323", message: `input ${name}: ${error}` }));
}
