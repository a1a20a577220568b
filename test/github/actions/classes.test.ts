import { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { methodOf } from "../../../src/github/actions/call.ts";
import { classes, classOf } from "../../../src/github/actions/index.ts";
import { hasMarker, isOurs, marker, maxBody, withMarker } from "../../../src/github/marker.ts";

const octokit = new Octokit();

test.for([...classes.keys()])("%s, which the table names, is a method of octokit.rest", (name) => {
  expect(methodOf(octokit, name)).not.toBeNull();
});

test("every method of octokit.rest has a class, and no POST is repeated unless the table says so", () => {
  const blind = Object.entries(octokit.rest).flatMap(([scope, methods]) =>
    Object.keys(methods as object).flatMap((method) => {
      const found = methodOf(octokit, `${scope}.${method}`);
      if (!found) return [`${scope}.${method} is not found`];
      const effect = classOf(found.name, found.verb).class;
      return found.verb === "POST" && effect !== "once" && !classes.has(found.name) ? [found.name] : [];
    }),
  );
  expect(blind).toEqual([]);
});

test.for([
  ["issues.get", "GET", "read"],
  ["issues.update", "PATCH", "repeatable"],
  ["issues.setLabels", "PUT", "repeatable"],
  ["issues.removeLabel", "DELETE", "repeatable"],
  ["issues.createComment", "POST", "findable"],
  ["pulls.merge", "PUT", "findable"],
  ["repos.createDispatchEvent", "POST", "once"],
  ["actions.createWorkflowDispatch", "POST", "once"],
] as const)("%s is %s, and so %s", ([name, verb, effect]) => {
  expect(classOf(name, verb).class).toBe(effect);
});

test("no key can end the comment that hides it", () => {
  expect(marker("--> <script>")).toMatch(/^<!-- hishamos:[0-9a-f]{40} -->$/);
});

test("a marked body is found by its key alone, and marked once", () => {
  const body = withMarker("Hello", "a");
  expect([hasMarker(body, "a"), hasMarker(body, "b"), withMarker(body, "a") === body]).toEqual([
    true,
    false,
    true,
  ]);
});

test("a marker that a text brings along marks nothing", () => {
  const body = withMarker(`As you wrote: ${marker("b")}${marker("a")} and so on`, "a");
  expect([hasMarker(body, "a"), hasMarker(body, "b"), body.split("hishamos:").length]).toEqual([
    true,
    false,
    2,
  ]);
});

test("a body over GitHub's limit is cut, and keeps its marker", () => {
  const body = withMarker("x".repeat(100_000), "a");
  expect([body.length, hasMarker(body, "a")]).toEqual([maxBody, true]);
});

test.for([
  [{ user: { type: "Bot", login: "hishamos[bot]" } }, true],
  [{ user: { type: "Bot", login: "x" }, performed_via_github_app: { slug: "hishamos" } }, true],
  [{ user: { type: "User", login: "dev" }, performed_via_github_app: { slug: "hishamos" } }, false],
  [{ user: { type: "Bot", login: "other[bot]" } }, false],
  [{ user: null }, false],
] as const)("%j is ours: %s", ([authored, ours]) => {
  expect(isOurs(authored, "hishamos")).toBe(ours);
});
