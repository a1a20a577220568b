import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { type Kind, kinds, type Played, play, repo, type Scenario } from "./play.ts";

const dispatches = "POST /repos/acme/shop/dispatches";
const runs = "POST /repos/acme/shop/actions/workflows/deploy.yml/dispatches";

const workflow = (step: string) => ({
  ".github/workflows/deploy.yml": "on: workflow_dispatch\njobs: {}\n",
  ".hishamos/go.yml": `name: Go
on: { issues: { types: [labeled], labels: [bug] } }
permissions: { actions: write, contents: write, issues: write }
steps:
  - ${step}
  - { id: after, action: issues.createComment, inputs: { body: Went on } }
`,
});

interface Story {
  readonly step: string;
  readonly words: string;
  readonly requests?: Scenario["requests"];
  /** Looks at what stands on GitHub before the person answers. */
  readonly asked: string[];
}

function story({ step, words, requests, asked }: Story): Scenario {
  const look = (github: SandboxGitHub) => asked.push(...github.comments(repo, 1).map(({ body }) => body));
  return {
    name: "once",
    files: workflow(step),
    ...(requests && { requests }),
    acts: [
      (github) => {
        const { number } = github.as("mona").openIssue({ repo, title: "It does not start" });
        github.as("mona").label({ repo, number }, "bug");
      },
      (github) => {
        look(github);
        github.as("mona").comment({ repo, number: 1 }, words);
      },
    ],
  };
}

const made = ({ writes }: Played, at: string) => writes.filter((one) => one.at === at).length;
const question = (asked: readonly string[]) =>
  asked.find((body) => body.includes("outcome_unknown")) ?? "nobody is asked";

const event = "{ id: go, action: repos.createDispatchEvent, inputs: { event_type: go } }";
const first = { act: 0, at: dispatches, n: 1 };

describe.for(kinds)("what GitHub offers no way to find again, where %s", (kind: Kind) => {
  test("is asked about, and done again when a person says so", async () => {
    const asked: string[] = [];
    const played = await play(story({ step: event, words: "/hishamos retry", asked }), [first], kind);
    expect(question(asked)).toContain("/hishamos retry");
    expect([played.spoilt, made(played, dispatches)]).toEqual([1, 2]);
    expect(played.executions).toEqual(["go completed "]);
    expect(played.doubles).toEqual([]);
  });
});

test("it is not done again when a person says that it was done", async () => {
  const asked: string[] = [];
  const played = await play(story({ step: event, words: "/hishamos retry from after", asked }), [first]);
  expect(question(asked)).toContain("retry from");
  expect(made(played, dispatches)).toBe(1);
  expect(played.executions).toEqual(["go completed "]);
});

test("it is not tried again though the step has tries left", async () => {
  const asked: string[] = [];
  const step = `${event.slice(0, -1)}, retry: { max_attempts: 3, on: [transient, timeout, error] } }`;
  const played = await play(story({ step, words: "/hishamos status", asked }), [first]);
  expect(question(asked)).toContain("outcome_unknown");
  expect(made(played, dispatches)).toBe(1);
});

test("a run of GitHub Actions that may be ours, and does not say so, is asked about with its address", async () => {
  const asked: string[] = [];
  const step = "{ id: go, action: actions.run, inputs: { workflow: deploy.yml } }";
  const words = "/hishamos status";
  const calm = await play(story({ step, words, asked: [] }));
  const lost = calm.writes.filter(({ at }) => at === runs).map((point) => point);
  const played = await play(story({ step, words, asked }), lost.slice(-1));
  expect(question(asked)).toMatch(/may be it: http:\S+\/actions\/runs\/\d+/);
  expect(made(played, runs)).toBe(made(calm, runs));
});

describe("http.request with POST", () => {
  test.for([
    ["the connection drops", (n: number) => (n === 1 ? "drop" : 200)],
    ["a gateway answers 502", (n: number) => (n === 1 ? 502 : 200)],
  ] as const)("is asked about where %s", async ([, answer]) => {
    let posts = 0;
    const server = createServer((req, res) => {
      posts += 1;
      const status = answer(posts);
      if (status === "drop") req.socket.destroy();
      else res.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const asked: string[] = [];
      const played = await play(
        story({
          step: `{ id: go, action: http.request, inputs: { url: "http://${host}/hook", method: POST, body: x } }`,
          words: "/hishamos retry",
          requests: { allowHosts: [host] },
          asked,
        }),
      );
      expect(question(asked)).toContain("Idempotency-Key");
      expect(posts).toBe(2);
      expect(played.executions).toEqual(["go completed "]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
