import { parse, stringify } from "yaml";
import { shippedRoles } from "../../src/agents/index.ts";
import type { Step, StepList, Workflow } from "../../src/core/workflow.ts";
import { listsPages } from "../../src/definition/actions/inputs.ts";
import { loadWorkflow } from "../../src/definition/index.ts";

/** A step as it is written: a loaded one has its inputs only as closures. */
interface RawStep {
  readonly id: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly condition?: string;
  readonly repeat?: { readonly max?: number };
  readonly steps?: readonly RawStep[];
  readonly parallel?: { readonly steps: readonly RawStep[] };
}

interface Document {
  readonly steps: readonly RawStep[];
  readonly finally?: readonly RawStep[];
}

/** A step at any depth. `caught`: its failure is taken up, by a route, by that of a group around it, or at the end. */
interface Found {
  readonly step: Step;
  readonly raw: RawStep;
  readonly isHandler: boolean;
  readonly caught: boolean;
}

/** A workflow of the library, as it is written and as it is read. */
export interface Entry {
  readonly name: string;
  readonly text: string;
  readonly workflow: Workflow;
  readonly document: Document;
  readonly steps: readonly Found[];
  /** The library's files, by the references under which they are used. */
  readonly files: ReadonlyMap<string, string>;
}

/** Throws where the text is no valid workflow. */
export function entryOf(name: string, text: string, files: ReadonlyMap<string, string>): Entry {
  const loaded = loadWorkflow(text, `${name}.yml`, { files });
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
  const { workflow } = loaded;
  const document = parse(text) as Document;
  const main = walk(workflow.steps, document.steps, tellsItsEnd(document, workflow));
  // A failing step of finally fails the execution, which the report tells.
  const last = workflow.finally ? walk(workflow.finally, document.finally ?? [], true) : [];
  return { name, text, workflow, document, steps: [...main, ...last], files };
}

function walk(list: StepList, raws: readonly RawStep[], caughtAround: boolean): readonly Found[] {
  return list.steps.flatMap((step) => {
    const raw = raws.find(({ id }) => id === step.id);
    if (raw === undefined) throw new Error(`the step ${step.id} is not in the text`);
    const isHandler = list.handlers.has(step.id);
    const { on_failure, on_exhausted } = step.routes;
    // Too many visits never follow on_failure.
    const routed = on_failure !== null && (step.maxVisits === null || on_exhausted !== null);
    // A handler that fails has nobody left but the report to tell it.
    const caught = caughtAround || routed || (isHandler && on_failure === null);
    const { kind } = step;
    const inner = kind.kind === "parallel" || kind.kind === "steps" ? kind.steps : null;
    const inside = inner === null ? [] : walk(inner, raw.steps ?? raw.parallel?.steps ?? [], caught);
    return [{ step, raw, isHandler, caught }, ...inside];
  });
}

/**
 * Its failure reaches a person by itself: through a step of `finally` that tells of it, or, where no start has a subject,
 * through the issue that is opened for it.
 */
function tellsItsEnd(document: Document, { triggers, report, finally: last }: Workflow): boolean {
  const alone =
    triggers.length > 0 && triggers.every(({ event }) => event === "schedule" || event === "dispatch");
  if (alone && report.issue === "auto") return true;
  return (document.finally ?? []).some(({ id, condition = "always()" }) => {
    const step = last?.byId.get(id);
    return step !== undefined && tells(step) && /failure\(\)|always\(\)|ending/.test(condition);
  });
}

const tellers = ["issues.createComment", "issues.create", "comment.sticky", "pulls.createReview"];

function tells({ kind }: Step): boolean {
  return kind.kind === "action" && tellers.includes(kind.action);
}

const ofTools: ReadonlyMap<string, string> = new Map([
  ["repo.read_file", "contents:read"],
  ["repo.search_code", "contents:read"],
  ["issues.search", "issues:read"],
  ["pulls.read_diff", "pull_requests:read"],
]);

/** What agents read by their tools, and what is done for them after their work. */
function neededByAgents({ steps, workflow }: Entry): ReadonlySet<string> {
  const roles = shippedRoles();
  return new Set(
    steps.flatMap(({ step: { kind, safeOutputs } }) => {
      if (kind.kind !== "agent") return [];
      const tools = (workflow.agents.get(kind.agent) ?? roles.get(kind.agent))?.tools ?? [];
      const reads = tools.flatMap((tool) => ofTools.get(tool) ?? []);
      return safeOutputs.length > 0 ? [...reads, "issues:write"] : reads;
    }),
  );
}

/** Permissions without which, or with less of which, it would be valid as well. */
function tooMuch(entry: Entry): readonly string[] {
  const { workflow, document, name, files } = entry;
  const agents = neededByAgents(entry);
  return Object.entries(workflow.permissions).flatMap(([permission, access]) => {
    const does = (less: "none" | "read") => {
      if (agents.has(`${permission}:write`)) return false;
      if (less === "none" && agents.has(`${permission}:read`)) return false;
      const changed = { ...document, permissions: { ...workflow.permissions, [permission]: less } };
      return "workflow" in loadWorkflow(stringify(changed), `${name}.yml`, { files });
    };
    return does("none") || (access === "write" && does("read")) ? [`${permission}: ${access}`] : [];
  });
}

const persons = ["agent", "approval", "wait_for_pull_request"];

/** Waits without a timeout, without a way out, or for people whom nothing reminds. */
function endless({ steps }: Entry): readonly string[] {
  return steps.flatMap(({ step: { id, kind, timeoutMs, remind }, caught }) => {
    if (["delay", "parallel", "steps"].includes(kind.kind)) return [];
    if (kind.kind === "action" && kind.action !== "actions.run") return [];
    const isForgotten = persons.includes(kind.kind) && remind === null;
    return timeoutMs === null || !caught || isForgotten ? [id] : [];
  });
}

/** Loops and lists of GitHub's that don't say how far they go. */
function unbounded({ steps }: Entry): readonly string[] {
  return steps.flatMap(({ step: { id, kind, maxVisits }, raw }) => {
    const lists = kind.kind === "action" && listsPages(kind.action);
    const open = lists && raw.inputs?.["max_items"] === undefined;
    return open || (raw.repeat && raw.repeat.max === undefined) || (maxVisits ?? 0) > 20 ? [id] : [];
  });
}

/** Failures that nobody takes up, and handlers that tell nobody by name. */
function silent({ steps }: Entry): readonly string[] {
  return steps.flatMap(({ step, raw, isHandler, caught }) => {
    if (!caught) return [step.id];
    if (!isHandler || step.routes.on_success !== null || step.conclude === "completed") return [];
    const { body } = raw.inputs ?? {};
    const names = typeof body === "string" && /@(?:\{\{|\w)/.test(body);
    const opens = step.kind.kind === "action" && step.kind.action === "issues.create";
    return tells(step) && (names || opens) ? [] : [step.id];
  });
}

const final = [
  "pulls.merge",
  "repos.merge",
  "repos.createRelease",
  "repos.createDeployment",
  "git.updateRef",
];

/** Merges, releases, deployments, deletions, and closing many at once. */
function isIrreversible({ step, raw }: Found): boolean {
  if (step.kind.kind !== "action") return false;
  const { action } = step.kind;
  const { state, inputs } = raw.inputs ?? {};
  if (final.includes(action) || action.includes(".delete")) return true;
  // What runs for an environment deploys to it, or may.
  if (action === "actions.run")
    return typeof inputs === "object" && inputs !== null && "environment" in inputs;
  return /^(?:issues|pulls)\.update$/.test(action) && state === "closed" && step.forEach !== null;
}

/** What can't be taken back, and to which a way leads on which nobody has approved anything. */
function unasked({ steps, workflow }: Entry): readonly string[] {
  const reached = new Set<Step>();
  enterList(workflow.steps, reached);
  const last = new Set(workflow.finally?.steps);
  return steps
    .filter((found) => isIrreversible(found) && (reached.has(found.step) || last.has(found.step)))
    .map(({ step }) => step.id);
}

function enterList(list: StepList, reached: Set<Step>): void {
  const first = list.order === "parallel" ? list.steps : list.steps.slice(0, 1);
  for (const step of first) enter(list, step, reached);
}

function enter(list: StepList, step: Step, reached: Set<Step>): void {
  if (reached.has(step)) return;
  reached.add(step);
  const { kind, condition, routes } = step;
  if (kind.kind === "parallel" || kind.kind === "steps") enterList(kind.steps, reached);
  const { on_success, ...others } = routes;
  const following = list.order === "list" ? list.steps[list.steps.indexOf(step) + 1] : undefined;
  const isApproval = kind.kind === "approval";
  const next = [
    ...Object.values(others),
    isApproval ? null : on_success,
    // Where it is skipped nobody has approved.
    isApproval && condition === null ? null : (following?.id ?? null),
  ];
  for (const id of next) {
    const to = id === null ? undefined : list.byId.get(id);
    if (to !== undefined) enter(list, to, reached);
  }
}

/** Each gives what is against it in a workflow; nothing, where it keeps to the rule. */
export const rules: readonly {
  readonly rule: string;
  readonly broken: (entry: Entry) => readonly string[];
}[] = [
  { rule: "declares no permission that no step needs", broken: tooMuch },
  { rule: "gives every wait a timeout, a way out, and people a reminder", broken: endless },
  { rule: "bounds every loop and every list it reads", broken: unbounded },
  { rule: "lets every failure reach a person who is named", broken: silent },
  { rule: "asks before anything that can't be taken back", broken: unasked },
];
