import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { methodNames } from "../../../src/definition/actions/index.ts";
import { appPermissions } from "../../../src/definition/catalogue.generated.ts";
import { loadWorkflow } from "../../../src/definition/index.ts";
import { methodOf } from "../../../src/github/actions/call.ts";
import { parametersOf } from "../../../src/github/actions/parameters.ts";
import { anExecution } from "../../support/execution.ts";

const octokit = new Octokit();
const everything = Object.fromEntries([...appPermissions.keys()].map((name) => [name, "write"]));
/** A run on an issue that has a pull request: all that the run can fill in is there. */
const execution = anExecution({
  linked: [
    {
      number: 2,
      url: "https://github.example/octo-org/octo-repo/pull/2",
      branch: "fix",
      head_sha: "abc",
      state: "open",
    },
  ],
});

const told = (action: string, inputs: Json): readonly string[] =>
  loadWorkflow(
    JSON.stringify({ name: "W", permissions: everything, steps: [{ id: "a", action, inputs }] }),
    "w.json",
  ).problems.flatMap(({ code, message }) => (code === "HOS255" ? [] : [message]));

const refusal = (action: string, inputs: Json): string | null => {
  const url = methodOf(octokit, action)?.url;
  if (url === undefined) throw new Error(`octokit.rest has no ${action}`);
  const found = parametersOf(action, url, inputs, execution);
  return "refusal" in found ? found.refusal.code : null;
};

test("what validation asks for besides the body is what the run doesn't fill in, for every method", () => {
  const wrong = methodNames().flatMap((action) => {
    const url = methodOf(octokit, action)?.url;
    if (url === undefined) return [];
    const missing = told(action, {}).flatMap(
      (message) => /needs the input "([^"]+)"/.exec(message)?.[1] ?? [],
    );
    const inAddress = missing.filter((name) => url.includes(`{${name}}`));
    const enough = Object.fromEntries(inAddress.map((name) => [name, "x"]));
    const withoutOne = inAddress.map((name) => refusal(action, { ...enough, [name]: null }));
    const agreed = refusal(action, enough) === null && withoutOne.every((code) => code === "missing_input");
    return agreed ? [] : [`${action}: ${inAddress.join()}`];
  });
  expect(wrong).toEqual([]);
});

const rows: readonly (readonly [inputs: Readonly<Record<string, Json>>, right: boolean])[] = [
  [{}, true],
  [{ max_items: 1 }, true],
  [{ max_items: 10_000 }, true],
  [{ max_items: 10_001 }, false],
  [{ max_items: 0 }, false],
  [{ max_items: 1.5 }, false],
  [{ max_items: "many" }, false],
  [{ baseUrl: "https://example.com" }, false],
  [{ headers: {} }, false],
  [{ method: "GET" }, false],
  [{ request: {} }, false],
  [{ url: "x" }, false],
  [{ mediaType: { format: "raw" } }, true],
];
test.for(rows)("with %j validation and run agree: %s", ([inputs, right]) => {
  expect(told("issues.listForRepo", inputs).length === 0).toBe(right);
  expect(refusal("issues.listForRepo", inputs) === null).toBe(right);
});
