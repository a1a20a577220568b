import { readdirSync, readFileSync } from "node:fs";
import { Octokit } from "@octokit/rest";
import { describe, expect, test } from "vitest";
import { methodOf } from "../../src/github/actions/call.ts";
import { kinds, type Played, type Point, play, type Scenario } from "./play.ts";
import { scenarios } from "./scenarios.ts";
import { differences } from "./snapshot.ts";

const calm = new Map<Scenario, Promise<Played>>();

function undisturbed(scenario: Scenario): Promise<Played> {
  const known = calm.get(scenario) ?? play(scenario);
  calm.set(scenario, known);
  return known;
}

describe.for(scenarios)("$name", (scenario) => {
  test("comes to its end where nothing is spoilt", async () => {
    const played = await undisturbed(scenario);
    expect(played.executions.filter((one) => !one.endsWith("completed "))).toEqual([]);
    expect(played.doubles).toEqual([]);
    expect(played.writes.length).toBeGreaterThan(1);
  });

  // What a 502 hides is heard of no more than what a cut connection hides; test:chaos tries both.
  test.for(kinds.filter((kind) => kind !== kinds[1]))(
    "each kind of write, the first of each act: %s",
    async (kind) => {
      const { state, executions, writes } = await undisturbed(scenario);
      const points = firsts(writes, kind);
      const played = await play(scenario, points, kind);
      expect(differences(state, played.state)).toEqual([]);
      expect(played.executions).toEqual(executions);
      expect(played.doubles).toEqual([]);
      expect(played.spoilt).toBe(points.length);
    },
  );
});

/** The first write of each kind in each act; a process dies once in an act. */
function firsts(writes: readonly Point[], kind: string): readonly Point[] {
  const first = writes.filter(({ n }) => n === 1);
  if (kind !== kinds[3]) return first;
  return first.filter(({ act }, at) => first.findIndex((one) => one.act === act) === at);
}

const proposed =
  "asked again under the same key by the caller of the API, or with the delivery (onboard.test.ts): what is there is found";

/** Writes that no scenario makes, and why. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", "of duplicates: duplicates.test.ts"],
  ["POST /app/installations/{installation_id}/access_tokens", "a token too many is none that anybody sees"],
  [
    "POST /app/hook/deliveries/{delivery_id}/attempts",
    "asked for again by the next sweep; the inbox knows each GUID",
  ],
  ["POST /repos/{owner}/{repo}/git/refs", proposed],
  ["PUT /repos/{owner}/{repo}/contents/{path}", proposed],
  ["POST /repos/{owner}/{repo}/pulls", proposed],
]);

test("every write that our own code calls by its name is made in these scenarios", async () => {
  const made = new Set((await Promise.all(scenarios.map(undisturbed))).flatMap(({ routes }) => routes));
  const root = new URL("../../src/github/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const called = new Set(files.flatMap((name) => writesIn(readFileSync(new URL(name, root), "utf8"))));
  expect(called.size).toBeGreaterThan(8);
  expect([...called].filter((route) => !made.has(route) && !elsewhere.has(route))).toEqual([]);
});

const octokit = new Octokit();

/** Routes of what a source calls that is no GET: by octokit.rest's names, or as `POST /…` to octokit.request. */
function writesIn(source: string): readonly string[] {
  const named = [...source.matchAll(/\brest\s*\.(\w+)\s*\.(\w+)/g)].flatMap(([, scope, name]) => {
    const method = methodOf(octokit, `${scope}.${name}`);
    return method && method.verb !== "GET" ? [`${method.verb} ${method.url}`] : [];
  });
  const routes = [...source.matchAll(/"((?:POST|PUT|PATCH|DELETE) \/[^"]+)"/g)].map(
    ([, route = ""]) => route,
  );
  const parts = [...source.matchAll(/method: "(POST|PUT|PATCH|DELETE)",\s+url: "([^"]+)"/g)].map(
    ([, verb, url]) => `${verb} ${url}`,
  );
  return [...named, ...routes, ...parts];
}
