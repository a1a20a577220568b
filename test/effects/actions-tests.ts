import { afterEach, describe, expect, test } from "vitest";
import type { StepResult } from "../../src/engine/ports/runner.ts";
import { classOf } from "../../src/github/actions/index.ts";
import type { Fault } from "../../src/sandbox/github/index.ts";
import { openStage, repo, type Stage } from "../github/actions/stage.ts";
import { permitted, type Row, rows } from "./rows.ts";
import { doubleMarkers, snapshot } from "./snapshot.ts";

const ci = { ".github/workflows/ci.yml": "on: workflow_dispatch\njobs: {}\n" };

const stages: Stage[] = [];
async function aStage({ before }: Row): Promise<Stage> {
  const stage = await openStage(ci);
  stages.push(stage);
  const dev = stage.github.as("dev");
  stage.github.setRole("olga", "admin", repo);
  for (const label of ["bug", "question", "triage"]) {
    await stage.run("issues.createLabel", { name: label }, permitted(`label ${label}`));
  }
  dev.label({ repo, number: 1 }, "triage");
  dev.assign({ repo, number: 1 }, "reporter");
  dev.push({ repo, branch: "next", from: "main", message: "Next", files: { "b.txt": "three\n" } });
  await before?.(stage);
  return stage;
}

function act(stage: Stage, { action, input }: Row, mayHaveHappened = false): Promise<StepResult> {
  const given = typeof input === "function" ? input(stage) : input;
  return stage.run(action, given, { ...permitted("act"), mayHaveHappened });
}

const writes = ({ github }: Stage) =>
  github.requests().filter(({ method, path }) => method !== "GET" && !path.endsWith("/access_tokens"));

/** A step undisturbed, and then once more by a process that only knows that it may have happened. */
interface Twice {
  readonly first: StepResult;
  readonly state: readonly string[];
  readonly second: StepResult;
  readonly stateAfter: readonly string[];
  /** How many writes the second made. */
  readonly more: number;
}

const calmly = new Map<Row, Promise<Twice>>();

function calm(row: Row): Promise<Twice> {
  const known = calmly.get(row) ?? twice(row);
  calmly.set(row, known);
  return known;
}

async function twice(row: Row): Promise<Twice> {
  const stage = await aStage(row);
  const input = typeof row.input === "function" ? row.input(stage) : row.input;
  const first = await act(stage, { ...row, input });
  const state = await snapshot(stage.github, repo);
  const before = writes(stage).length;
  const second = await act(stage, { ...row, input }, true);
  return {
    first,
    state,
    second,
    stateAfter: await snapshot(stage.github, repo),
    more: writes(stage).length - before,
  };
}

export type Lost = readonly [how: string, fault: Omit<Fault, "path">];

/** Every row, with each of these faults at its write, and recovered by another process (`undone`: before it was done, too). */
export function effectTests(faults: readonly Lost[], { undone }: { readonly undone: boolean }): void {
  afterEach(async () => {
    for (const { github } of stages.splice(0)) await github.close();
  });

  describe.for(faults)("when %s", ([, fault]) => {
    test.for(rows)("$action, which is $is", async (row) => {
      const { state } = await calm(row);
      const stage = await aStage(row);
      const before = writes(stage).length;
      stage.github.failNext({ ...fault, path: /^(?!.*access_tokens)/, method: verbOf(row) });
      const result = await act(stage, row);
      if (row.is === "once") {
        expect(result).toMatchObject({ type: "failed", error: { code: "outcome_unknown" } });
        expect(writes(stage).length - before).toBe(1);
        return;
      }
      expect(result).toMatchObject({ type: "succeeded", effects: [{ method: row.action }] });
      expect(await snapshot(stage.github, repo)).toEqual(state);
      expect(doubleMarkers(stage.github, repo)).toEqual([]);
    });
  });

  describe("recovered after the process died", () => {
    test.for(rows)("$action had been done", async (row) => {
      const { first, state, second, stateAfter, more } = await calm(row);
      expect(first).toMatchObject({ type: "succeeded" });
      expect(stateAfter).toEqual(state);
      if (row.is !== "once") {
        expect(second).toMatchObject({ type: "succeeded", effects: [{ method: row.action }] });
        return;
      }
      expect(second).toMatchObject({ type: "failed", error: { code: "outcome_unknown" } });
      expect(more).toBe(0);
    });

    test.for(rows.filter(({ is }) => undone && is !== "once"))("$action had not been done", async (row) => {
      const { state } = await calm(row);
      const stage = await aStage(row);
      expect(await act(stage, row, true)).toMatchObject({ type: "succeeded" });
      expect(await snapshot(stage.github, repo)).toEqual(state);
    });
  });

  test.for(rows.filter(({ is }) => is !== "sticky"))("$action is classed as $is", (row) => {
    expect(classOf(row.action, verbOf(row)).class).toBe(row.is);
  });
}

/** Verbs by their names in octokit.rest, where they are not POST. */
function verbOf({ action }: Pick<Row, "action">): string {
  const name = action.split(".")[1] ?? "";
  if (/^(?:merge|setLabels|lock|createOrUpdate)/.test(name)) return "PUT";
  if (/^(?:delete|remove|unlock)/.test(name)) return "DELETE";
  return name.startsWith("update") ? "PATCH" : "POST";
}
