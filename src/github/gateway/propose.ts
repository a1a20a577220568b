import { createHash } from "node:crypto";
import { isWorkflowPath, loadWorkflow } from "../../definition/index.ts";
import type { Refused } from "../../engine/ports/index.ts";
import { code } from "../neutralise.ts";
import { proposeFile } from "../propose-file.ts";
import type { Room } from "../room.ts";
import type { Installed } from "../sweep/repositories.ts";
import { gatewayProblem } from "./problems.ts";

export interface Proposal {
  readonly path: string;
  readonly text: string;
  readonly key: string;
  /** Login of who proposes it. */
  readonly by: string;
}

/**
 * Opens a pull request that adds the workflow, or changes it, so that what runs is what was reviewed. The branch is named by
 * the key: asked again, what is there already is found and not made a second time. Rejects with Octokit's RequestError.
 */
export async function propose(
  room: Room,
  place: Installed,
  { path, text, key, by }: Proposal,
): Promise<{ readonly pullRequest: { readonly number: number; readonly url: string } } | Refused> {
  if (!isWorkflowPath(path)) {
    return { refused: "invalid", problems: [gatewayProblem("HOS342", `${path} is no workflow's path`)] };
  }
  const octokit = room.clients.installation(place.installation);
  const definitions = await room.definitions.newest(octokit, place, place.defaultBranch);
  const agents = definitions?.files.flatMap((file) => ("agent" in file ? file.agent : [])) ?? [];
  const loaded = loadWorkflow(text, path, {
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    offline: true,
  });
  if ("problems" in loaded && !("workflow" in loaded))
    return { refused: "invalid", problems: loaded.problems };

  const branch = `hishamos/propose-${createHash("sha256").update(key).digest("hex").slice(0, 12)}`;
  const name = path.replace(/^.*\//, "");
  const { number, html_url } = await proposeFile(octokit, place, {
    branch,
    path,
    text,
    title: `Workflow ${name}`,
    body: `${code(by)} proposes ${code(path)}. The check of this pull request says what it would do.`,
  });
  return { pullRequest: { number, url: html_url } };
}
