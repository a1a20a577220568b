import type { StepError } from "../../core/execution.ts";
import { isObject, type Json } from "../../core/json.ts";
import { staticPath } from "../../core/locate.ts";
import { nearest } from "../../core/nearest.ts";
import {
  type Expectation,
  type ExpectedStep,
  pathOf,
  type StepState,
  type TestCase,
} from "../../definition/tests/index.ts";
import { aligned } from "./align.ts";
import type { Played } from "./play.ts";
import type { SeenVisit } from "./seen.ts";

/** One thing that came out differently. */
export interface Difference {
  /** The key of the expectation, as `expect.steps`. */
  readonly at: string;
  /** One line: what was expected and what was seen. */
  readonly message: string;
  /** Lines that show it, or none. */
  readonly detail: readonly string[];
}

/** Holds what was played against what is expected; empty where it came out as expected. */
export function judge(
  { expect }: TestCase,
  played: Played,
  steps: ReadonlyMap<string, unknown>,
): readonly Difference[] {
  const found: Difference[] = [];
  const differs = (key: keyof Expectation, message: string, detail: readonly string[] = []) => {
    found.push({ at: `expect.${key}`, message, detail });
  };
  const { execution } = played;
  const state = execution?.state ?? "not_started";
  if (expect.state !== undefined && expect.state !== state)
    differs("state", `expected ${expect.state}, seen ${state}${why(played)}`, played.notes);
  if (expect.steps !== undefined) {
    if (Array.isArray(expect.steps))
      judgeOrder(expect.steps as readonly Item[], played.visits, steps, differs);
    else
      judgeSteps(
        expect.steps as Readonly<Record<string, StepState | ExpectedStep>>,
        played.visits,
        steps,
        differs,
      );
  }
  for (const wanted of expect.comments ?? []) judgeComment(wanted, played.comments, differs);
  judgeLabels(expect.labels, played.labels, differs);
  if (expect.assignees && !same([...expect.assignees].toSorted(), [...played.assignees].toSorted()))
    differs("assignees", `expected ${listed(expect.assignees)}, seen ${listed(played.assignees)}`);
  if (expect.issue !== undefined && expect.issue !== played.issue)
    differs("issue", `expected ${expect.issue}, seen ${played.issue ?? "no issue"}`);
  if (expect.pull_request !== undefined && expect.pull_request !== played.pullRequest)
    differs(
      "pull_request",
      `expected ${expect.pull_request}, seen ${played.pullRequest ?? "no pull request"}`,
    );
  if (expect.outputs !== undefined && !within(expect.outputs, execution?.outputs ?? null))
    differs("outputs", `expected ${shown(expect.outputs)}, seen ${shown(execution?.outputs ?? null)}`);
  judgeError(expect.error, played, differs);
  return found;
}

type Differs = (key: keyof Expectation, message: string, detail?: readonly string[]) => void;
type Item = string | Readonly<Record<string, StepState>>;

/** As `still waiting: checks/qa/test for a person (qa-agent)`; empty where nothing is or was. */
export function stillWaiting({ waiting }: Pick<Played, "waiting">): string {
  const said = waiting.map(({ path, whom }) => `${path} for ${whom}`);
  return said.length === 0 ? "" : `still waiting: ${said.join(", ")}`;
}

function why(played: Played): string {
  const { execution, waiting } = played;
  if (!execution) return "";
  const { ending } = execution;
  if (ending?.error)
    return [` ${errorInWords(ending.error)}`, stillWaiting(played)].filter((each) => each !== "").join("; ");
  if (execution.held !== null) return `: it waits for somebody to allow ${execution.held}`;
  if (execution.wants !== null) return ": it is queued";
  const said = waiting.map(({ path, whom }) => `${path} waits for ${whom}`);
  return said.length === 0 ? "" : `: ${said.join(", ")}`;
}

/** As `at fix (http_403): Forbidden`; what ends the whole is at no step. */
function errorInWords({ step, code, message }: StepError): string {
  return `${step === "" ? "" : `at ${step} `}(${code}): ${message}`;
}

function judgeOrder(
  expected: readonly Item[],
  visits: readonly SeenVisit[],
  steps: ReadonlyMap<string, unknown>,
  differs: Differs,
): void {
  const wanted = expected.map((item): { path: string; state: StepState | null } => {
    const [name, state] = typeof item === "string" ? [item, null] : (Object.entries(item)[0] ?? ["", null]);
    return { path: pathOf(name, steps) ?? name, state };
  });
  const skipped = new Set(wanted.filter(({ state }) => state === "skipped").map(({ path }) => path));
  const named = new Set(wanted.map(({ path }) => path));
  const scopes = new Set([...named].flatMap(scopesOf));
  const exact = (path: string) => (named.has(path) ? path : staticPath(path));
  const seen = visits.flatMap((visit) => {
    const path = exact(visit.path);
    // Skipped steps and what is inside a group count only where the list speaks of them.
    if (visit.state === "skipped" && !skipped.has(path)) return [];
    const [around] = scopesOf(visit.path).map(staticPath);
    if (around !== undefined && !named.has(path) && !scopes.has(around)) return [];
    return [{ ...visit, path }];
  });
  const rows = aligned(wanted, seen, (want, visit) => want.path === visit.path && fits(want.state, visit));
  const first = rows.findIndex(({ left, right }) => left === null || right === null);
  if (first < 0) return;
  const width = Math.max(10, ...wanted.map(({ path, state }) => written(path, state).length));
  const detail = rows.map(({ left, right }, index) => {
    const want = left === null ? "" : written(left.path, left.state);
    const got = right === null ? "" : seenLabel(right, left?.state ?? null);
    return `${index === first ? ">" : " "} ${want.padEnd(width)}  ${got}`.trimEnd();
  });
  const { left, right } = rows[first] ?? { left: null, right: null };
  const message =
    left === null
      ? `expected no visit of ${right?.path ?? ""} here`
      : `expected ${written(left.path, left.state)}, seen ${nextSeen(rows, first)}`;
  differs("steps", message, [`  ${"expected".padEnd(width)}  seen`, ...detail]);
}

/** What stands where the expected step is missed. */
function nextSeen(rows: readonly { readonly right: SeenVisit | null }[], from: number): string {
  const next = rows.slice(from).find(({ right }) => right !== null)?.right;
  return next ? seenLabel(next, null) : "the end";
}

/** `a/b/c` -> `a/b`, `a`. */
function scopesOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, parts.length - 1 - index).join("/"));
}

function fits(state: StepState | null, visit: SeenVisit): boolean {
  return state === null ? visit.state !== "skipped" : visit.state === state;
}

function written(path: string, state: StepState | null): string {
  return state === null ? path : `${path}: ${state}`;
}

function seenLabel(visit: SeenVisit, state: StepState | null): string {
  if (visit.error) return `${visit.path}: failed (${visit.error.code}: ${oneLine(visit.error.message)})`;
  return state === null && visit.state === "completed" ? visit.path : `${visit.path}: ${visit.state}`;
}

function judgeSteps(
  expected: Readonly<Record<string, StepState | ExpectedStep>>,
  visits: readonly SeenVisit[],
  steps: ReadonlyMap<string, unknown>,
  differs: Differs,
): void {
  for (const [name, given] of Object.entries(expected)) {
    const want: ExpectedStep = typeof given === "string" ? { state: given } : given;
    const path = pathOf(name, steps) ?? name;
    const all = visits.filter(
      (visit) => visit.path === path || (!path.includes("[") && staticPath(visit.path) === path),
    );
    const last = all.at(-1);
    const count = all.filter(({ state }) => state !== "skipped").length;
    if (want.visits !== undefined && want.visits !== count)
      differs("steps", `${name}: expected ${want.visits} visits, seen ${count}`);
    if (last === undefined) {
      if (want.visits !== 0) differs("steps", `${name}: expected ${want.state ?? "a visit"}, seen none`);
      continue;
    }
    if (want.state !== undefined && want.state !== last.state)
      differs(
        "steps",
        `${name}: expected ${want.state}, seen ${seenLabel(last, want.state).slice(last.path.length + 2)}`,
      );
    if (want.error !== undefined && want.error !== last.error?.code)
      differs(
        "steps",
        `${name}: expected the error ${want.error}, seen ${last.error ? `${last.error.code}: ${oneLine(last.error.message)}` : "none"}`,
      );
    for (const key of ["input", "output"] as const) {
      const wanted = want[key];
      if (wanted !== undefined && !within(wanted, last[key]))
        differs("steps", `${name}: expected the ${key} ${shown(wanted)}, seen ${shown(last[key])}`);
    }
  }
}

function judgeComment(
  wanted: string | { readonly not: string },
  comments: readonly string[],
  differs: Differs,
): void {
  if (typeof wanted !== "string") {
    const found = comments.find((body) => flat(body).includes(flat(wanted.not)));
    if (found !== undefined)
      differs("comments", `expected no comment with ${JSON.stringify(wanted.not)}`, [quote(found)]);
    return;
  }
  if (comments.some((body) => flat(body).includes(flat(wanted)))) return;
  const near = nearComments(wanted, comments);
  const detail =
    comments.length === 0
      ? []
      : [near.length > 0 ? "near:" : "seen:", ...(near.length > 0 ? near : comments.slice(-3)).map(quote)];
  differs(
    "comments",
    `no comment has ${JSON.stringify(wanted)} in it${comments.length === 0 ? "; there is none" : ""}`,
    detail,
  );
}

/** Lines of comments that share half of the expected words or more, the best first. */
function nearComments(wanted: string, comments: readonly string[]): readonly string[] {
  const words = wordsOf(wanted);
  const lines = new Set(comments.flatMap((body) => body.split("\n").map(flat)));
  return [...lines]
    .map((line) => {
      const has = wordsOf(line);
      const shared = [...words].filter((word) => has.has(word)).length;
      return { line, share: shared / Math.max(1, words.size), foreign: has.size - shared };
    })
    .filter(({ share }) => share >= 0.5)
    .toSorted((x, y) => y.share - x.share || x.foreign - y.foreign)
    .slice(0, 2)
    .map(({ line }) => line);
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function judgeLabels(expected: Expectation["labels"], seen: readonly string[], differs: Differs): void {
  if (expected === undefined) return;
  if (Array.isArray(expected)) {
    const all = expected as readonly string[];
    if (!same([...all].toSorted(), [...seen].toSorted()))
      differs("labels", `expected ${listed(all)}, seen ${listed(seen)}`);
    return;
  }
  const { has = [], not = [] } = expected as { has?: readonly string[]; not?: readonly string[] };
  for (const label of has) {
    if (seen.includes(label)) continue;
    const close = nearest(label, seen);
    differs(
      "labels",
      `expected ${label} among ${listed(seen)}${close === undefined ? "" : ` (${close} is close)`}`,
    );
  }
  for (const label of not)
    if (seen.includes(label)) differs("labels", `expected no ${label} among ${listed(seen)}`);
}

function judgeError(expected: Expectation["error"], { execution }: Played, differs: Differs): void {
  if (expected === undefined) return;
  const want = typeof expected === "string" ? { code: expected } : expected;
  const error = execution?.ending?.error ?? null;
  const fit =
    error !== null &&
    (want.code === undefined || want.code === error.code) &&
    (want.step === undefined || want.step === error.step) &&
    (want.message === undefined || error.message.includes(want.message));
  if (!fit) {
    const at = error?.step ? ` at ${error.step}` : "";
    const seen = error === null ? "none" : `${error.code}${at}: ${oneLine(error.message)}`;
    differs("error", `expected ${shown(want)}, seen ${seen}`);
  }
}

/** Whether the seen value has all that is expected: maps may have more, lists and single values are equal. */
export function within(expected: Json, seen: Json): boolean {
  if (Array.isArray(expected)) {
    const list = expected as readonly Json[];
    return (
      Array.isArray(seen) &&
      seen.length === list.length &&
      list.every((item, index) => within(item, (seen as readonly Json[])[index] ?? null))
    );
  }
  if (isObject(expected)) {
    return (
      isObject(seen) &&
      Object.entries(expected).every(([key, value]) =>
        within(value, Object.hasOwn(seen, key) ? (seen[key] ?? null) : null),
      )
    );
  }
  return expected === seen;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function listed(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function oneLine(text: string): string {
  const line = flat(text);
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

function quote(text: string): string {
  return `  ${JSON.stringify(oneLine(text))}`;
}
