import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EffectRecord, StepRecord } from "../../../src/core/execution.ts";
import type { Json } from "../../../src/core/json.ts";
import type { StepResult } from "../../../src/engine/ports/runner.ts";
import { openStage, repo, type Stage } from "./stage.ts";
import type { RequestSketch } from "./support.ts";

const on = "on: { workflow_dispatch: { inputs: { target: { default: staging }, plan: {} } } }";
const keyed = `name: Keyed
run-name: Keyed \${{ inputs.hishamos_key }}
on: { workflow_dispatch: { inputs: { hishamos_key: {} } } }
jobs: { go: {} }
`;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({
    ".github/workflows/deploy.yml": `name: Deploy\n${on}\njobs: { deploy: {} }\n`,
    ".github/workflows/keyed.yml": keyed,
  });
});
afterEach(() => stage.github.close());

const runs = () => stage.github.workflowRuns(repo);
const act = (input: Json, sketch: RequestSketch = {}) => stage.run("actions.run", input, sketch);

/** The step woken again after it was parked: the next attempt of the same visit, with what it has done so far. */
function woken(
  before: StepResult,
  input: Json,
  sketch: RequestSketch = {},
  attempt = 2,
): Promise<StepResult> {
  return act(input, { ...sketch, run: { attempt, effects: before.effects, ...sketch.run } });
}

async function dispatched(input: Json = { workflow: "deploy.yml" }) {
  const result = await act(input);
  if (result.type !== "parked" || result.waiting.for !== "run") throw new Error(JSON.stringify(result));
  return { result, runId: result.waiting.runId };
}

describe("actions.run dispatches and parks", () => {
  test("with the run's id in the ledger and in what it waits for", async () => {
    const { result, runId } = await dispatched({ workflow: "deploy.yml", inputs: { target: "production" } });
    const [run] = runs();
    expect(result).toEqual({
      type: "parked",
      waiting: { for: "run", runId: run?.id, url: run?.html_url },
      effects: [{ key: "execution-1/1/act/1", method: "actions.run", ref: String(runId) }],
    });
    expect(run).toMatchObject({ head_branch: "fix", inputs: { target: "production", plan: "" } });
  });

  test.for<readonly [Json, object]>([
    [{}, { target: "staging", plan: "" }],
    [
      { target: null, plan: { replicas: 3 } },
      { target: "staging", plan: '{"replicas":3}' },
    ],
    [
      { target: true, plan: 5 },
      { target: "true", plan: "5" },
    ],
  ])("the inputs %j become texts", async ([inputs, given]) => {
    await act({ workflow: "deploy.yml", inputs });
    expect(runs().map((run) => run.inputs)).toEqual([given]);
  });

  test.for([
    [".github/workflows/deploy.yml", {}, "fix"],
    ["deploy.yml", { linked: [] }, "main"],
    ["deploy.yml", { linked: [], subject: null }, "main"],
  ] as const)("%s with %j on %s", async ([workflow, execution, branch]) => {
    await act({ workflow }, { execution });
    expect(runs().map(({ head_branch }) => head_branch)).toEqual([branch]);
  });

  test("on the base branch once the pull request is merged", async () => {
    stage.github.as("dev").merge({ repo, number: 2 });
    await act({ workflow: "deploy.yml" });
    expect(runs().map(({ head_branch }) => head_branch)).toEqual(["main"]);
  });

  test("on the branch it is told", async () => {
    await act({ workflow: "deploy.yml", ref: "main" });
    expect(runs().map(({ head_branch }) => head_branch)).toEqual(["main"]);
  });

  test("never on the branch of a stranger's fork", async () => {
    stage.github.fork(repo, "stranger");
    const stranger = stage.github.as("stranger");
    stage.github.setRole("stranger", "read", repo);
    stranger.push({ repo: "stranger/octo-repo", branch: "main", message: "x", files: { "x.txt": "x" } });
    const { number } = stranger.openPullRequest({ repo, title: "x", head: "stranger:main" });
    const result = await act({ workflow: "deploy.yml" }, { run: { subject: number } });
    expect(result).toMatchObject({ type: "failed", error: { code: "fork_ref" } });
    expect(runs()).toEqual([]);
  });

  test.for([
    [{ workflow: "absent.yml" }, "http_404"],
    [{ workflow: "deploy.yml", ref: "absent" }, "http_422"],
    [{ workflow: "deploy.yml", inputs: { absent: "1" } }, "http_422"],
  ] as const)("%j is refused as %s", async ([input, code]) => {
    expect(await act(input)).toMatchObject({ type: "failed", error: { code, class: "error" }, effects: [] });
    expect(runs()).toEqual([]);
  });

  test("not without the permission that the workflow must declare", async () => {
    const permissions = { actions: "read" } as const;
    expect(await act({ workflow: "deploy.yml" }, { permissions })).toMatchObject({
      error: { code: "http_403" },
    });
  });
});

describe("woken, actions.run looks at its run", () => {
  test("and parks again while it goes on", async () => {
    const { result, runId } = await dispatched();
    stage.github.startRun(runId);
    const again = await woken(result, { workflow: "deploy.yml" });
    expect(again).toMatchObject({ type: "parked", waiting: { for: "run", runId }, effects: [] });
    expect(runs()).toHaveLength(1);
  });

  test("and succeeds with its results", async () => {
    const { result, runId } = await dispatched();
    const output = { image: "octo:1", digests: ["é", 2] };
    stage.github.finishRun(runId, { conclusion: "success", output });
    expect(await woken(result, { workflow: "deploy.yml" })).toEqual({
      type: "succeeded",
      output: {
        run_id: runId,
        url: runs()[0]?.html_url,
        conclusion: "success",
        head_sha: stage.head(),
        results: output,
      },
      effects: [],
    });
  });

  test.for([
    ["no artifact", {}, null],
    ["another artifact", { logs: { "a.json": "{}" } }, null],
    ["one JSON file of any name", { "hishamos-output": { "r.json": "[1]", "notes.md": "x" } }, [1]],
    [
      "the file of the artifact's name",
      { "hishamos-output": { "a.json": "1", "hishamos-output.json": "2" } },
      2,
    ],
  ] as const)("with %s in it the results are read", async ([, artifacts, results]) => {
    const { result, runId } = await dispatched();
    stage.github.finishRun(runId, { conclusion: "success", artifacts });
    expect(await woken(result, { workflow: "deploy.yml" })).toMatchObject({
      type: "succeeded",
      output: { results },
    });
  });

  test.for([
    ["no JSON", { "a.json": "{" }, /no JSON/],
    ["no JSON file", { "a.txt": "{}" }, /no \.json file/],
    ["two JSON files", { "a.json": "1", "b.json": "2" }, /several/],
    ["a file over 1 MB", { "a.json": JSON.stringify("x".repeat(1_000_000)) }, /more than 1000000/],
  ] as const)("with an artifact that has %s it fails", async ([, files, message]) => {
    const { result, runId } = await dispatched();
    stage.github.finishRun(runId, { conclusion: "success", artifacts: { "hishamos-output": files } });
    const ended = await woken(result, { workflow: "deploy.yml" });
    expect(ended).toMatchObject({
      type: "failed",
      error: { code: "invalid_results" },
      output: { run_id: runId, conclusion: "success" },
    });
    expect(ended.type === "failed" && ended.error.message).toMatch(message);
  });

  test.for(["failure", "cancelled", "timed_out", "startup_failure", "skipped", "neutral"] as const)(
    "and fails where it ended with %s",
    async (conclusion) => {
      const { result, runId } = await dispatched();
      stage.github.finishRun(runId, { conclusion });
      const ended = await woken(result, { workflow: "deploy.yml" });
      const url = runs()[0]?.html_url;
      expect(ended).toMatchObject({ type: "failed", error: { code: `run_${conclusion}`, class: "error" } });
      expect(ended.type === "failed" && ended.error.message).toContain(url);
      expect(ended.type === "failed" && ended.output).toEqual({
        run_id: runId,
        url,
        conclusion,
        head_sha: stage.head(),
      });
    },
  );

  test("a retry after a failed run dispatches another one, and waits for that", async () => {
    const { result, runId } = await dispatched();
    stage.github.finishRun(runId, { conclusion: "failure" });
    const ended = await woken(result, { workflow: "deploy.yml" });
    const effects: EffectRecord[] = [...result.effects, ...ended.effects];
    const second = await act({ workflow: "deploy.yml" }, { run: { attempt: 3, effects } });
    if (second.type !== "parked" || second.waiting.for !== "run") throw new Error(JSON.stringify(second));
    expect(second.waiting.runId).not.toBe(runId);
    expect(new Set([...effects, ...second.effects].map(({ key }) => key)).size).toBe(3);
    stage.github.finishRun(second.waiting.runId, { conclusion: "success" });
    const done = await act(
      { workflow: "deploy.yml" },
      { run: { attempt: 4, effects: [...effects, ...second.effects] } },
    );
    expect(done).toMatchObject({ type: "succeeded", output: { run_id: second.waiting.runId } });
    expect(runs()).toHaveLength(2);
  });
});

describe("a dispatch whose answer was lost", () => {
  const path = /\/dispatches$/;
  const input = { workflow: "keyed.yml", ref: "main" };

  test.for([
    ["is found by the key in its title", { drop: "after" }],
    ["is found behind a 502", { status: 502, performed: true }],
    ["is made again where it was lost on its way", { drop: "before" }],
    ["is made again where a 502 came instead", { status: 502 }],
  ] as const)("%s", async ([, fault]) => {
    stage.github.failNext({ ...fault, method: "POST", path });
    const result = await act(input);
    expect(result).toMatchObject({ type: "parked", waiting: { runId: runs()[0]?.id } });
    expect(runs()).toHaveLength(1);
  });

  test("is found after a crash, among runs of others", async () => {
    await act(input, { run: { visit: 1 } });
    await act(input, { key: "execution-2/1/act/1" });
    const [mine] = runs();
    const again = await act(input, { mayHaveHappened: true });
    expect(again).toMatchObject({ type: "parked", waiting: { runId: mine?.id } });
  });

  test("where the title shows no key, a person is asked, and nothing is dispatched twice", async () => {
    // GitHub refuses the key that this workflow does not take; the dispatch without it is the one that is lost.
    stage.github.on("request", (request) => {
      if (request.status === 422) stage.github.failNext({ drop: "after", method: "POST", path });
    });
    const result = await act({ workflow: "deploy.yml" });
    expect(result).toMatchObject({ type: "failed", error: { code: "outcome_unknown" } });
    const [run, ...more] = runs();
    expect(more).toEqual([]);
    expect(result.type === "failed" && result.error.message).toContain(run?.html_url);
  });

  test.for([
    [
      "a run of a person",
      () => stage.github.as("dev").runWorkflow({ repo, path: ".github/workflows/keyed.yml" }),
    ],
    ["a run with another's key", () => act(input, { key: "execution-2/1/act/1" })],
  ] as const)("%s is not taken for it", async ([, before]) => {
    await before();
    const count = runs().length;
    const result = await act(input, { mayHaveHappened: true });
    expect(result).toMatchObject({ type: "parked" });
    expect(runs()).toHaveLength(count + 1);
  });

  test("a run that an earlier step of the execution dispatched is not taken for it", async () => {
    const { result } = await dispatched();
    const steps: Readonly<Record<string, StepRecord>> = {
      before: {
        visits: 1,
        attempts: 1,
        since: { round: 1, visit: 0 },
        runs: [
          {
            state: "completed",
            round: 1,
            visit: 1,
            attempt: 1,
            enteredAt: 0,
            endedAt: 0,
            from: null,
            input: null,
            output: null,
            effects: result.effects,
          },
        ],
      },
    };
    const again = await act({ workflow: "deploy.yml" }, { mayHaveHappened: true, execution: { steps } });
    expect(again).toMatchObject({ type: "parked" });
    expect(runs()).toHaveLength(2);
  });
});
