import { expect, test } from "vitest";
import type { Execution, GitHubEvent, Subject } from "../../src/core/index.ts";
import { scopeOf } from "../../src/core/scope.ts";
import { aWorkflow, template } from "../support/workflow.ts";
import { Story, start } from "./support.ts";

const pull: Subject = {
  type: "pull_request",
  number: 8,
  title: "t",
  author: "a",
  labels: [],
  url: "",
  head_sha: "a1",
  is_fork: false,
  state: "open",
};
const about = (sha: string, number = 8) => ({ pull_request: { number, head: { sha } } });

function story(subject: Subject | null = { ...pull, files: ["src/a.ts"] }): Story {
  const sketch = { id: "a", kind: { kind: "agent", agent: "a" } } as const;
  const told = new Story(aWorkflow([sketch], { outputs: template("subject.files") }));
  told.execution = { ...told.execution, subject };
  return told;
}

function hear(told: Story, payload: GitHubEvent["payload"], files?: readonly string[]): Story {
  const name = "pull_request.synchronize";
  return told.tell({ type: "event_received", id: name, name, payload, ...(files && { files }) });
}

const seen = ({ execution }: { readonly execution: Execution }) =>
  template("subject.files").evaluate(scopeOf(execution, start));

const rows: readonly {
  readonly what: string;
  readonly told: Story;
  readonly files: readonly string[] | null;
}[] = [
  { what: "as they were read at the start", told: story(), files: ["src/a.ts"] },
  { what: "as an event tells them", told: hear(story(), about("b2"), ["docs/b.md"]), files: ["docs/b.md"] },
  { what: "none, where an event says so", told: hear(story(), about("b2"), []), files: [] },
  {
    what: "as they were, where an event doesn't tell",
    told: hear(story(), about("b2")),
    files: ["src/a.ts"],
  },
  {
    what: "as they were, where an event is about another one",
    told: hear(story(), about("b2", 9), ["docs/b.md"]),
    files: ["src/a.ts"],
  },
  { what: "null, where they were not read", told: story(pull), files: null },
  { what: "null, where there is no subject", told: story(null), files: null },
  { what: "null, of an issue", told: story({ ...pull, type: "issue" }), files: null },
];

test.for(rows)("subject.files: $what", ({ told, files }) => {
  expect(seen(told)).toEqual({ value: files });
});

test("files that are told once more are no change", () => {
  const told = hear(story(), about("b2"), ["docs/b.md"]);
  const { subject } = told.execution;
  expect(hear(told, about("b2"), ["docs/b.md"]).execution.subject).toBe(subject);
});

test("a retry with a newer definition brings the files that it reads, and one without leaves them", () => {
  const told = story(pull).tell({
    type: "commanded",
    id: "m1",
    command: "cancel",
    by: "maya",
    step: null,
    reason: null,
  });
  expect(told.state).toBe("cancelled");
  const retry = { type: "commanded", command: "retry", by: "maya", step: "a", reason: null } as const;
  told.tell({ ...retry, id: "m2", workflow: told.execution.workflow, files: ["src/c.ts"] });
  expect([told.problem, told.execution.round, seen(told)]).toEqual([null, 2, { value: ["src/c.ts"] }]);
});
