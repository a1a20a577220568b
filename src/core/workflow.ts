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
  readonly report: ReportOptions;
  /** Milliseconds from the start after which the execution fails, or null. */
  readonly timeoutMs: number | null;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly steps: StepList;
  readonly outputs: Template | null;
}

/** Steps that route only among themselves: the workflow's own list, later also the inner list of a group. */
export interface StepList {
  /** `list`: no step names a route, so each is followed by the next. `graph`: only named routes are followed. */
  readonly order: "list" | "graph";
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
  /** For `slash_command`: the command's name. */
  readonly command: string | null;
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
  /** How often the step may be entered in one round, or null for no bound. */
  readonly maxVisits: number | null;
  readonly failIf: Expression | null;
  readonly conclude: "completed" | "failed" | null;
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
  | { readonly kind: "delay"; readonly duration: Template };

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
    readonly timeoutMs: number | null;
    readonly steps: number | null;
  };
}
