import { durationMs } from "../core/duration.ts";
import type { ApprovalOptions, StepKind, StepList } from "../core/workflow.ts";
import { checkAction } from "./actions/index.ts";
import { checkChildInputs, checkChildPermissions } from "./children.ts";
import { readDeciders } from "./deciders.ts";
import { short } from "./limits.ts";
import { kindKeys } from "./schema/step.ts";
import type { ListFrame, Site } from "./sites.ts";
import type { StepContext } from "./step-context.ts";
import { durationHint } from "./structure.ts";
import { child, type MapTree, numberOf, type Tree, textOf, textsOf } from "./tree.ts";
import { readWait } from "./waits.ts";
import { readWords } from "./words.ts";

/** Reads the list inside a step. */
type ReadInner = (tree: Tree | undefined, frame: ListFrame) => StepList;

/** A step of no or of several kinds is told and read as its first kind, or as a delay of no time. */
export function readKind(map: MapTree, site: Site, context: StepContext, readInner: ReadInner): StepKind {
  const { problems, expressions } = context;
  const first = tellKinds(map, context);
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
      return { kind: "approval", ...readApproval(child(map, "approval"), site, context) };
    case "wait_for":
      return readWait(child(map, "wait_for"), site, expressions, problems);
    case "workflow": {
      const reference = child(map, "workflow");
      const workflow = context.children.read(reference);
      if (workflow !== null && reference !== undefined) {
        const { granted, place } = context.actions.permissions;
        checkChildInputs(workflow, reference, child(map, "inputs"), problems);
        checkChildPermissions(workflow, reference, granted, place, problems);
      }
      return { kind: "workflow", workflow: textOf(reference) ?? "" };
    }
    case "parallel": {
      const tree = child(map, "parallel");
      const list = readInner(child(tree, "steps"), frame("parallel", site));
      return {
        kind: "parallel",
        join: readJoin(child(tree, "join"), list.steps.length, context),
        steps: list,
      };
    }
    case "steps":
      return { kind: "steps", steps: readInner(child(map, "steps"), frame("steps", site)) };
    case "delay":
    case undefined:
      return { kind: "delay", duration: readDelay(child(map, "delay"), site, context) };
    default:
      return first satisfies never;
  }
}

function frame(kind: "parallel" | "steps", site: Site) {
  return { kind, around: site, earlier: null, inFinally: site.list.inFinally, loops: site.loops };
}

function tellKinds(map: MapTree, { problems }: StepContext): (typeof kindKeys)[number] | undefined {
  const given = kindKeys.filter((key) => map.entries.has(key));
  const [first, second] = given;
  // One that is spelt wrong has been told already.
  if (
    first === undefined &&
    ![...map.entries.keys()].some((key) => problems.nearest(key, kindKeys) !== undefined)
  ) {
    const id = textOf(child(map, "id"));
    const place = map.entries.get("id")?.value ?? { start: map.start, end: map.start };
    problems.add("stepKind", place, `the step ${id === undefined ? "" : `"${short(id)}" `}does nothing`, {
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
  return first;
}

function readAgentName(tree: Tree | undefined, { agents, problems }: StepContext): string {
  const name = textOf(tree);
  if (tree === undefined || name === undefined) return "";
  const names = agents.names();
  if (!names.has(name)) {
    problems.add("unknownAgent", tree, `unknown agent "${short(name)}"`, {
      hint:
        problems.didYouMean(name, names) ??
        "Name a shipped role, an entry of the workflow's agents, or a file of .hishamos/agents/.",
    });
  } else {
    const problem = agents.use(name);
    if (problem !== null) problems.add("brokenFile", tree, problem);
  }
  return name;
}

function readApproval(tree: Tree | undefined, site: Site, context: StepContext): ApprovalOptions {
  const { problems, expressions } = context;
  const ways = ["command", "button", "review"] as const;
  const by = child(tree, "by");
  const exclude = child(tree, "exclude");
  return {
    from: readDeciders(child(tree, "from"), problems),
    count: numberOf(child(tree, "count")) ?? 1,
    by: by ? readWords(by, ways, "a way to decide", problems) : ways,
    exclude: exclude ? textsOf(exclude) : ["actor", "author"],
    message: expressions.optionalTemplate(child(tree, "message"), "step", site),
  };
}

function readJoin(
  tree: Tree | undefined,
  branches: number,
  { problems }: StepContext,
): "all" | "any" | number {
  const count = numberOf(tree);
  if (count === undefined) return textOf(tree) === "any" ? "any" : "all";
  if (tree && count > branches && branches > 0) {
    problems.add("outOfRange", tree, `${count} branches can't succeed: the parallel has ${branches}`, {
      hint: `Write all, any, or a number up to ${branches}.`,
    });
  }
  return count;
}

const noTime: Tree = { type: "scalar", value: "0s", style: "plain", start: 0, end: 0 };

function readDelay(delay: Tree | undefined, site: Site, { problems, expressions }: StepContext) {
  if (delay === undefined) return expressions.template(noTime, "step");
  const duration = expressions.template(delay, "step", site);
  const { literal } = duration;
  if (typeof literal === "string" && durationMs(literal) === null) {
    const expected = "a duration such as 90s, 10m, 2h or 7d";
    problems.add("wrongForm", delay, `delay must be ${expected}, not "${short(literal)}"`, {
      hint: durationHint(delay, expected),
    });
  }
  return duration;
}
