import type { Octokit } from "@octokit/rest";
import type { Json } from "../../../core/json.ts";
import { BadArchive, readZip } from "./zip.ts";

/** The artifact by which a workflow of GitHub Actions hands its results back. */
export const outputArtifact = "hishamos-output";
const maxBytes = 1_000_000;
const maxArchiveBytes = 4_000_000;

export interface RunPlace {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  readonly signal: AbortSignal;
}

/**
 * The JSON of the run's artifact `hishamos-output`: of its one `.json` file, or of `hishamos-output.json` where
 * there are several. Null where there is no such artifact, or it has expired. Rejects as Octokit does.
 */
export async function resultsOf(
  place: RunPlace,
): Promise<{ readonly results: Json } | { readonly problem: string }> {
  const { octokit, owner, repo, runId, signal } = place;
  const { data } = await octokit.rest.actions.listWorkflowRunArtifacts({
    owner,
    repo,
    run_id: runId,
    name: outputArtifact,
    per_page: 100,
    request: { signal },
  });
  // An attempt that was run again leaves one more of the same name.
  const [newest] = data.artifacts.filter(({ expired }) => !expired).toSorted((a, b) => b.id - a.id);
  if (!newest) return { results: null };
  if (newest.size_in_bytes > maxArchiveBytes) return { problem: `it has more than ${maxArchiveBytes} bytes` };
  const { data: archive } = await octokit.rest.actions.downloadArtifact({
    owner,
    repo,
    artifact_id: newest.id,
    archive_format: "zip",
    request: { signal },
  });
  if (!(archive instanceof ArrayBuffer)) return { problem: "its download is no archive" };
  try {
    return jsonIn(Buffer.from(archive));
  } catch (error) {
    if (error instanceof BadArchive) return { problem: error.message };
    throw error;
  }
}

function jsonIn(archive: Buffer): { readonly results: Json } | { readonly problem: string } {
  const files = readZip(archive, maxBytes).filter(({ name }) => name.endsWith(".json"));
  const named = files.find(({ name }) => name === `${outputArtifact}.json`);
  const file = named ?? (files.length === 1 ? files[0] : undefined);
  if (!file) {
    return {
      problem:
        files.length === 0
          ? "there is no .json file in it"
          : `it has several .json files and none is ${outputArtifact}.json`,
    };
  }
  try {
    return { results: JSON.parse(file.read().toString("utf8")) as Json };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `${file.name} is no JSON (${error.message})` };
    throw error;
  }
}
