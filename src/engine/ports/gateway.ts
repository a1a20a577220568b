import type { Execution, RepositoryRef } from "../../core/execution.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Problem } from "../../core/problem.ts";
import type { Role, Workflow } from "../../core/workflow.ts";

/** Who asks, once their token has been checked. */
export interface Caller {
  readonly kind: "operator" | "user" | "actions";
  /** Under which it stands in timelines: a GitHub login; `api` for the operator's token. */
  readonly login: string;
  /** The only repository (its id) that an Actions token speaks for; null for the others. */
  readonly repository: number | null;
}

/** A workflow as the newest commit of its repository's default branch has it. */
export interface WorkflowEntry {
  /** `<repository id>.<stem>`, as `1000.bug-lifecycle`. */
  readonly id: string;
  readonly repository: RepositoryRef;
  readonly path: string;
  readonly commit: string;
  /** Null where it is not valid. */
  readonly workflow: Workflow | null;
  readonly text: string | null;
  readonly problems: readonly Problem[];
  /** The steps as a Mermaid flowchart; null where it is not valid. */
  readonly drawing: string | null;
}

export type Refused =
  /** There is none, or none that one may see. */
  | { readonly refused: "not_found" }
  /** May be seen, but not done. */
  | { readonly refused: "forbidden"; readonly why: string }
  | { readonly refused: "invalid"; readonly problems: readonly Problem[] }
  /** It does not fit what is there now. */
  | { readonly refused: "conflict"; readonly problem: Problem };

/** What people steer an execution by, from anywhere but a comment. */
export const steering = [
  "pause",
  "resume",
  "cancel",
  "retry",
  "skip",
  "allow",
  "approve",
  "reject",
  "done",
  "fail",
] as const;
export type Steering = (typeof steering)[number];

export interface SteeringRequest {
  readonly command: Steering;
  /** The step meant: needed by skip and fail, and by the others where several can be. */
  readonly step: string | null;
  /** Needed by fail. */
  readonly reason: string | null;
  /** What `done` answers, by the step's output schema. */
  readonly values: JsonObject | null;
  /** `retry`: with the newest definition. */
  readonly latest: boolean;
  /** Makes this request this request: one of the same key changes nothing more. */
  readonly key: string;
}

/** A step that waits for something outside it, in words for people. */
export interface Wait {
  readonly step: string;
  /** As the end of "it waits for"; Markdown may stand in it. */
  readonly what: string;
  /** Who may answer it, as `@maya`; null where it is nobody's to answer. */
  readonly who: string | null;
  /** The JSON Schema of the values that `done` takes; null where it takes none. */
  readonly answer: JsonObject | null;
}

/** What the API may ask of GitHub's side: who somebody is, what they may do, and to do it. All reject where GitHub can't be asked. */
export interface Gateway {
  /** Null where the token is nobody's. */
  identify(token: string): Promise<Caller | null>;
  /** `none` where it may not even be seen. The operator has admin everywhere. */
  roleOn(caller: Caller, repository: RepositoryRef, installation: number | null): Promise<Role>;
  /** Those that the caller may see; `repository` as `owner/name`. */
  workflows(
    caller: Caller,
    query: { readonly repository?: string },
  ): Promise<readonly WorkflowEntry[] | Refused>;
  workflow(caller: Caller, id: string): Promise<WorkflowEntry | Refused>;
  /** Validates, and opens a pull request that adds or changes the file; once per key. */
  propose(
    caller: Caller,
    proposal: {
      readonly repository: string;
      readonly path: string;
      readonly text: string;
      readonly key: string;
    },
  ): Promise<{ readonly pullRequest: { readonly number: number; readonly url: string } } | Refused>;
  /** Durable when it resolves; the same key gives the same execution. */
  execute(
    caller: Caller,
    id: string,
    request: {
      readonly input: Readonly<Record<string, Json>>;
      /** Number of the issue or pull request it is about. */
      readonly subject: number | null;
      readonly key: string;
    },
  ): Promise<
    | {
        readonly result: "created" | "exists" | "joined" | "queued" | "rejected";
        readonly execution: Execution;
      }
    | Refused
  >;
  /** The execution's steps as a Mermaid flowchart that shows where it stands, and what it waits for. */
  draw(execution: Execution): Promise<{ readonly mermaid: string; readonly waits: readonly Wait[] }>;
  /** With the very checks of the slash command. */
  steer(
    caller: Caller,
    execution: Execution,
    request: SteeringRequest,
  ): Promise<{ readonly accepted: true } | Refused>;
}
