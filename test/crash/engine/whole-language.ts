import type { Commanded, Decided } from "../../../src/core/event.ts";
import type { Execution } from "../../../src/core/execution.ts";

/** Every way in which steps lie in steps, children, and a group that a second start waits for. */
export const main = `
name: Main
permissions: { issues: write }
concurrency: { group: ship, on_conflict: queue }
steps:
  - id: checks
    parallel:
      steps:
        - { id: lint, action: issues.createComment, inputs: { issue_number: 1, body: lint } }
        - id: unit
          steps:
            - { id: build, action: issues.createComment, inputs: { issue_number: 1, body: build } }
            - { id: try, action: issues.createComment, inputs: { issue_number: 1, body: try } }
  - id: each
    for_each: { in: "{{ [1, 2, 3] }}", as: n, max_parallel: 2 }
    action: issues.createComment
    inputs: { issue_number: "{{ n }}", body: item }
  - id: qa
    workflow: ./qa.yml
    inputs: { rounds: "{{ length(steps.each.output) }}" }
  - id: race
    parallel:
      join: any
      steps:
        - { id: person, approval: { exclude: [] } }
        - { id: slow, workflow: ./slow.yml }
  - id: poll
    repeat: { until: "{{ self.number == 2 }}", every: 10s, max: 5 }
    action: issues.createComment
    inputs: { issue_number: "{{ index }}", body: poll }
finally:
  - { id: tidy, action: issues.createComment, inputs: { issue_number: 1, body: tidy } }
outputs:
  qa: "{{ steps.qa.output.verdict }}"
  polled: "{{ steps.poll.output.number }}"
`;

const qa = `
name: QA
permissions: { issues: write }
inputs: { rounds: { type: integer } }
steps:
  - { id: look, action: issues.createComment, inputs: { issue_number: "{{ input.rounds }}", body: look } }
  - { id: judge, approval: { exclude: [] } }
  - { id: write, action: issues.createComment, inputs: { issue_number: 1, body: write } }
outputs: { verdict: "{{ steps.write.output.number }}" }
`;

const slow = `
name: Slow
permissions: { issues: write }
steps:
  - { id: wait, delay: 2h }
finally:
  - { id: sweep, action: issues.createComment, inputs: { issue_number: 1, body: sweep } }
`;

export const files: ReadonlyMap<string, string> = new Map([
  [".hishamos/qa.yml", qa],
  [".hishamos/slow.yml", slow],
]);

/** A newer start makes older ones moot; each tidies up after itself. */
export const deploy = `
name: Deploy
permissions: { issues: write }
concurrency: { group: production, on_conflict: cancel_running }
steps:
  - { id: begin, action: issues.createComment, inputs: { issue_number: 1, body: begin } }
  - { id: sure, approval: { exclude: [] } }
finally:
  - { id: tidy, action: issues.createComment, inputs: { issue_number: 1, body: tidy } }
`;

/** What a person does, once all is at rest. `of`: which execution, by its stem; the one that started first. */
export interface Act {
  readonly name: string;
  readonly of: "main" | "qa" | "deploy";
  readonly body: Pick<Commanded, "type" | "command"> | Pick<Decided, "type" | "decision" | "step">;
}

const approve = (step: string) => ({ type: "decided", decision: "approve", step }) as const;
const command = (name: Commanded["command"]) => ({ type: "commanded", command: name }) as const;

/** The first goes through all of it, paused and resumed meanwhile; the second is cancelled while its child runs. */
export const acts: readonly Act[] = [
  { name: "pause", of: "main", body: command("pause") },
  { name: "resume", of: "main", body: command("resume") },
  { name: "judge", of: "qa", body: approve("judge") },
  { name: "win", of: "main", body: approve("race/person") },
  { name: "cancel", of: "main", body: command("cancel") },
];

/** A stranger's start waits to be allowed, and then for the group; the newest of the others is what remains of them. */
export const deploys: readonly { readonly occurrence: string; readonly held?: string }[] = [
  { occurrence: "held", held: "stranger" },
  { occurrence: "older" },
  { occurrence: "newer" },
];
export const deployActs: readonly Act[] = [
  { name: "allow", of: "deploy", body: command("allow") },
  { name: "sure", of: "deploy", body: approve("sure") },
  { name: "sure too", of: "deploy", body: approve("sure") },
];

/** The execution that the act is about: of those that have not ended, the one that holds the group, or its child. */
export function meant(act: Act, executions: readonly Execution[]): Execution | undefined {
  const open = executions.filter(({ endedAt, workflow }) => endedAt === null && workflow.stem === act.of);
  const toAllow = act.name === "allow";
  return open.find(({ wants, held }) => wants === null && (held !== null) === toAllow);
}
