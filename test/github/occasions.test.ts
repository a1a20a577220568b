import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import type { Trigger } from "../../src/core/workflow.ts";
import { type Cause, hears } from "../../src/github/triggers.ts";

const trigger = (event: string, over: Partial<Trigger> = {}): Trigger => ({
  event,
  types: [],
  labels: [],
  branches: [],
  paths: [],
  role: null,
  condition: null,
  own: false,
  outsiders: "hold",
  command: null,
  schedule: null,
  ...over,
});

const onMain = { branches: ["main"] };

/** A trigger, the event's name, action and payload, and whether it is heard. */
const rows: readonly (readonly [Trigger, string, string | null, JsonObject, boolean])[] = [
  [trigger("deployment_status"), "deployment_status", "created", {}, true],
  [trigger("deployment_status"), "deployment", "created", {}, false],
  [trigger("repository_dispatch", { types: ["go"] }), "repository_dispatch", "go", {}, true],
  [trigger("repository_dispatch", { types: ["go"] }), "repository_dispatch", "stop", {}, false],
  [trigger("release", { types: ["published"] }), "release", "published", {}, true],
  [trigger("fork", { types: ["made"] }), "fork", null, {}, false],
  [trigger("gollum"), "gollum", null, {}, true],
  [trigger("push", onMain), "push", null, { ref: "refs/heads/main" }, true],
  [trigger("push", onMain), "push", null, { ref: "refs/tags/main" }, false],
  [trigger("create", onMain), "create", null, { ref: "main" }, true],
  [
    trigger("workflow_run", onMain),
    "workflow_run",
    "completed",
    { workflow_run: { head_branch: "main" } },
    true,
  ],
  [
    trigger("workflow_run", onMain),
    "workflow_run",
    "completed",
    { workflow_run: { head_branch: "fix" } },
    false,
  ],
  [
    trigger("check_run", onMain),
    "check_run",
    "completed",
    { check_run: { check_suite: { head_branch: "main" } } },
    true,
  ],
  [
    trigger("merge_group", onMain),
    "merge_group",
    "checks_requested",
    { merge_group: { base_ref: "refs/heads/main" } },
    true,
  ],
  [trigger("release", onMain), "release", "published", { release: { target_commitish: "main" } }, true],
  [trigger("issues", onMain), "issues", "opened", {}, false],
  [
    trigger("discussion", { labels: ["bug"] }),
    "discussion",
    "created",
    { discussion: { labels: [{ name: "Bug" }] } },
    true,
  ],
];

test.for(rows)("%j hears %s %s %j: %j", ([wanted, event, action, payload, heard]) => {
  expect(hears(wanted, { event, action, payload, by: "person" })).toBe(heard);
});

test.for([
  ["person", false, true],
  ["us", false, false],
  ["us", true, true],
  ["allowed bot", false, true],
  ["bot", false, false],
  ["bot", true, false],
] as const satisfies readonly (readonly [Cause, boolean, boolean])[])(
  "what %s does, with own %j, is heard: %j",
  ([by, own, heard]) => {
    expect(hears(trigger("star", { own }), { event: "star", action: "created", payload: {}, by })).toBe(
      heard,
    );
  },
);
