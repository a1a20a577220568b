import { expect, test } from "vitest";
import { createResponseChecker } from "../sandbox/openapi.ts";
import { playThrough } from "./chaos.ts";
import { inDirectory } from "./stage.ts";

test("a whole Bug Lifecycle takes no answer and no webhook that GitHub's description does not know", async () => {
  const checker = createResponseChecker();
  const wrong: string[] = [];
  const routes = new Set<string>();
  const events = new Set<string>();
  const place = await inDirectory();
  try {
    const { result } = await playThrough(place, [], Math.random, (sandbox) => {
      sandbox.on("request", (record) => {
        wrong.push(...checker.checkResponse(record));
        // What the stand-in does not know may be something that GitHub does know.
        if (record.route === null) wrong.push(`no route for ${record.method} ${record.path}`);
        else routes.add(`${record.method} ${record.route}`);
      });
      sandbox.on("announcement", (announcement) => {
        wrong.push(...checker.checkAnnouncement(announcement));
        events.add(announcement.event);
      });
    });
    expect(result.state).toBe("completed");
  } finally {
    await place.remove();
  }
  expect(wrong).toEqual([]);
  // That there was something to check.
  expect([...routes]).toEqual(
    expect.arrayContaining([
      "POST /app/installations/{installation_id}/access_tokens",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
      "POST /repos/{owner}/{repo}/check-runs",
      "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    ]),
  );
  expect([...events]).toEqual(
    expect.arrayContaining(["issues", "issue_comment", "pull_request", "check_run", "push"]),
  );
});
