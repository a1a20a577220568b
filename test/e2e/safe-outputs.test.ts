import { expect, test } from "vitest";
import { startModelServer } from "../agents/model-server.ts";
import { places, REPO, Stage } from "./stage.ts";

const workflow = `name: Answer
on: { issues: { types: [opened] } }
permissions: { issues: write }
steps:
  - id: answer
    agent: support-agent
    safe_outputs: { comment: null, labels: { allowed: [bug, question] }, issue: { max: 1 } }
  - id: told
    action: issues.update
    inputs: { state: "{{ length(steps.answer.output.safe_outputs) == 3 ? 'closed' : 'open' }}" }
`;

test.concurrent.for(places)(
  "on $name a service killed among an agent's safe outputs thinks once and does each of them once",
  { timeout: 60_000 },
  async ({ make }) => {
    await using model = await startModelServer();
    const place = await make();
    const env = {
      ...place.env,
      HISHAMOS_MODEL: "openai-compatible:test",
      HISHAMOS_MODEL_URL: model.url,
      HISHAMOS_MODEL_PRICE: "1:2",
    };
    const stage = await Stage.open(
      { ...place, env },
      {
        files: { ".hishamos/answer.yml": workflow },
        labels: ["bug", "question"],
        collaborators: { maya: "maintain" },
      },
    );
    try {
      await stage.start();
      const safe_outputs = [
        { type: "comment", body: "Turn it off and on, @everyone" },
        { type: "labels", add: ["question"] },
        { type: "issue", title: "Say so in the manual", body: "It was asked." },
      ];
      model.reply(
        { text: JSON.stringify({ reply: "Turn it off and on", kind: "question", safe_outputs }) },
        { text: JSON.stringify({ reply: "Another", kind: "bug", safe_outputs: [] }) },
      );
      // While the labels are tried again, the service is killed: the comment stands, and nothing of it is saved.
      stage.sandbox.failNext({ method: "POST", path: /\/labels$/, status: 502, times: 3 });
      const { number } = stage.sandbox.as("maya").openIssue({ repo: REPO, title: "How does it work?" });
      await stage.until("the labels to be tried", () =>
        stage.sandbox.requests().some(({ path, status }) => path.endsWith("/labels") && status === 502),
      );
      await stage.service.kill();
      await stage.start();
      await stage.until("the end", () => stage.sandbox.issue(REPO, number).state === "closed");
      expect(model.requests).toHaveLength(1);
      const answers = stage
        .said(number)
        .filter((body) => body.startsWith("Turn it off and on, @\u200Deveryone"));
      expect(answers).toHaveLength(1);
      const { labels } = stage.sandbox.issue(REPO, number);
      expect(labels.map((label) => (typeof label === "string" ? label : label.name))).toEqual(["question"]);
      const made = stage.sandbox.issues(REPO).filter(({ title }) => title === "Say so in the manual");
      expect(made).toHaveLength(1);
    } finally {
      await stage.close();
      await place.remove();
    }
  },
);
