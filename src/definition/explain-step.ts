import { innerList } from "../core/locate.ts";
import type { ApprovalOptions, Step, StepList } from "../core/workflow.ts";
import { conditionInWords } from "./explain-condition.ts";
import {
  aAnd,
  aOr,
  counted,
  durationInWords,
  everyInWords,
  fixedValue,
  sentence,
  templateInWords,
  times,
} from "./explain-words.ts";

/** What holds for most steps of a list, and is said once above it. */
export interface Common {
  readonly retry: string | null;
  readonly failure: string | null;
}

/** The retry and the way after a failure that more than half of the steps share, if there are some. */
export function commonOf(list: StepList): Common {
  return {
    retry: most(list.steps.filter(works).map(retryInWords)),
    failure: list.order === "graph" ? most(list.steps.map((step) => step.routes.on_failure)) : null,
  };
}

function most(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [value, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [null, 0];
  return count > 2 && count * 2 > values.length ? value : null;
}

/** What a step does and what comes next, in a few short sentences; what is inside it is told elsewhere. */
export function stepInWords(
  step: Step,
  list: StepList,
  common: Common,
  pullRequests: ReadonlySet<string>,
): string {
  const what = [...before(step), does(step, pullRequests), ...around(step)].join("");
  return [sentence(what), ...modifiers(step, common), ...following(step, list, common)].join(" ");
}

/** When and how often, before what is done. */
function before({ condition, forEach, repeat }: Step): readonly string[] {
  const each = forEach
    ? `for each item of ${templateInWords(forEach.in, "a list")} (as ${forEach.as}), `
    : "";
  const only =
    condition === null ? "" : `${forEach ? "and only" : "only"} if ${conditionInWords(condition.source)}, `;
  return [each, only, repeat ? "again and again, " : ""];
}

function does(step: Step, pullRequests: ReadonlySet<string>): string {
  const { kind } = step;
  switch (kind.kind) {
    case "agent":
      return pullRequests.has(kind.agent)
        ? `the agent ${kind.agent} makes a pull request`
        : `the agent ${kind.agent} does its work`;
    case "action":
      return action(kind.action);
    case "approval":
      return approval(kind);
    case "wait_for": {
      const match = kind.match === null ? "" : ` where ${conditionInWords(kind.match.source)}`;
      const since = kind.since === null ? "" : `, looking back to ${conditionInWords(kind.since.source)}`;
      return `it waits until GitHub tells of ${aOr(kind.events)}${match}${since}`;
    }
    case "wait_for_checks":
      return kind.checks === "required"
        ? "it waits until all required checks of the pull request have succeeded"
        : kind.checks === "all"
          ? "it waits until all checks of the pull request have succeeded"
          : `it waits until the checks ${aAnd(kind.checks)} of the pull request have succeeded`;
    case "wait_for_pull_request":
      return kind.state === "merged"
        ? "it waits until the pull request is merged"
        : "it waits until the pull request is closed, merged or not";
    case "delay": {
      const fixed = fixedValue(kind.duration);
      return fixed === undefined
        ? `it waits for ${templateInWords(kind.duration, "a time that is computed then")}`
        : `it waits for ${inWords(typeof fixed === "string" ? fixed : JSON.stringify(fixed))}`;
    }
    case "workflow":
      return `the workflow ${kind.workflow} is run, and its end awaited`;
    case "parallel":
      return kind.join === "all"
        ? "all of these go on at once, and all must succeed"
        : kind.join === "any" || kind.join === 1
          ? "all of these begin at once, until one has succeeded; the others are then cancelled"
          : `all of these begin at once, until ${kind.join} have succeeded; the others are then cancelled`;
    case "steps":
      return "these steps are one piece of work";
    default:
      return kind satisfies never;
  }
}

function inWords(duration: string): string {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const names: Readonly<Record<string, string>> = {
    ms: "millisecond",
    s: "second",
    m: "minute",
    h: "hour",
    d: "day",
  };
  const name = names[unit];
  return name === undefined ? duration : counted(Number(count), name);
}

const actions: ReadonlyMap<string, string> = new Map([
  ["comment.sticky", "its comment is kept up to date"],
  ["http.request", "a service outside of GitHub is called"],
  ["actions.run", "a GitHub Actions workflow is run, and its end awaited"],
  ["issues.createComment", "a comment is written"],
  ["issues.addLabels", "labels are added"],
  ["issues.removeLabel", "a label is taken away"],
  ["issues.setLabels", "the labels are set"],
  ["issues.addAssignees", "somebody is assigned"],
  ["issues.create", "an issue is opened"],
  ["issues.update", "the issue is changed"],
  ["pulls.merge", "the pull request is merged"],
  ["pulls.create", "a pull request is opened"],
  ["pulls.requestReviewers", "reviewers are asked"],
  ["repos.createRelease", "a release is made"],
]);

/** `issues.addAssignees`: what it is for, or the method's own name in words. */
function action(name: string): string {
  const known = actions.get(name);
  if (known !== undefined) return `${known} (\`${name}\`)`;
  const [room = "", method = ""] = name.split(".");
  const words = method.replaceAll(/([A-Z])/g, " $1").toLowerCase();
  return `GitHub is told to ${words} (\`${room}.${method}\`)`;
}

function approval({ from, count, by, exclude }: ApprovalOptions): string {
  const people = from.length === 0 ? "somebody with the role write or above" : who(from);
  const many = count === 1 ? people : `${count} different people of ${people}`;
  const not = exclude.map((each) =>
    each === "actor" ? "who started it" : each === "author" ? "the author" : each,
  );
  const ways = by.map((way) => (way === "review" ? "a review" : `a ${way}`));
  return `${many} must approve${by.length === 3 ? "" : ` by ${aOr(ways)}`}${not.length === 0 ? "" : `, but not ${aOr(not)}`}`;
}

function who(from: readonly string[]): string {
  return aOr(
    from.map((each) =>
      each.startsWith("role:") ? `somebody with the role ${each.slice(5)} or above` : each,
    ),
  );
}

/** Modifiers that belong into the sentence of what is done. */
function around({ forEach, repeat }: Step): readonly string[] {
  const parts: string[] = [];
  if (forEach) {
    parts.push(forEach.maxParallel === 1 ? ", one after the other" : `, ${forEach.maxParallel} at a time`);
    parts.push(
      forEach.failFast
        ? "; the first that fails cancels the rest"
        : "; all are tried before one that failed counts",
    );
  }
  if (repeat) {
    const pause = repeat.everyMs === 0 ? "" : `, with ${durationInWords(repeat.everyMs)} in between`;
    parts.push(
      repeat.until === null
        ? `, ${counted(repeat.max, "time")}${pause}`
        : `, until ${conditionInWords(repeat.until.source)}, at most ${counted(repeat.max, "time")}${pause}`,
    );
  }
  return parts;
}

function modifiers(step: Step, common: Common): readonly string[] {
  const { failIf, timeoutMs, remind, subject, unique, secrets, safeOutputs } = step;
  const said: string[] = [];
  if (subject)
    said.push(
      `It is about another issue or pull request: ${templateInWords(subject, "a number that is computed then")}.`,
    );
  if (unique)
    said.push(
      `What was made once under the key ${templateInWords(unique, "that it computes")} is used again, not made anew.`,
    );
  if (failIf) said.push(`It counts as failed if ${conditionInWords(failIf.source)}.`);
  const again = retryInWords(step);
  if (again !== common.retry && (again !== null || works(step)))
    said.push(sentence(again ?? "it is tried only once"));
  const reminded = remind === null ? "" : `${everyInWords(remind.everyMs)}, ${times(remind.max)} at most`;
  if (timeoutMs !== null)
    said.push(
      `It may take ${durationInWords(timeoutMs)}${step.forEach ? " for each item" : ""}${reminded === "" ? "" : `, with a reminder ${reminded}`}.`,
    );
  else if (reminded !== "") said.push(`Whoever is asked is reminded ${reminded}.`);
  if (secrets.length > 0)
    said.push(`It uses the ${secrets.length === 1 ? "secret" : "secrets"} ${aAnd(secrets)}.`);
  if (safeOutputs.length > 0)
    said.push(
      `For it may be done: ${aAnd(safeOutputs.map(({ type, max, allowed }) => `${safe[type]} (${max} at most${allowed.length > 0 ? `, of ${aOr(allowed)}` : ""})`))}.`,
    );
  return said;
}

const failures = { transient: "a failure that may pass", timeout: "a timeout", error: "an error" } as const;
const safe = { comment: "comments", labels: "labels", issue: "issues" } as const;

/** What may fail and be tried again by itself: people, events and time are waited for once. */
function works({ kind }: Step): boolean {
  return kind.kind === "agent" || kind.kind === "action" || kind.kind === "workflow";
}

/** Null where it is tried once. */
function retryInWords(step: Step): string | null {
  const { retry } = step;
  if (retry.maxAttempts === 1 || !(works(step) || innerList(step))) return null;
  const causes = retry.on.length === 3 ? "what fails" : aOr(retry.on.map((each) => failures[each]));
  const again = retry.maxAttempts - 1 === 1 ? "once more" : `up to ${retry.maxAttempts} times in all`;
  return `after ${causes} it is tried ${again}, ${pauses(retry)}`.replace(
    "after what fails it",
    "what fails",
  );
}

function pauses({ initialMs, factor, maxMs }: Step["retry"]): string {
  if (factor === 1 || initialMs >= maxMs) return `${durationInWords(initialMs)} apart`;
  return `first after ${durationInWords(initialMs)}, then ever later`;
}

/** What comes after the step, as far as the order of the list and what is common do not say it. */
function following(step: Step, list: StepList, common: Common): readonly string[] {
  const { routes, conclude, maxVisits, condition, timeoutMs } = step;
  const said: string[] = [];
  const below = list.steps[list.steps.indexOf(step) + 1]?.id ?? null;
  if (conclude !== null) said.push(`That ends the run as ${conclude}.`);
  if (list.order === "graph") {
    const { on_success: success, on_failure: failure, on_skip: skip, on_timeout: late } = routes;
    if (conclude === null && success === null) said.push("Here the path ends.");
    else if (conclude === null && success !== below) said.push(`Next comes ${success ?? ""}.`);
    if (condition !== null && (skip !== success || conclude !== null))
      said.push(skip === null ? "If it is skipped, the path ends." : `If it is skipped, ${skip} comes next.`);
    if (failure === null && common.failure !== null) said.push("If it fails, the run fails.");
    else if (failure !== null && failure !== common.failure) said.push(`If it fails, ${failure} comes next.`);
    if (timeoutMs !== null && late !== null && late !== failure)
      said.push(`If it takes too long, ${late} comes next.`);
  }
  if (maxVisits !== null || routes.on_exhausted !== null) {
    const end = routes.on_exhausted === null ? "the run fails" : `${routes.on_exhausted} comes next`;
    said.push(
      maxVisits === null
        ? `If that never comes, ${end}.`
        : `It is entered ${times(maxVisits)} at most; after that ${end}.`,
    );
  }
  return said;
}
