import { Ajv, type ErrorObject } from "ajv";
import { parse } from "yaml";
import type { Problem } from "../../core/problem.ts";
import type { RehearsalProblem } from "../problems.ts";

/** What people do on the stand-in while a workflow runs: first what starts it, then an answer to each step that waits. */
export interface Scenario {
  /** `owner/name`. */
  readonly repository: string;
  /** Login to role. */
  readonly people: Readonly<Record<string, Role>>;
  /** Files of the first commit besides the workflow, path to text. */
  readonly files: Readonly<Record<string, string>>;
  readonly start: readonly Act[];
  readonly answers: readonly Answer[];
}

export type Role = "read" | "triage" | "write" | "maintain" | "admin";

/** One deed of one person. */
export interface Act {
  readonly as: string;
  readonly opens_issue?: { readonly title: string; readonly body?: string };
  readonly labels?: string;
  readonly unlabels?: string;
  readonly comments?: string;
  readonly opens_pull_request?: Change & { readonly title: string; readonly body?: string };
  readonly pushes?: Change;
  readonly reviews?: { readonly event: "approve" | "request_changes" | "comment"; readonly body?: string };
  readonly merges?: true;
  readonly closes?: true;
  /** A button of the check run on the pull request's head, by its identifier. */
  readonly clicks?: string;
}

interface Change {
  readonly branch: string;
  readonly files: Readonly<Record<string, string>>;
  readonly message?: string;
}

export interface Answer extends Act {
  /** The step that waits, as `triage`, or one visit of it, as `fix#2`. */
  readonly to: string;
  /** The service is killed with SIGKILL and started again before this deed. */
  readonly after_kill?: true;
}

const text = { type: "string", maxLength: 65_536 };
const files = { type: "object", additionalProperties: text };
const change = {
  branch: { type: "string", minLength: 1 },
  files,
  message: text,
};
const deeds = {
  opens_issue: {
    type: "object",
    additionalProperties: false,
    required: ["title"],
    properties: { title: text, body: text },
  },
  labels: text,
  unlabels: text,
  comments: text,
  opens_pull_request: {
    type: "object",
    additionalProperties: false,
    required: ["title", "branch", "files"],
    properties: { title: text, body: text, ...change },
  },
  pushes: { type: "object", additionalProperties: false, required: ["branch", "files"], properties: change },
  reviews: {
    type: "object",
    additionalProperties: false,
    required: ["event"],
    properties: { event: { enum: ["approve", "request_changes", "comment"] }, body: text },
  },
  merges: { const: true },
  closes: { const: true },
  clicks: text,
};
const act = (more: object, required: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: ["as", ...required],
  // `as`, what the answer is to, and exactly one deed.
  properties: { as: text, ...more, ...deeds },
});
const schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    repository: { type: "string", pattern: "^[^/ ]+/[^/ ]+$" },
    people: {
      type: "object",
      additionalProperties: { enum: ["read", "triage", "write", "maintain", "admin"] },
    },
    files,
    start: { type: "array", items: act({}, []) },
    answers: {
      type: "array",
      items: act(
        {
          to: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*(#[1-9][0-9]*)?$" },
          after_kill: { const: true },
        },
        ["to"],
      ),
    },
  },
};
const validate = new Ajv({ strict: false, allErrors: true }).compile<Partial<Scenario>>(schema);

/** Reads a scenario file (YAML); all its mistakes at once. */
export function readScenario(
  source: string,
  path: string,
): { readonly scenario: Scenario } | { readonly problems: readonly Problem[] } {
  let value: unknown;
  try {
    value = parse(source, { maxAliasCount: 100 });
  } catch (error) {
    return { problems: [problem(path, error instanceof Error ? error.message : String(error))] };
  }
  if (!validate(value))
    return { problems: (validate.errors ?? []).map((error) => problem(path, inWords(error))) };
  const { repository = "acme/shop", people = {}, files: given = {}, start = [], answers = [] } = value;
  const acts: readonly Act[] = [...start, ...answers];
  const wrong = acts.flatMap((each) => {
    const done = Object.keys(deeds).filter((deed) => deed in each);
    return done.length === 1
      ? []
      : [
          problem(
            path,
            `${each.as} needs exactly one deed, has ${done.join(", ") || "none"}: one of ${Object.keys(deeds).join(", ")}`,
          ),
        ];
  });
  return wrong.length > 0
    ? { problems: wrong }
    : { scenario: { repository, people, files: given, start, answers } };
}

function problem(path: string, message: string): RehearsalProblem {
  return { code: "HOS801", message, path };
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  const named = "additionalProperty" in params ? ` (${String(params["additionalProperty"])})` : "";
  return `${instancePath || "the scenario"} ${message ?? "is wrong"}${named}`;
}
