import { durationMs } from "../../core/duration.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Position, Problem } from "../../core/problem.ts";
import { short } from "../limits.ts";
import { Problems } from "../problems.ts";
import { Source } from "../source.ts";
import { child, type MapTree, mapOf, type Tree, textOf, toJson } from "../tree.ts";
import { readYaml } from "../yaml.ts";
import { checkForm } from "./form.ts";
import type { TestProblem } from "./problems.ts";
import type { Answer, Expectation, GitHubState, TestCase, TestEvent } from "./types.ts";

const nothing: GitHubState = {
  repository: "acme/shop",
  collaborators: {},
  teams: {},
  labels: [],
  files: {},
  issues: [],
  pull_requests: [],
  required_checks: {},
};

/** Reads a test file, YAML or JSON: its cases, or all that is wrong with its form, with places. Never throws. */
export function readTests(
  text: string,
  path: string,
): { readonly cases: readonly TestCase[] } | { readonly problems: readonly Problem[] } {
  const source = new Source(text, path);
  const problems = new Problems(source);
  const top = readYaml(problems);
  if (top === null) return { problems: problems.list() };
  checkForm(top, problems);
  if (problems.any) return { problems: problems.list() };
  const listed = child(top, "cases");
  const shared = mapOf(top) ?? top;
  const trees = listed?.type === "list" ? listed.items.flatMap((item) => mapOf(item) ?? []) : [top];
  const cases = trees.flatMap((tree) => readCase(tree, shared, problems) ?? []);
  return problems.any ? { problems: problems.list() } : { cases };
}

function readCase(tree: MapTree, shared: MapTree, problems: Problems): TestCase | null {
  const { source } = problems;
  const wrong = (place: Tree, message: string, hint?: string) => {
    const problem: TestProblem = {
      code: "HOS810",
      message,
      position: source.position(place.start),
      ...(hint === undefined ? {} : { hint }),
    };
    problems.take(problem);
  };
  const given = (key: string): Tree | undefined => child(tree, key) ?? child(shared, key);
  const workflow = textOf(given("workflow"));
  const expect = given("expect");
  if (workflow === undefined)
    wrong(tree, 'the key "workflow" is missing', "Name the workflow that is tested.");
  if (expect === undefined)
    wrong(
      tree,
      'the key "expect" is missing',
      "Say what the workflow is to come to, as expect: {state: completed}.",
    );
  for (const answer of answersIn(given("answers"))) checkAnswer(answer, wrong);
  if (workflow === undefined || expect === undefined || problems.any) return null;
  // Without a list of cases the file is the only one.
  const own = tree === shared ? undefined : mapOf(child(tree, "github"));
  const base = mapOf(child(shared, "github"));
  const answers = { ...objectOf(child(shared, "answers")), ...objectOf(child(tree, "answers")) };
  return {
    name: textOf(child(tree, "name")) ?? workflow,
    path: source.path,
    workflow,
    places: placesOf([shared, tree], tree, source),
    event: readTestEvent(given("event")),
    input: { ...objectOf(child(shared, "input")), ...objectOf(child(tree, "input")) },
    github: readGitHub(objectOf(base), objectOf(own)),
    answers: answers as unknown as TestCase["answers"],
    crash: wordsOf(given("crash")),
    timeMs: durationMs(textOf(given("time")) ?? null),
    expect: objectOf(expect) as unknown as Expectation,
  };
}

function wordsOf(tree: Tree | undefined): readonly string[] {
  const value = tree === undefined ? [] : toJson(tree);
  return [value].flat().filter((word) => typeof word === "string");
}

function objectOf(tree: Tree | undefined): JsonObject {
  const value = tree === undefined ? {} : toJson(tree);
  return isObject(value) ? value : {};
}

/** Lists and maps of the case are added to the file's; an empty list and single values replace them. */
function readGitHub(base: JsonObject, own: JsonObject): GitHubState {
  const merged: Record<string, Json> = { ...(nothing as unknown as JsonObject) };
  for (const layer of [base, own]) {
    for (const [key, value] of Object.entries(layer)) {
      const known = merged[key];
      if (isObject(value) && isObject(known)) merged[key] = { ...known, ...value };
      else if (Array.isArray(value) && value.length > 0 && Array.isArray(known))
        merged[key] = [...(known as Json[]), ...(value as Json[])];
      else merged[key] = value;
    }
  }
  return merged as unknown as GitHubState;
}

function readTestEvent(tree: Tree | undefined): TestEvent | null {
  if (tree === undefined) return null;
  const name = textOf(tree);
  if (name !== undefined) return { name, payload: {} };
  const [entry] = Object.entries(objectOf(tree));
  if (!entry) return null;
  const [named, payload] = entry;
  return { name: named, payload: isObject(payload) ? payload : {} };
}

function answersIn(tree: Tree | undefined): readonly MapTree[] {
  return [...(mapOf(tree)?.entries.values() ?? [])].flatMap(({ value }) =>
    value.type === "list" ? value.items.flatMap((item) => mapOf(item) ?? []) : (mapOf(value) ?? []),
  );
}

/** What an answer does; exactly one of these is in it. */
export const answerDeeds = [
  "output",
  "fail",
  "approve",
  "reject",
  "pull_request",
  "event",
  "checks",
  "run",
  "comments",
  "labels",
  "unlabels",
  "assigns",
  "closes",
  "reopens",
  "merges",
  "pushes",
  "reviews",
  "clicks",
] as const satisfies readonly (keyof Answer)[];

const failureClasses: ReadonlySet<string> = new Set(["transient", "timeout", "error"]);
const byPerson: ReadonlySet<string> = new Set(answerDeeds.slice(8));

function checkAnswer(tree: MapTree, wrong: (place: Tree, message: string, hint?: string) => void): void {
  const done = answerDeeds.filter((deed) => tree.entries.has(deed));
  const [deed] = done;
  if (done.length !== 1 || deed === undefined) {
    const has = done.length === 0 ? "has none" : `has ${done.join(" and ")}`;
    wrong(tree, `an answer does exactly one thing, this one ${has}`, `One of ${answerDeeds.join(", ")}.`);
    return;
  }
  const failure = textOf(tree.entries.get("fail")?.value);
  if (failure !== undefined && !tree.entries.has("by") && !failureClasses.has(failure))
    wrong(
      tree,
      `fail is transient, timeout, error, or a map, not "${short(failure)}"`,
      "A person's reason says whose it is: by: LOGIN.",
    );
  if (byPerson.has(deed) && !tree.entries.has("as"))
    wrong(tree, `"${deed}" is something that a person does`, "Say who: as: LOGIN.");
}

/** Positions of the keys of the case and, where it lacks them, of the file; two levels deep. */
function placesOf(trees: readonly MapTree[], tree: MapTree, source: Source): Record<string, Position> {
  const places: Record<string, Position> = Object.create(null) as Record<string, Position>;
  for (const each of trees) {
    for (const [key, { key: place, value }] of each.entries) {
      places[key] = source.position(place.start);
      for (const [inner, entry] of mapOf(value)?.entries ?? []) {
        places[`${key}.${inner}`] = source.position(entry.key.start);
      }
    }
  }
  places[""] = source.position(tree.start);
  return { ...places };
}
