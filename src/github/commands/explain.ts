import type { Execution } from "../../core/execution.ts";
import { explain } from "../../definition/explain.ts";
import { neutralise } from "../neutralise.ts";
import type { Work } from "../room.ts";
import { type Reply, taken } from "./answers.ts";
import { findByStem, noWorkflows } from "./start.ts";

/** Room for GitHub's limit of a comment's length, which what is made safe may come to. */
const longest = 30_000;

/** `explain [WORKFLOW]`: the one that runs or ran here last, as it is pinned; else the one of that name. */
export async function explainWorkflow(
  { room, happening, octokit }: Work,
  rest: string,
  executions: readonly Execution[],
): Promise<Reply> {
  const [stem = ""] = rest.split(/\s+/, 1);
  const here = executions.find(({ workflow, parent }) =>
    stem === "" ? parent === null : workflow.stem === stem,
  );
  if (here !== undefined) return told(explain(await room.engine.workflowOf(here)), here.workflow.stem);
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  if (definitions === null) return noWorkflows();
  const found = findByStem(definitions, stem);
  return "reply" in found ? found.reply : told(explain(found.file.workflow), stem);
}

function told(text: string, stem: string): Reply {
  return taken(`explained ${stem}`, neutralise(text.trim(), longest));
}
