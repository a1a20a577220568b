/** The part of the language that random workflows use, as a document holds it. */
export interface StepDocument {
  readonly id: string;
  readonly action?: string;
  readonly agent?: string;
  readonly delay?: string;
  readonly approval?: Readonly<Record<string, unknown>>;
  readonly workflow?: string;
  readonly steps?: readonly StepDocument[];
  readonly parallel?: { readonly join: "all" | "any" | number; readonly steps: readonly StepDocument[] };
  readonly inputs?: Readonly<Record<string, string>>;
  readonly condition?: string;
  readonly fail_if?: string;
  readonly conclude?: "completed" | "failed";
  readonly max_visits?: number;
  readonly timeout?: string;
  readonly retry?: {
    readonly max_attempts: number;
    readonly backoff: { readonly initial: string; readonly factor: number; readonly jitter: false };
    readonly on: readonly string[];
  };
  readonly for_each?: {
    readonly in: readonly number[];
    readonly max_parallel: number;
    readonly fail_fast: boolean;
  };
  readonly repeat?: { readonly until?: string; readonly every?: string; readonly max: number };
  readonly on_success?: string;
  readonly on_failure?: string;
  readonly on_skip?: string;
  readonly on_timeout?: string;
  readonly on_exhausted?: string;
}

export interface WorkflowDocument {
  readonly name: string;
  readonly steps: readonly StepDocument[];
  readonly finally?: readonly StepDocument[];
  readonly outputs?: Readonly<Record<string, string>>;
}

export const childPath = ".hishamos/child.yml";
export const child: WorkflowDocument = {
  name: "Child",
  steps: [
    { id: "first", agent: "architect" },
    { id: "second", agent: "architect", inputs: { v: "{{steps.first.output}}" } },
  ],
  outputs: { sum: "{{steps.second.output}}" },
};

export function msOf(duration: string): number {
  return Number(duration.slice(0, -2));
}
