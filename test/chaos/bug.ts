import { marker } from "../../src/github/marker.ts";
import { askKey } from "../../src/github/report/ask-key.ts";

/** What people mean to come of a bug; `failed`: the deployment is refused, and nobody tries again. */
export type Fate = "deployed" | "backlog" | "cancelled" | "failed";
export type Shown = "running" | "paused" | "completed" | "failed" | "cancelled";

export const endOf: Readonly<Record<Fate, Shown>> = {
  deployed: "completed",
  backlog: "completed",
  cancelled: "cancelled",
  failed: "failed",
};

/** One bug, as the people know it who see to it. */
export interface Bug {
  /** `owner/name`. */
  readonly repo: string;
  readonly number: number;
  readonly fate: Fate;
  /** With fate `cancelled`: at which question somebody says so. */
  readonly cancelAt: number;
  pull: number | null;
  questions: number;
  /** Keys of questions and failures that somebody has seen to. */
  readonly seen: Set<string>;
  /** The round of the execution that the last question was of. */
  round: number;
  /** What the sticky comment says. */
  shown: Shown | null;
  /** True once they have said all that leads to its end. */
  settled: boolean;
  /** Deeds that are begun or wait for their time. */
  pending: number;
  /** When something last happened to it (ms). */
  movedAt: number;
}

export const askedSteps = [
  "triage",
  "assign",
  "fix",
  "code_review",
  "qa_test",
  "approve_deploy",
  "deploy",
] as const;
export type AskedStep = (typeof askedSteps)[number];

export interface Question {
  readonly key: string;
  readonly round: number;
  readonly step: AskedStep;
  readonly visit: number;
}

const rounds = 12;
const visits = 5;
const askings = 4;

/** Which question the comment asks, by its marker; null: none of ours. Remembers nothing, so that it can't go wrong. */
export function questionIn(body: string, execution: string): Question | null {
  const own = /<!-- hishamos:[0-9a-f]{72} -->\s*$/.exec(body)?.[0].trim();
  if (own === undefined) return null;
  const step = askedSteps.find((one) => body.includes(`\`${one}\``));
  for (const known of step ? [step, ...askedSteps.filter((one) => one !== step)] : askedSteps) {
    for (let round = 1; round <= rounds; round++) {
      for (let visit = 1; visit <= visits; visit++) {
        for (let asking = 1; asking <= askings; asking++) {
          const key = askKey({ execution, round, step: known, visit, asking });
          if (marker(key) === own) return { key, round, step: known, visit };
        }
      }
    }
  }
  return null;
}

/** Of which round the comment says that it failed; null where it says no such thing. */
export function failureIn(body: string, execution: string): number | null {
  for (let round = 1; round <= rounds; round++) {
    if (body.includes(marker(`failed/${execution}/${round}`))) return round;
  }
  return null;
}

/** The state that a sticky comment shows; null where it is none. */
export function stateIn(body: string): Shown | null {
  const [, state] = /^### .*: \S+ (running|paused|completed|failed|cancelled)$/m.exec(body) ?? [];
  return state !== undefined && body.includes("```mermaid") ? (state as Shown) : null;
}
