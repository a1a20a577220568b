import type { Execution, Run, RunningRun, Waiting } from "../../../src/core/execution.ts";
import type { ApprovalOptions, StepKind, Workflow } from "../../../src/core/workflow.ts";
import type { ReportRecord, ReportStore } from "../../../src/engine/ports/store.ts";
import { anExecution, startOfTests } from "../../support/execution.ts";
import { aWorkflow } from "../../support/workflow.ts";

export const approvalOptions: ApprovalOptions = {
  from: [],
  count: 1,
  by: ["command", "button", "review"],
  exclude: ["actor", "author"],
  message: null,
};

const kinds: Readonly<Record<string, StepKind>> = {
  triage: { kind: "agent", agent: "bug-triage-agent" },
  fix: { kind: "agent", agent: "coding-agent" },
  deploy: { kind: "approval", ...approvalOptions },
  close: { kind: "action", action: "issues.update" },
};

/** triage, fix, deploy (an approval), close, one after the other. */
export function aLifecycle(over: Parameters<typeof aWorkflow>[1] = {}): Workflow {
  const sketches = Object.entries(kinds).map(([id, kind]) => ({ id, kind }));
  return aWorkflow(sketches, {
    name: "Bug Lifecycle",
    report: { comment: "auto", check: "HishamOS / Bug Lifecycle", issue: "auto" },
    ...over,
  });
}

const facts = {
  round: 1,
  visit: 1,
  attempt: 1,
  enteredAt: startOfTests,
  from: null,
  input: null,
  effects: [],
};

export function running(waiting: Waiting | null = null, over: Partial<RunningRun> = {}): Run {
  return { ...facts, state: "running", waiting, deadline: null, remind: null, ...over };
}

export function completed(over: Partial<Extract<Run, { state: "completed" }>> = {}): Run {
  return { ...facts, state: "completed", endedAt: startOfTests + 65_000, output: {}, ...over };
}

export function failedRun(message: string): Run {
  const error = { step: "fix", code: "http_404", message, class: "error" } as const;
  return { ...facts, state: "failed", endedAt: startOfTests + 5_000, output: null, error };
}

export const approval: Extract<Waiting, { for: "approval" }> = {
  for: "approval",
  asking: 1,
  headSha: "a".repeat(40),
  message: null,
  approvals: [],
};

export const person: Extract<Waiting, { for: "person" }> = {
  for: "person",
  agent: "bug-triage-agent",
  question: "How bad is it?",
  outputSchema: { type: "object", required: ["severity"], properties: { severity: { type: "integer" } } },
  produces: null,
};

/** An execution whose steps have these current runs. */
export function withRuns(runs: Readonly<Record<string, Run>>, over: Partial<Execution> = {}): Execution {
  const steps = Object.fromEntries(
    Object.entries(runs).map(([id, run]) => [
      id,
      { visits: run.visit, attempts: run.attempt, since: { round: 0, visit: 0 }, runs: [run] },
    ]),
  );
  return anExecution({ steps, ...over });
}

/** A report store in memory, that remembers every record written. */
export function aReportStore(): ReportStore & {
  readonly records: Map<string, ReportRecord>;
  behindIds: string[];
} {
  const records = new Map<string, ReportRecord>();
  return {
    records,
    behindIds: [],
    async get(id) {
      return records.get(id) ?? null;
    },
    async put(record) {
      records.set(record.executionId, record);
    },
    async behind(limit) {
      const ids = this.behindIds.filter((id) => !records.has(id)).slice(0, limit);
      return { owed: ids.map((id) => ({ id, revision: 1 })), next: null };
    },
  };
}
