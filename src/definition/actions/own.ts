import type { MethodEntry } from "./shape.ts";

/** The actions that are no method of octokit.rest. */
export const ownMethods: ReadonlyMap<string, MethodEntry> = new Map<string, MethodEntry>([
  [
    "comment.sticky",
    ["", "", "issues pull_requests:write", {}, { body: "s", key: "s", issue_number: "i" }, ["body"]],
  ],
  [
    "http.request",
    [
      "",
      "",
      "",
      {},
      {
        url: "s",
        method: "s",
        headers: ["m", ["u", "s", "n", "b"]],
        body: "*",
        timeout: ["u", "s", "n"],
      },
      ["url"],
    ],
  ],
  [
    "actions.run",
    ["", "", "actions:write", {}, { workflow: ["u", "s", "i"], ref: "s", inputs: "o" }, ["workflow"]],
  ],
]);
