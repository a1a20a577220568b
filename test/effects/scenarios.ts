import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { repo, type Scenario } from "./play.ts";

const person = `agents:
  person:
    engine: human
    instructions: Say whether it is good.
    output_schema: { type: object, required: [ok], properties: { ok: { type: boolean } } }
`;

const says = (number: number, words: string) => (github: SandboxGitHub) =>
  void github.as("mona").comment({ repo, number }, words);

function labelled(github: SandboxGitHub): void {
  const { number } = github.as("mona").openIssue({ repo, title: "It does not start" });
  github.as("mona").label({ repo, number }, "bug");
}

const onIssue: Scenario = {
  name: "an issue: actions, a question, the table, commands and their answers",
  files: {
    ".hishamos/issue.yml": `name: Issue
on: { issues: { types: [labeled], labels: [bug] } }
permissions: { issues: write }
${person}steps:
  - { id: hello, action: issues.createComment, inputs: { body: Hello } }
  - { id: state, action: comment.sticky, inputs: { body: one, key: state } }
  - { id: mark, action: issues.addLabels, inputs: { labels: [question] } }
  - { id: think, agent: person }
  - { id: later, action: comment.sticky, inputs: { body: two, key: state } }
  - { id: unmark, action: issues.removeLabel, inputs: { name: question } }
`,
  },
  acts: [
    labelled,
    says(1, "/hishamos status\n/hishamos nonsense"),
    says(1, "/hishamos pause"),
    says(1, "/hishamos resume"),
    says(1, "/hishamos done think ok=true"),
  ],
};

const push = (branch: string, text: string, from?: string) => (github: SandboxGitHub) =>
  void github.as("mona").push({
    repo,
    branch,
    ...(from === undefined ? {} : { from }),
    message: text,
    files: { "a.txt": text },
  });

const onPull: Scenario = {
  name: "a pull request: approval asked twice, check runs at two heads",
  files: {
    ".hishamos/pull.yml": `name: Pull
on: { pull_request: { types: [opened] } }
permissions: { issues: write, pull_requests: write }
steps:
  - { id: agree, approval: { from: [role:write], exclude: [] } }
  - { id: say, action: issues.createComment, inputs: { body: Agreed, issue_number: 1 } }
  - { id: sure, approval: { from: [role:write], exclude: [] } }
`,
  },
  acts: [
    (github) => {
      push("change", "one", "main")(github);
      github.as("mona").openPullRequest({ repo, title: "Change", head: "change" });
    },
    push("change", "two"),
    says(1, "/approve"),
    says(1, "/approve"),
  ],
};

const unknownKeys = Array.from(
  { length: 70 },
  (_, n) => `  - { id: s${n}, agent: qa-agent, nonsense: ${n} }`,
);

const onDefinitions: Scenario = {
  name: "a pull request with a definition of seventy mistakes, which take two requests to tell",
  files: {},
  acts: [
    (github) => {
      const text = ["name: Wrong", "steps:", ...unknownKeys, ""].join("\n");
      const files = { ".hishamos/wrong.yml": text };
      github.as("mona").push({ repo, branch: "change", from: "main", message: "Wrong", files });
    },
    (github) => void github.as("mona").openPullRequest({ repo, title: "Change", head: "change" }),
  ],
};

const onNothing: Scenario = {
  name: "a push: the issue that is opened for it, closed at its end, opened again and closed again",
  files: {
    ".hishamos/push.yml": `name: Push
on: { push: { branches: [main] } }
${person}steps:
  - { id: think, agent: person }
`,
  },
  acts: [
    push("main", "one"),
    says(1, "/hishamos done think ok=true"),
    says(1, "/hishamos retry from think"),
    says(1, "/hishamos done think ok=true"),
  ],
};

const onActions: Scenario = {
  name: "a run of GitHub Actions, and an issue and a pull request that are made",
  files: {
    ".github/workflows/deploy.yml":
      "on:\n  workflow_dispatch:\n    inputs: { hishamos_key: { required: false } }\nrun-name: Deploy ${{ inputs.hishamos_key }}\njobs: {}\n",
    ".hishamos/run.yml": `name: Run
on: { issues: { types: [labeled], labels: [bug] } }
permissions: { actions: write, contents: write, issues: write, pull_requests: write }
steps:
  - { id: deploy, action: actions.run, inputs: { workflow: deploy.yml } }
  - { id: follow, action: issues.create, inputs: { title: Follow up }, unique: once }
  - { id: close, action: issues.update, inputs: { state: closed } }
`,
  },
  acts: [
    labelled,
    (github) => {
      const id = github.workflowRuns(repo)[0]?.id ?? 0;
      github.startRun(id);
      github.finishRun(id, { conclusion: "success" });
    },
  ],
};

export const scenarios = [onIssue, onPull, onDefinitions, onNothing, onActions];
