import { didYouMean } from "../core/nearest.ts";
import type { InputDefinition } from "../core/workflow.ts";
import type { Use } from "./expressions.ts";
import type { Graph } from "./graph.ts";
import { short } from "./limits.ts";
import { definitionProblems, type ProblemName, type Problems } from "./problems.ts";
import type { Place } from "./source.ts";

/** Tells reads of steps that don't exist or can't have run before. `places`: where each step's id stands. */
export function checkStepReads(
  uses: readonly Use[],
  graph: Graph,
  places: ReadonlyMap<string, Place>,
  problems: Problems,
): void {
  const { byId } = graph.list;
  for (const use of uses) {
    const read = use.root === "steps" ? use.path[0] : undefined;
    if (read === undefined || read === "*") continue;
    if (!byId.has(read)) {
      const hint = didYouMean(read, byId.keys());
      tellAt("unknownStep", use, `unknown step "${short(read)}"`, problems, { hint });
      continue;
    }
    // Outputs may read every step.
    if (use.step === null || graph.before(use.step).has(read)) continue;
    const message =
      read === use.step
        ? `the step "${read}" reads its own result before it has one`
        : `the step "${read}" can't have run before "${use.step}"`;
    const place = places.get(read);
    tellAt("neverBefore", use, message, problems, {
      hint: read === use.step ? "In fail_if its own output is self." : undefined,
      ...(place && read !== use.step && { related: { message: `"${read}" is here`, place } }),
    });
  }
}

/**
 * The inputs listed by the workflow; or, where it lists none, every `input.x` that is read, as required inputs of
 * any type.
 */
export function checkInputReads(
  uses: readonly Use[],
  listed: readonly InputDefinition[] | null,
  problems: Problems,
): readonly InputDefinition[] {
  const names = new Set(listed?.map(({ name }) => name));
  const found = new Map<string, InputDefinition>();
  for (const use of uses) {
    const name = use.root === "input" ? use.path[0] : undefined;
    if (name === undefined || name === "*") continue;
    found.set(name, { name, schema: null, from: null, default: undefined, required: true });
    if (listed !== null && !names.has(name)) {
      tellAt("unknownInput", use, `unknown input "${short(name)}"`, problems, {
        hint: didYouMean(name, names) ?? "Add it under inputs.",
      });
    }
  }
  return listed ?? [...found.values()];
}

function tellAt(
  name: ProblemName,
  use: Use,
  message: string,
  problems: Problems,
  more: { readonly hint?: string | undefined; readonly related?: { message: string; place: Place } },
): void {
  const { source } = problems;
  problems.take({
    code: definitionProblems[name].code,
    message,
    ...(more.hint !== undefined && { hint: more.hint }),
    position: use.pathPositions[0] ?? use.position,
    ...(more.related && {
      related: { message: more.related.message, position: source.position(more.related.place.start) },
    }),
  });
}
