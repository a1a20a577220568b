import type { Json, JsonObject } from "../../core/json.ts";
import type { Position } from "../../core/problem.ts";
import type { FailureClass, Role } from "../../core/workflow.ts";

/** One case of a test file, with what the file shares already in it. It is plain data: it goes to worker threads. */
export interface TestCase {
  readonly name: string;
  /** The test file. */
  readonly path: string;
  /** As written: a stem or a path. */
  readonly workflow: string;
  /** Places in the file by the keys that lead there, as `expect.steps` or `answers.fix`; `""` is the case itself. */
  readonly places: Readonly<Record<string, Position>>;
  readonly event: TestEvent | null;
  readonly input: JsonObject;
  readonly github: GitHubState;
  /** By step; one answer is given at every visit, of a list each once. */
  readonly answers: Readonly<Record<string, Answer | readonly Answer[]>>;
  /** Steps in whose work the process dies, once in each, and is started again. */
  readonly crash: readonly string[];
  /** Milliseconds after which the play ends, or null: when nothing is to come any more. */
  readonly timeMs: number | null;
  readonly expect: Expectation;
}

export interface TestEvent {
  /** As `issues.labeled`. */
  readonly name: string;
  readonly payload: JsonObject;
}

export interface GitHubState {
  /** `owner/name`. */
  readonly repository: string;
  /** Whoever is not here has the role write. */
  readonly collaborators: Readonly<Record<string, Role>>;
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly labels: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly issues: readonly IssueState[];
  readonly pull_requests: readonly PullRequestState[];
  readonly required_checks: Readonly<Record<string, readonly string[]>>;
}

export interface IssueState {
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
  readonly labels?: readonly string[];
  readonly assignees?: readonly string[];
  readonly state?: "open" | "closed";
}

export interface PullRequestState extends Change {
  readonly title?: string;
  readonly body?: string;
  readonly author?: string;
  readonly labels?: readonly string[];
  readonly draft?: boolean;
  /** From the author's fork. */
  readonly fork?: boolean;
}

export interface Change {
  readonly branch?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly message?: string;
}

/** Something that one person does on GitHub, to what the workflow is about. */
interface Deed {
  readonly as?: string;
  readonly comments?: string;
  readonly labels?: string;
  readonly unlabels?: string;
  readonly assigns?: string;
  readonly closes?: true;
  readonly reopens?: true;
  readonly merges?: true;
  readonly pushes?: Change & { readonly branch: string };
  readonly reviews?: { readonly event: "approve" | "request_changes" | "comment"; readonly body?: string };
  /** A button of the check run on the pull request's head, by its identifier. */
  readonly clicks?: string;
}

/** What somebody answers to a step, or does while it waits. */
export interface Answer extends Deed {
  /** What the agent or the action gives back. */
  readonly output?: Json;
  /** Who answers; without it the answer is there at once, as a model's. */
  readonly by?: string;
  /** A duration: how long people take. */
  readonly after?: string;
  /** A failure class or what the error says; with `by` the person's reason why it can't be done. */
  readonly fail?:
    | string
    | { readonly class?: FailureClass; readonly code?: string; readonly message?: string };
  /** How many attempts fail before the next answer, or the work itself; all of them unless given. */
  readonly times?: number;
  readonly approve?: string | readonly string[];
  readonly reject?: string;
  readonly reason?: string;
  readonly pull_request?: Change & { readonly title?: string; readonly body?: string };
  /** An event for a wait: its name and payload, as the step gets it. */
  readonly event?: JsonObject;
  /** Checks to their conclusions, at the pull request's head. */
  readonly checks?: Readonly<Record<string, string>>;
  /** The end of the GitHub Actions run that the step has dispatched. */
  readonly run?: { readonly conclusion?: string; readonly output?: Json };
}

export type ExpectedState = "completed" | "failed" | "cancelled" | "running" | "paused" | "not_started";
export type StepState = "completed" | "failed" | "skipped" | "waiting";

export interface ExpectedStep {
  readonly state?: StepState;
  readonly visits?: number;
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: string;
}

/** What is left out is not looked at. */
export interface Expectation {
  readonly state?: ExpectedState;
  readonly steps?:
    | readonly (string | Readonly<Record<string, StepState>>)[]
    | Readonly<Record<string, StepState | ExpectedStep>>;
  readonly comments?: readonly (string | { readonly not: string })[];
  readonly labels?:
    | readonly string[]
    | { readonly has?: readonly string[]; readonly not?: readonly string[] };
  readonly assignees?: readonly string[];
  readonly issue?: "open" | "closed";
  readonly pull_request?: "open" | "closed" | "merged";
  readonly outputs?: Json;
  readonly error?: string | { readonly step?: string; readonly code?: string; readonly message?: string };
}
