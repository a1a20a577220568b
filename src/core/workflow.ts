import type { Expression, Template } from "./expression.ts";
import type { Json, JsonObject } from "./json.ts";

/** A parsed, validated definition. It holds closures, so it is never stored: the text is, by its hash. */
export interface Workflow {
  readonly name: string;
  /** The file's name without its ending: what commands call the workflow. */
  readonly stem: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly status: "draft" | "active";
  /** Repository path of the file. */
  readonly path: string;
  /** SHA-256 of the text, in hex: the definition an execution is pinned to. */
  readonly hash: string;
  readonly triggers: readonly Trigger[];
  readonly inputs: readonly InputDefinition[];
  /** GitHub permission names with underscores, as `pull_requests: write`. */
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly concurrency: Concurrency;
  readonly cancelOn: readonly CancelCause[];
  readonly report: ReportOptions;
  readonly limits: Limits;
  /** Who may use which command: by its name, deciders as in `ApprovalOptions.from`. A command not here: `role:write`. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly steps: StepList;
  /** What runs before any end. */
  readonly finally: StepList | null;
  readonly outputs: Template | null;
  /** Workflows that steps run as children, by the reference that the step writes; pinned with this one. */
  readonly children: ReadonlyMap<string, Workflow>;
  /** Whether an expression, a trigger's or a child's too, may read `subject.files`: only then GitHub is asked for them. */
  readonly readsFiles: boolean;
}

/** `merged`: the subject is a pull request and was merged; `closed`: closed without that. */
export type CancelCause = "closed" | "merged" | "unlabeled";

export interface Concurrency {
  /** Executions of the same group run one at a time; null: the workflow and its subject. */
  readonly group: Template | null;
  /** Null: `cancel_running` for pull_request.synchronize and push, else `join`. */
  readonly onConflict: OnConflict | null;
}
export type OnConflict = "join" | "queue" | "cancel_running" | "reject";

export interface Limits {
  /** Milliseconds from the start after which the execution fails, or null. */
  readonly timeoutMs: number | null;
  /** How many step visits one execution may make, over all rounds. */
  readonly maxSteps: number;
  readonly tokens: number | null;
  readonly costUsd: number | null;
  /** What happens when tokens or cost go over the limit. */
  readonly onBudget: "pause" | "fail";
}

/** Without `limits.max_steps`: so that no definition can run for ever within one decision. */
export const defaultMaxSteps = 20_000;

/** Steps that route only among themselves: the workflow's own list, or the inner list of a group. */
export interface StepList {
  /**
   * `list`: no step names a route, so each is followed by the next. `graph`: only named routes are followed.
   * `parallel`: all begin at once, and none leads to another.
   */
  readonly order: "list" | "graph" | "parallel";
  readonly steps: readonly Step[];
  /** Ids of steps reachable by failure edges only; a path that ends in one ends `failed`. */
  readonly handlers: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, Step>;
}

export interface Trigger {
  /** GitHub's event name, or `slash_command`, `schedule`, `dispatch`. */
  readonly event: string;
  readonly types: readonly string[];
  readonly labels: readonly string[];
  readonly branches: readonly string[];
  readonly paths: readonly string[];
  /** The least repository role of the sender, or null for anyone. */
  readonly role: Role | null;
  readonly condition: Expression | null;
  /** True where events that we caused may start it. */
  readonly own: boolean;
  /** What becomes of a start by someone who has no role from triage up. */
  readonly outsiders: "hold" | "run" | "ignore";
  /** For `slash_command`: its name, the names of its arguments in order, and where it is heard. */
  readonly command: {
    readonly name: string;
    readonly args: readonly string[];
    readonly on: readonly ("issue" | "pull_request")[];
  } | null;
  /** For `schedule`: five fields as in crontab, and an IANA time zone. */
  readonly schedule: { readonly cron: string; readonly timezone: string } | null;
}

export const roles = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

export interface InputDefinition {
  readonly name: string;
  /** A JSON Schema, or null for any type. */
  readonly schema: JsonObject | null;
  readonly from: Expression | null;
  readonly default: Json | undefined;
  readonly required: boolean;
}

export interface ReportOptions {
  readonly comment: "auto" | "sticky" | "when_asked" | "none";
  /** The check run's name, or null for none. */
  readonly check: string | null;
  /** `auto`: an execution without a subject opens an issue when it first needs a person. */
  readonly issue: "auto" | "none";
}

export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly inputs: Template | null;
  readonly condition: Expression | null;
  readonly routes: Routes;
  readonly retry: RetryPolicy;
  /** Milliseconds that one attempt, or the wait, may take, or null. */
  readonly timeoutMs: number | null;
  readonly remind: { readonly everyMs: number; readonly max: number } | null;
  /** How often the step may be entered in one round, and one visit of the group it is in; null for no bound. */
  readonly maxVisits: number | null;
  readonly failIf: Expression | null;
  readonly conclude: "completed" | "failed" | null;
  readonly forEach: ForEach | null;
  readonly repeat: Repeat | null;
  /** Number of another issue or pull request that this step is about. */
  readonly subject: Template | null;
  /** A key: an object already made under it by any execution is used, not repeated. */
  readonly unique: Template | null;
  /** Names of secrets that the headers of `http.request` may use. */
  readonly secrets: readonly string[];
  /** Lower-case names of the headers whose text in the workflow names secrets: `${NAME}` anywhere else is only text. */
  readonly secretHeaders: readonly string[];
  readonly safeOutputs: readonly SafeOutput[];
}

/** The step once for each item; `condition`, `inputs`, `retry`, `timeout` and `fail_if` are per item. */
export interface ForEach {
  readonly in: Template;
  /** The loop variable's name. */
  readonly as: string;
  readonly maxParallel: number;
  /** True: the first failed item cancels the others. */
  readonly failFast: boolean;
}

/** The step again and again; `condition`, `timeout` and `max_visits` are of the whole, the rest of each iteration. */
export interface Repeat {
  /** Evaluated after each iteration, with its output as `self`; null: `max` iterations. */
  readonly until: Expression | null;
  /** Milliseconds between the end of one iteration and the next. */
  readonly everyMs: number;
  readonly max: number;
}

/** Something that an agent may ask to be done; it is done for it after its work, never by it. */
export interface SafeOutput {
  readonly type: "comment" | "labels" | "issue";
  readonly max: number;
  /** For labels: the only ones it may set. Empty: any. */
  readonly allowed: readonly string[];
}

export interface Routes {
  readonly on_success: string | null;
  readonly on_failure: string | null;
  readonly on_skip: string | null;
  readonly on_timeout: string | null;
  readonly on_exhausted: string | null;
}

export type StepKind =
  | { readonly kind: "agent"; readonly agent: string }
  | { readonly kind: "action"; readonly action: string }
  | ({ readonly kind: "approval" } & ApprovalOptions)
  | {
      readonly kind: "wait_for";
      /** Event names as `pull_request.closed`, or `pull_request` for any action of it. */
      readonly events: readonly string[];
      readonly match: Expression | null;
      readonly since: Expression | null;
    }
  | { readonly kind: "wait_for_checks"; readonly checks: "required" | "all" | readonly string[] }
  | { readonly kind: "wait_for_pull_request"; readonly state: "merged" | "closed" }
  | { readonly kind: "delay"; readonly duration: Template }
  /** `workflow`: the reference as written; the definition is in `Workflow.children`. */
  | { readonly kind: "workflow"; readonly workflow: string }
  | { readonly kind: "parallel"; readonly join: "all" | "any" | number; readonly steps: StepList }
  | { readonly kind: "steps"; readonly steps: StepList };

/** The kinds whose work is done outside the core. */
export type WorkKind = Extract<StepKind, { kind: "agent" | "action" | "wait_for_checks" }>;

export interface ApprovalOptions {
  /** Who may decide: logins, `@org/team`, `role:write`. Empty: `role:write`. */
  readonly from: readonly string[];
  /** How many different people must approve. */
  readonly count: number;
  readonly by: readonly ("command" | "button" | "review")[];
  /** Who may not: logins, `actor`, `author`. */
  readonly exclude: readonly string[];
  readonly message: Template | null;
}

export interface RetryPolicy {
  /** 1: no retry. */
  readonly maxAttempts: number;
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: boolean;
  readonly on: readonly FailureClass[];
}

/** `transient`: may pass by itself; `timeout`: took too long; `error`: anything else. */
export type FailureClass = "transient" | "timeout" | "error";

export interface AgentDefinition {
  readonly name: string;
  /** Tried in order; empty: `model` where one is configured, else `human`. */
  readonly engines: readonly string[];
  readonly instructions: string;
  readonly outputSchema: JsonObject | null;
  /** `pull_request`: the step's result is a pull request linked to the subject. */
  readonly produces: "pull_request" | null;
  readonly tools: readonly string[];
  readonly limits: {
    readonly tokens: number | null;
    readonly costUsd: number | null;
    readonly timeoutMs: number | null;
    readonly steps: number | null;
  };
}
