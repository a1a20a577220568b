import { rootNames } from "../core/scope.ts";
import type { InputDefinition, Step } from "../core/workflow.ts";
import type { Use } from "./expressions.ts";
import { short } from "./limits.ts";
import type { Outline } from "./outline.ts";
import { type OutputShape, outputShape, type ShapeContext } from "./output-shape.ts";
import { definitionProblems, type ProblemName, type Problems } from "./problems.ts";
import { type ListFrame, type ListSite, listsAround, pathOf, type Site, type Sites } from "./sites.ts";
import type { Place } from "./source.ts";
import { drawn, shortestPath } from "./ways.ts";

export interface ReferenceContext extends ShapeContext {
  readonly sites: Sites;
  /** The workflow's own list: what outputs read. */
  readonly top: ListFrame;
  readonly outline: Outline;
  readonly problems: Problems;
}

/** Tells ids that hide those of a list around theirs. */
export function checkShadows({ sites, problems }: ReferenceContext): void {
  const known = new Map<ListFrame, ReadonlyMap<string, Place>>();
  const places = (list: ListFrame): ReadonlyMap<string, Place> => {
    const found =
      known.get(list) ?? new Map(sites.of(list)?.placed.map(({ step, place }) => [step.id, place]));
    known.set(list, found);
    return found;
  };
  for (const [frame, { placed }] of sites.all()) {
    const around: ReadonlyMap<string, Place>[] = [];
    for (let at = frame.around; at !== null; at = at.list.around) around.push(places(at.list));
    for (let at: ListFrame | null = frame; at !== null; at = at.around?.list ?? null) {
      if (at.earlier) around.push(places(at.earlier));
    }
    for (const { step, place } of around.length === 0 ? [] : placed) {
      const hidden = around.map((outer) => outer.get(step.id)).find((found) => found !== undefined);
      if (hidden === undefined) continue;
      problems.add("shadowed", place, `the id "${step.id}" hides that of a step before or around it`, {
        hint: `steps.${step.id} must mean one step: give this one another id.`,
        related: { message: `the other "${step.id}" is here`, place: hidden },
      });
    }
  }
}

/** Tells loop variables outside of their loop. */
export function checkLoopVariables(uses: readonly Use[], { problems }: ReferenceContext): void {
  for (const { root, site, position } of uses) {
    if (site === null || rootNames.some((name) => name === root) || site.loops.includes(root)) continue;
    const what = root === "index" ? "a for_each or repeat" : "a for_each";
    problems.take({
      code: definitionProblems.loopVariable.code,
      message: `"${short(root)}" is known only inside ${what} that gives it`,
      hint:
        site.loops.length === 0 ? "There is no loop around this." : `Known here: ${site.loops.join(", ")}.`,
      position,
    });
  }
}

/** Tells reads of steps that don't exist, can't have run before, or have no such output. */
export function checkStepReads(uses: readonly Use[], context: ReferenceContext): void {
  for (const use of uses) {
    if (use.root === "self" && use.site !== null) checkSelf(use, use.site, context);
    const read = use.root === "steps" ? use.path[0] : undefined;
    if (read === undefined || read === "*") continue;
    const found = find(read, use.site, context);
    if (found === null) {
      tellUnknown(read, use, context);
      continue;
    }
    const { list, step, standing } = found;
    checkResult(use, step, context);
    // Outputs may read every step, and finally every step before it.
    if (standing === null) continue;
    tellNeverBefore(read, standing, list, use, context);
  }
}

interface Found {
  readonly list: ListSite;
  readonly step: Step;
  /** The reader's own step, or the one of this list that is around it; null where all has run. */
  readonly standing: string | null;
}

function find(read: string, site: Site | null, { sites, top }: ReferenceContext): Found | null {
  const lists = site === null ? ([[top, null]] as const) : listsAround(site);
  for (const [frame, standing] of lists) {
    const list = sites.of(frame);
    const step = list?.graph.list.byId.get(read);
    if (list && step) return { list, step, standing };
  }
  return null;
}

function tellNeverBefore(
  read: string,
  standing: string,
  { graph, kind, placed }: ListSite,
  use: Use,
  { problems }: ReferenceContext,
): void {
  if (graph.before(standing).has(read)) return;
  const place = placed.find(({ step }) => step.id === read)?.place;
  const related = place && { message: `"${read}" is here`, place };
  if (read === standing) {
    const own = standing === use.site?.id;
    const message = own
      ? `the step "${read}" reads its own result before it has one`
      : `"${use.site?.id}" is within "${read}" and reads its result before it has one`;
    tellAt("neverBefore", use, message, problems, {
      hint: own ? "In fail_if its own output is self." : `Read the steps of "${read}" that came before.`,
      related: own ? undefined : related,
    });
    return;
  }
  if (kind === "parallel") {
    const message = `"${read}" and "${standing}" begin at once: neither can read the other`;
    tellAt("neverBefore", use, message, problems, {
      hint: "Let a step after the parallel read both, or make one branch a steps group of the two.",
      related,
    });
    return;
  }
  if (problems.many) {
    tellAt("neverBefore", use, `the step "${read}" can't have run before "${standing}"`, problems, {});
    return;
  }
  const start = placed[0]?.step.id ?? "";
  const way = start === standing ? null : shortestPath(start, standing, graph.edges);
  // That no path leads here has been told, or hangs on a target that is misspelt.
  if (way === null && start !== standing) return;
  const later = shortestPath(standing, read, graph.edges);
  const how = way === null ? ", which is the first step" : ` (${drawn(way)})`;
  tellAt("neverBefore", use, `the step "${read}" can't have run before "${standing}"${how}`, problems, {
    hint: later === null ? "They lie on different paths." : `It comes later: ${drawn(later)}.`,
    related,
  });
}

function tellUnknown(read: string, use: Use, { sites, top, outline, problems }: ReferenceContext): void {
  const [there] = outline.ids.get(read) ?? [];
  const related = there && { message: `"${short(read)}" is here`, place: there.place };
  if (there === undefined) {
    const known = new Set<string>();
    const lists = use.site === null ? ([[top]] as const) : listsAround(use.site);
    for (const [list] of problems.many ? [] : lists) {
      for (const id of sites.of(list)?.graph.list.byId.keys() ?? []) known.add(id);
    }
    tellAt("unknownStep", use, `unknown step "${short(read)}"`, problems, {
      hint: problems.didYouMean(read, known),
    });
    return;
  }
  if (there.list.split("/")[0] === "finally" && !use.site?.list.inFinally) {
    const who = use.site === null ? "outputs are made" : `"${use.site.id}" runs`;
    tellAt("otherFinally", use, `"${read}" is a step of finally, and ${who} before that`, problems, {
      related,
    });
    return;
  }
  const group = there.list.split("/").at(-1) ?? "";
  tellAt("unknownStep", use, `"${read}" is within "${group}", and known by its name only there`, problems, {
    hint: `Write ${throughGroups(there.list, read, use.site, outline)}.`,
    related,
  });
}

/** `steps.checks.output.lint` for a step within checks, as it is read from outside. */
function throughGroups(list: string, read: string, site: Site | null, outline: Outline): string {
  const here = site === null ? "" : pathOf(site.list);
  const groups = list.split("/");
  let shared = 0;
  while (shared < groups.length && here.split("/")[shared] === groups[shared]) shared += 1;
  const rest = [...groups.slice(shared), read];
  const [first, ...inner] = rest;
  return inner.reduce((text, id, index) => {
    const around = groups.slice(0, shared + index + 1).join("/");
    return `${text}${outline.loops.has(around) ? ".*" : ""}.${id}`;
  }, `steps.${first}.output`);
}

const parts = ["output", "state", "error", "visits"];
const errorParts = ["step", "code", "message"];

/** Tells what a step's result doesn't have. */
function checkResult(use: Use, step: Step, context: ReferenceContext): void {
  const [, part, inner] = use.path;
  if (part === undefined || part === "*") return;
  if (!parts.includes(part)) {
    const shape = outputShape(step, context);
    const within = shape?.type === "map" && shape.keys.has(part);
    const hint = within
      ? `Write steps.${step.id}.output.${part}.`
      : (context.problems.didYouMean(part, parts) ??
        `A step has output, state, error and visits: perhaps steps.${step.id}.output.${short(part)}.`);
    tellAt(
      "unknownOutput",
      use,
      `the step "${step.id}" has no "${short(part)}"`,
      context.problems,
      { hint },
      1,
    );
    return;
  }
  if (part === "error" && inner !== undefined && inner !== "*" && !errorParts.includes(inner)) {
    tellAt(
      "unknownOutput",
      use,
      `an error has no "${short(inner)}"`,
      context.problems,
      { hint: context.problems.didYouMean(inner, errorParts) ?? "It has step, code and message." },
      2,
    );
  }
  if (part === "output") checkShape(use, 2, outputShape(step, context), context.problems);
}

/** In fail_if, `self` is the output of one item or iteration; in until, too. */
function checkSelf(use: Use, site: Site, context: ReferenceContext): void {
  const step = context.sites.of(site.list)?.graph.list.byId.get(site.id);
  if (step) checkShape(use, 0, outputShape(step, context, false), context.problems);
}

function checkShape(use: Use, from: number, shape: OutputShape, problems: Problems): void {
  let known = shape;
  for (let index = from; index < use.path.length && known !== null; index += 1) {
    const key = use.path[index] ?? "";
    if (known.type === "list") {
      if (key !== "*" && !/^-?\d+$/.test(key)) {
        const inner = known.item;
        const hint =
          key === "length"
            ? "For how many there are write length( … )."
            : inner?.type === "map" && !inner.keys.has(key)
              ? `Each item has ${[...inner.keys.keys()].join(", ")}.`
              : `For that of all items write output.*.${short(key)}, for the first output[0].${short(key)}.`;
        tellAt("unknownOutput", use, `the output of ${known.of} is a list`, problems, { hint }, index);
        return;
      }
      // After `.*` every access goes to each item.
      known = known.item;
      continue;
    }
    // `.*` gives the values, which may differ.
    if (key === "*") return;
    const next = known.keys.get(key);
    if (next === undefined) {
      const names = [...known.keys.keys()];
      const has = names.length === 0 ? "It has no outputs." : `It has ${names.slice(0, 12).join(", ")}.`;
      tellAt(
        "unknownOutput",
        use,
        `the output of ${known.of} has no "${short(key)}"`,
        problems,
        { hint: problems.didYouMean(key, names) ?? has },
        index,
      );
      return;
    }
    known = next;
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
        hint: problems.didYouMean(name, names) ?? "Add it under inputs.",
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
  more: {
    readonly hint?: string | undefined;
    readonly related?: { readonly message: string; readonly place: Place } | undefined;
  },
  part = 0,
): void {
  const { source } = problems;
  problems.take({
    code: definitionProblems[name].code,
    message,
    ...(more.hint !== undefined && { hint: more.hint }),
    position: use.pathPositions[part] ?? use.position,
    ...(more.related && {
      related: { message: more.related.message, position: source.position(more.related.place.start) },
    }),
  });
}
