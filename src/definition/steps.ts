import { durationMs } from "../core/duration.ts";
import { didYouMean, nearest } from "../core/nearest.ts";
import type { ApprovalOptions, RetryPolicy, Routes, Step, StepKind } from "../core/workflow.ts";
import { type ActionContext, checkAction } from "./actions/index.ts";
import type { Expressions } from "./expressions.ts";
import type { PlacedStep } from "./graph.ts";
import { forbiddenNames, short, textLimits } from "./limits.ts";
import type { Problems } from "./problems.ts";
import { readDuration, readRetry } from "./retry.ts";
import type { Place } from "./source.ts";
import { child, itemsOf, type MapTree, mapOf, numberOf, oneOf, type Tree, textOf, textsOf } from "./tree.ts";
import { checkEventName } from "./triggers.ts";
import { readWords } from "./words.ts";

/** What a step is read with: the file's problems and expressions, and what the workflow sets for all steps. */
export interface StepContext {
  readonly problems: Problems;
  readonly expressions: Expressions;
  readonly agentNames: ReadonlySet<string>;
  readonly actions: Omit<ActionContext, "problems">;
  readonly defaults: { readonly retry: RetryPolicy; readonly timeoutMs: number | null };
}

const kindKeys = ["agent", "action", "approval", "wait_for", "delay"] as const;
const laterKinds = ["workflow", "parallel", "steps"];
const routeKeys = ["on_success", "on_failure", "on_skip", "on_timeout", "on_exhausted"] as const;

/** Reads the steps that have an id; what the schema has told already is left out in silence. */
export function readSteps(tree: Tree | undefined, context: StepContext): readonly PlacedStep[] {
  if (tree?.type !== "list") return [];
  return tree.items.slice(0, textLimits.steps).flatMap((item) => {
    const map = mapOf(item);
    return map ? readStep(map, context) : [];
  });
}

function readStep(map: MapTree, context: StepContext): PlacedStep | [] {
  const { problems, expressions } = context;
  const idTree = child(map, "id");
  const id = textOf(idTree);
  // A step without an id is still read, so that its other mistakes are told.
  const owner = id ?? null;
  if (id !== undefined && idTree && forbiddenNames.has(id)) {
    problems.add("forbiddenName", idTree, `"${id}" can't be used as a step's id`);
  }
  const kind = readKind(map, owner, context);
  const waitFailIf = child(child(map, "wait_for"), "fail_if");
  const failIf = child(map, "fail_if");
  if (waitFailIf && failIf) {
    problems.add("contradiction", failIf, "fail_if is given twice, here and within wait_for", {
      related: { message: "the other fail_if", place: waitFailIf },
    });
  }
  const routes: Record<keyof Routes, string | null> = {
    on_success: null,
    on_failure: null,
    on_skip: null,
    on_timeout: null,
    on_exhausted: null,
  };
  const routePlaces: Partial<Record<keyof Routes, Place>> = {};
  for (const key of routeKeys) {
    const target = child(map, key);
    routes[key] = textOf(target) ?? null;
    if (target) routePlaces[key] = target;
  }
  const conclude = oneOf(child(map, "conclude"), ["completed", "failed"]) ?? null;
  if (conclude !== null && routePlaces.on_success) {
    problems.add(
      "contradiction",
      routePlaces.on_success,
      "on_success is never followed: the step concludes the execution",
      {
        hint: "Drop on_success or conclude.",
      },
    );
  }
  const inputs = child(map, "inputs");
  const remind = child(map, "remind");
  const maxVisits = numberOf(child(map, "max_visits")) ?? null;
  const retry = child(map, "retry");
  const timeout = child(map, "timeout");
  const step: Step = {
    id: id ?? "",
    kind,
    inputs: expressions.optionalTemplate(inputs, "step", owner),
    condition: expressions.condition(child(map, "condition"), "step", owner),
    routes,
    retry: retry ? readRetry(retry, problems) : context.defaults.retry,
    timeoutMs: timeout ? readDuration(timeout, problems) : context.defaults.timeoutMs,
    remind: remind ? readRemind(remind, problems) : null,
    maxVisits,
    failIf: expressions.condition(failIf ?? waitFailIf, "result", owner),
    conclude,
    forEach: null,
    repeat: null,
    subject: null,
    unique: null,
    secrets: [],
    safeOutputs: [],
  };
  if (id === undefined || idTree === undefined) return [];
  return { step, place: idTree, routePlaces, maxVisitsGiven: child(map, "max_visits") !== undefined };
}

/** A step of no or of several kinds is told and read as its first kind, or as a delay of no time. */
function readKind(map: MapTree, owner: string | null, context: StepContext): StepKind {
  const { problems, expressions } = context;
  const given = kindKeys.filter((key) => map.entries.has(key));
  const [first, second] = given;
  if (first === undefined && !hasOtherKind(map)) {
    const place = map.entries.get("id")?.value ?? { start: map.start, end: map.start };
    problems.add("stepKind", place, `the step ${owner === null ? "" : `"${short(owner)}" `}does nothing`, {
      hint: `Give it one of ${kindKeys.join(", ")}.`,
    });
  }
  if (first !== undefined && second !== undefined) {
    const place = map.entries.get(second)?.key ?? map;
    problems.add("stepKind", place, `a step is one kind, and this one is ${given.join(" and ")}`, {
      hint: "Make a step of each.",
      related: { message: `it is ${first} here`, place: map.entries.get(first)?.key ?? map },
    });
  }
  switch (first) {
    case "agent":
      return { kind: "agent", agent: readAgentName(child(map, "agent"), context) };
    case "action": {
      const action = child(map, "action");
      if (action) {
        // What `subject` names may be a pull request.
        const pullRequest = context.actions.pullRequest || map.entries.has("subject");
        checkAction(action, child(map, "inputs"), { ...context.actions, problems, pullRequest });
      }
      return { kind: "action", action: textOf(action) ?? "" };
    }
    case "approval":
      return { kind: "approval", ...readApproval(child(map, "approval"), owner, context) };
    case "wait_for":
      return readWait(child(map, "wait_for"), owner, context);
    case "delay":
    case undefined: {
      const delay = child(map, "delay");
      const duration = delay
        ? expressions.template(delay, "step", owner)
        : expressions.template(noTime, "step");
      if (typeof duration.literal === "string" && durationMs(duration.literal) === null && delay) {
        problems.add(
          "wrongForm",
          delay,
          `delay must be a duration such as 90s, 10m, 2h or 7d, not "${short(duration.literal)}"`,
        );
      }
      return { kind: "delay", duration };
    }
    default:
      return first satisfies never;
  }
}

/** Whether the schema has told of a kind already: one of a later version, or one that is spelt wrong. */
function hasOtherKind(map: MapTree): boolean {
  return [...map.entries.keys()].some(
    (key) => laterKinds.includes(key) || nearest(key, kindKeys) !== undefined,
  );
}

const noTime: Tree = { type: "scalar", value: "0s", style: "plain", start: 0, end: 0 };

function readAgentName(tree: Tree | undefined, { agentNames, problems }: StepContext): string {
  const name = textOf(tree) ?? "";
  if (tree && textOf(tree) !== undefined && !agentNames.has(name)) {
    problems.add("unknownAgent", tree, `unknown agent "${short(name)}"`, {
      hint:
        didYouMean(name, agentNames) ??
        "Name a shipped role, an entry of the workflow's agents, or a file of .hishamos/agents/.",
    });
  }
  return name;
}

function readApproval(tree: Tree | undefined, owner: string | null, context: StepContext): ApprovalOptions {
  const { problems, expressions } = context;
  const ways = ["command", "button", "review"] as const;
  const by = child(tree, "by");
  const exclude = child(tree, "exclude");
  for (const item of itemsOf(child(tree, "from"))) checkDecider(item, problems);
  return {
    from: textsOf(child(tree, "from")),
    count: numberOf(child(tree, "count")) ?? 1,
    by: by ? readWords(by, ways, "a way to decide", problems) : ways,
    exclude: exclude ? textsOf(exclude) : ["actor", "author"],
    message: expressions.optionalTemplate(child(tree, "message"), "step", owner),
  };
}

const decider = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|@[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)$/;
const deciderRoles = ["read", "triage", "write", "maintain", "admin"] as const;

/** A login, `@org/team` or `role:write`: a name that nobody has would wait for ever. */
function checkDecider(item: Tree, problems: Problems): void {
  const text = textOf(item);
  if (text === undefined) return;
  if (text.startsWith("role:")) {
    const role = text.slice("role:".length);
    if (deciderRoles.some((each) => each === role)) return;
    problems.add(
      "unknownValue",
      item,
      `"${short(role)}" is not a repository role: use ${deciderRoles.join(", ")}`,
      {
        hint: didYouMean(role, deciderRoles),
      },
    );
  } else if (!decider.test(text)) {
    const login = text.replace(/^@/, "");
    problems.add("wrongForm", item, `"${short(text)}" is neither a login nor @org/team nor role:write`, {
      hint: decider.test(login) ? `Write "${login}".` : undefined,
    });
  }
}

function readWait(tree: Tree | undefined, owner: string | null, context: StepContext): StepKind {
  const { problems, expressions } = context;
  const map = mapOf(tree);
  const later = map?.entries.has("checks") || map?.entries.has("pull_request");
  const named = map ? child(map, "event") : tree;
  if (map && named === undefined && !later) {
    problems.add(
      "missingKey",
      { start: map.start, end: map.start },
      'the key "event" of wait_for is missing',
    );
  }
  for (const item of itemsOf(named)) {
    const name = textOf(item);
    if (name !== undefined) checkEventName(name, item, problems);
  }
  return {
    kind: "wait_for",
    events: textsOf(named),
    match: expressions.condition(child(map, "match"), "step", owner),
    since: expressions.condition(child(map, "since"), "step", owner),
  };
}

function readRemind(tree: Tree, problems: Problems): Step["remind"] {
  const every = child(tree, "every");
  const everyMs = every ? readDuration(every, problems) : null;
  return everyMs === null ? null : { everyMs, max: numberOf(child(tree, "max")) ?? 3 };
}
