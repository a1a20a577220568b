import type { SandboxGitHub } from "../sandbox/github/index.ts";
import type { Ledger } from "./ledger.ts";

/** What a run on the stand-in came to: the one object that `--json` prints. */
export interface Outcome {
  readonly execution: { readonly id: string; readonly state: string } | null;
  readonly steps: Ledger["steps"];
  readonly restarts: number;
  readonly issue: { readonly state: string | null };
  readonly comments: number;
  readonly checkRuns: number;
  readonly durationMs: number;
}

interface Played {
  readonly repository: string;
  /** The issue or pull request it was about. */
  readonly subject: number | null;
  readonly ledger: Ledger;
  readonly restarts: number;
  readonly durationMs: number;
}

export function outcomeOf(sandbox: SandboxGitHub, played: Played): Outcome {
  const { repository, subject, ledger, restarts, durationMs } = played;
  return {
    execution: ledger.execution,
    steps: ledger.steps,
    restarts,
    issue: { state: subject === null ? null : (sandbox.issue(repository, subject).state ?? null) },
    comments: subject === null ? 0 : sandbox.comments(repository, subject).length,
    checkRuns: sandbox.checkRuns(repository).length,
    durationMs: Math.round(durationMs),
  };
}

/** The sticky comment's text, if there is one. */
export function stickyOf(sandbox: SandboxGitHub, repository: string, subject: number | null): string | null {
  if (subject === null) return null;
  const bodies = sandbox.comments(repository, subject).map(({ body }) => body ?? "");
  return bodies.find((body) => body.includes("```mermaid")) ?? null;
}

/** The outcome for a person at a terminal. */
export function outcomeText(
  outcome: Outcome,
  ledger: Ledger,
  sticky: string | null,
  subject: number | null,
): string {
  const { execution, issue, restarts, comments, checkRuns, durationMs } = outcome;
  const facts = [
    ...(issue.state ? [`#${subject} ${issue.state}`] : []),
    `execution ${execution?.state ?? "not started"}`,
    ...(restarts > 0 ? [`${restarts} restart${restarts > 1 ? "s" : ""}`] : []),
    `${comments} comments`,
    `${checkRuns} check runs`,
    `${(durationMs / 1000).toFixed(1)} s`,
  ];
  const shown = sticky === null ? "" : `\nThe sticky comment on #${subject} at the end:\n\n${sticky}\n`;
  return `${shown}\n${ledger.lines().join("\n")}\n${facts.join(", ")}\n`;
}
