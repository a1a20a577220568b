import type { Subject } from "../core/execution.ts";
import type { Workflow } from "../core/workflow.ts";
import { readFailure } from "./failures.ts";
import type { Work } from "./room.ts";
import type { PresentSubject } from "./subject.ts";

/** So many paths are kept with an execution, which is saved whole after every decision; GitHub tells 3,000 at most. */
export const mostFiles = 1_000;
const perPage = 100;

/** What the pull requests that a delivery is about change: each is asked for once, and only for workflows that read it. */
export interface SubjectFiles {
  /**
   * Paths that the pull request changes now, in GitHub's order, the first `mostFiles`; null where GitHub can't list them, as
   * those of a difference too large for it. Rejects where that may pass.
   */
  readonly of: (number: number) => Promise<readonly string[] | null>;
  /** The same subject, with its files where it is a pull request and the workflow reads them. */
  readonly fill: <T extends PresentSubject | null>(workflow: Workflow, now: T) => Promise<T>;
}

export function subjectFiles({ room, octokit, happening }: Work): SubjectFiles {
  const { owner, name: repo } = happening.repository;
  const known = new Map<number, Promise<readonly string[] | null>>();
  const read = async (pull_number: number) => {
    const paths: string[] = [];
    const pages = octokit.paginate.iterator(octokit.rest.pulls.listFiles, {
      owner,
      repo,
      pull_number,
      per_page: perPage,
    });
    for await (const { data } of pages) {
      paths.push(...data.map(({ filename }) => filename));
      if (paths.length >= mostFiles) break;
    }
    return paths.slice(0, mostFiles);
  };
  const tryTo = async (number: number) => {
    try {
      return await read(number);
    } catch (error) {
      // Events reach executions and other workflows start though these paths stay unknown.
      if (readFailure(error, room.clock.now()).transient) throw error;
      room.log.warn(
        { delivery: happening.id, number, err: error },
        "the files of a pull request can't be listed",
      );
      return null;
    }
  };
  const of = (number: number) => {
    const found = known.get(number) ?? tryTo(number);
    known.set(number, found);
    return found;
  };
  return {
    of,
    async fill(workflow, now) {
      if (now === null || !readsFilesOf(workflow, now.subject)) return now;
      return { ...now, subject: { ...now.subject, files: await of(now.subject.number) } };
    },
  };
}

/** Whether anything is to be asked for. */
export function readsFilesOf(
  { readsFiles }: Workflow,
  subject: Subject | null,
): subject is Subject & { readonly type: "pull_request" } {
  return readsFiles && subject?.type === "pull_request";
}
