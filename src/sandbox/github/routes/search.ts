import { authorize } from "../auth.ts";
import type { Issue, Repository } from "../model.ts";
import { page } from "../pagination.ts";
import { invalid, Refusal } from "../refusal.ts";
import { type Call, type Route, route } from "../router.ts";
import { issueJson } from "../serialize/issue.ts";

type Test = (issue: Issue) => boolean;

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Qualifier to what it asks of an issue; `in:` and `repo:` are read apart. */
const QUALIFIERS: Readonly<Record<string, (value: string) => Test>> = {
  is: (value) => (issue) => {
    if (value === "pr" || value === "pull-request") return issue.pull !== null;
    if (value === "issue") return issue.pull === null;
    if (value === "merged") return issue.pull?.mergedAt !== undefined && issue.pull.mergedAt !== null;
    return issue.state === value;
  },
  type: (value) => (issue) => (value === "pr") === (issue.pull !== null),
  state: (value) => (issue) => issue.state === value,
  label: (value) => (issue) => issue.labels.some((label) => same(label.name, value)),
  author: (value) => (issue) => same(issue.user.login, value.replace(/^app\/(.*)$/, "$1[bot]")),
  assignee: (value) => (issue) => issue.assignees.some((user) => same(user.login, value)),
  head: (value) => (issue) => issue.pull?.headRef === value,
  base: (value) => (issue) => issue.pull?.baseRef === value,
  draft: (value) => (issue) => issue.pull !== null && String(issue.pull.draft) === value,
  no: (value) => {
    if (value === "assignee") return (issue) => issue.assignees.length === 0;
    if (value === "milestone") return (issue) => issue.milestone === null;
    if (value === "label") return (issue) => issue.labels.length === 0;
    throw notKnown(`no:${value}`);
  },
  created: (value) => timeTest(value, (issue) => issue.createdAt),
  updated: (value) => timeTest(value, (issue) => issue.updatedAt),
};

/** `<2026-01-31`, or with `<=`, `>`, `>=`; a time may follow the date. */
function timeTest(value: string, timeOf: (issue: Issue) => number): Test {
  const [, operator, text = ""] = /^([<>]=?)(.+)$/.exec(value) ?? [];
  const at = Date.parse(text);
  if (operator === undefined || Number.isNaN(at)) throw notKnown(value);
  return (issue) => {
    const ms = timeOf(issue) - at;
    return (operator.startsWith("<") ? ms < 0 : ms > 0) || (operator.endsWith("=") && ms === 0);
  };
}

function notKnown(term: string): Refusal {
  return invalid("Search", "q", "invalid", `the sandbox does not know ${term}`);
}

function textTest(term: string, fields: readonly string[]): Test {
  const wanted = term.toLowerCase();
  return (issue) =>
    (fields.includes("title") && issue.title.toLowerCase().includes(wanted)) ||
    (fields.includes("body") && (issue.body ?? "").toLowerCase().includes(wanted));
}

interface Search {
  readonly repositories: readonly string[];
  readonly tests: readonly Test[];
}

/** A qualifier that this stand-in does not know is refused rather than passed over: a silent match would mislead. */
function parse(query: string): Search {
  const terms = query.match(/-?\w[\w-]*:"[^"]*"|"[^"]*"|\S+/g) ?? [];
  const pairs = terms.map((term) => {
    const [, not, name, value] = /^(-?)(\w[\w-]*):(.+)$/.exec(term) ?? [];
    return { isNot: not === "-", name, value: (value ?? term).replaceAll('"', "") };
  });
  const fields = pairs.filter((pair) => pair.name === "in").flatMap((pair) => pair.value.split(","));
  const tests = pairs
    .filter((pair) => pair.name !== "in" && pair.name !== "repo")
    .map(({ isNot, name, value }): Test => {
      if (name === undefined) return textTest(value, fields.length === 0 ? ["title", "body"] : fields);
      const make = Object.hasOwn(QUALIFIERS, name) ? QUALIFIERS[name] : undefined;
      if (make === undefined) throw notKnown(`the qualifier ${name}:`);
      const test = make(value);
      return isNot ? (issue) => !test(issue) : test;
    });
  return {
    tests,
    repositories: pairs.filter((pair) => pair.name === "repo").map((pair) => pair.value.toLowerCase()),
  };
}

function canRead(call: Call, repository: Repository): boolean {
  try {
    authorize(call.caller, repository, {
      permissions: ["issues", "pull_requests"],
      level: "read",
      role: "read",
    });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function search(call: Call) {
  const query = call.query.get("q");
  if (query === null || query === "") throw invalid("Search", "q", "missing_field");
  const { repositories, tests } = parse(query);
  const hits = [...call.world.repositories.values()]
    .filter(
      (one) =>
        repositories.length === 0 || repositories.includes(`${one.owner.login}/${one.name}`.toLowerCase()),
    )
    .filter((one) => canRead(call, one))
    .flatMap((repository) =>
      [...repository.issues.values()]
        .filter((issue) => tests.every((test) => test(issue)))
        .map((issue) => ({ repository, issue })),
    );
  const { items, headers } = page(call, hits.toReversed());
  const shown = items.map(({ repository, issue }) => ({
    ...issueJson(call.world, repository, issue),
    score: 1,
  }));
  return {
    status: 200,
    headers,
    body: { total_count: hits.length, incomplete_results: false, search_type: "lexical", items: shown },
  };
}

export const searchRoutes: readonly Route[] = [route("GET /search/issues", search)];
