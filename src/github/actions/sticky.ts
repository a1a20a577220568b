import { isObject, type Json, own } from "../../core/json.ts";
import type { StepResult } from "../../engine/ports/runner.ts";
import { findComment, withMarker } from "../marker.ts";
import { failureOf } from "./errors.ts";
import { perform } from "./perform.ts";
import { type ActionContext, effectOf, failed } from "./results.ts";
import { refOf, trimmed } from "./trim.ts";

/**
 * `comment.sticky` {body, key?, issue_number?}: one comment that is written anew instead of added. With a
 * `key` (or `unique`) every execution of the workflow shares it on that issue or pull request; without, the step's own.
 */
export async function stickyComment(context: ActionContext): Promise<StepResult> {
  const { request, octokit, clock, log, slug } = context;
  const { execution, run, signal } = request;
  const input = isObject(request.input) ? request.input : {};
  const body = own(input, "body");
  const number = numberOf(own(input, "issue_number") ?? run.subject ?? execution.subject?.number);
  if (typeof body !== "string" || body.trim() === "") {
    return failed(
      "missing_input",
      "comment.sticky needs `body`, the comment's text; give it in the step's inputs.",
    );
  }
  if (number === null) {
    return failed(
      "no_subject",
      "comment.sticky needs an issue or pull request. Give `issue_number` in the inputs.",
    );
  }
  const name = textOf(own(input, "key")) ?? run.unique ?? request.path;
  const key = `sticky/${execution.workflow.path}/${name}`;
  const place = { owner: execution.repository.owner, repo: execution.repository.name };

  // It looks before every write, so it may be repeated at will.
  const result = await perform({
    effect: { class: "repeatable", done: [] },
    mayHaveHappened: request.mayHaveHappened,
    clock,
    signal,
    find: async () => null,
    call: async () => {
      const known = await findComment(octokit, {
        ...place,
        number,
        key,
        appSlugOrId: await slug(),
        signal,
        log,
      });
      const text = withMarker(body, key);
      const options = { request: { retries: 0, signal } };
      const answer = known
        ? await octokit.rest.issues.updateComment({ ...place, comment_id: known.id, body: text, ...options })
        : await octokit.rest.issues.createComment({ ...place, issue_number: number, body: text, ...options });
      return answer.data;
    },
  });
  if (result.outcome !== "done") {
    if (!result.error) throw new Error("a repeatable effect has no unknown outcome");
    return { type: "failed", ...failureOf(result.error, clock.now()), effects: [] };
  }
  const output = trimmed(result.data);
  return { type: "succeeded", output, effects: [effectOf(request.key, "comment.sticky", refOf(output))] };
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
