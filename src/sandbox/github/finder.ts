import type { CheckRun, Comment, Issue, Repository, WorkflowRun } from "./model.ts";
import { fullName, type World } from "./world.ts";

/** `owner/name` */
export type RepositoryName = string;

/** An issue or pull request: its number where there is one repository, else with `repo`, or as REST shows it. */
export type Subject =
  | number
  | { readonly number: number; readonly repo?: RepositoryName; readonly html_url?: string };

/** Finds what tests name; what is not there throws, with what there is. */
export class Finder {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  repository(name?: RepositoryName): Repository {
    const all = [...this.#world.repositories.values()];
    const names = all.map(fullName).join(", ") || "none";
    if (name === undefined) {
      const [only, ...others] = all;
      if (only === undefined || others.length > 0)
        throw new Error(`say which repository; there are: ${names}`);
      return only;
    }
    const found = all.find((repository) => fullName(repository).toLowerCase() === name.toLowerCase());
    if (found === undefined) throw new Error(`no repository ${name}; there are: ${names}`);
    return found;
  }

  issue(subject: Subject): { repository: Repository; issue: Issue } {
    const { number, repo, html_url: page } = typeof subject === "number" ? { number: subject } : subject;
    const fromPage = page
      ?.slice(this.#world.pages.length + 1)
      .split("/")
      .slice(0, 2)
      .join("/");
    const repository = this.repository(repo ?? fromPage);
    const issue = repository.issues.get(number);
    if (issue === undefined) throw new Error(`no issue #${number} in ${fullName(repository)}`);
    return { repository, issue };
  }

  comment(id: number): { repository: Repository; comment: Comment } {
    for (const repository of this.#world.repositories.values()) {
      const comment = repository.comments.get(id);
      if (comment !== undefined) return { repository, comment };
    }
    throw new Error(`no comment ${id}`);
  }

  checkRun(id: number): { repository: Repository; run: CheckRun } {
    for (const repository of this.#world.repositories.values()) {
      const run = repository.checkRuns.get(id);
      if (run !== undefined) return { repository, run };
    }
    throw new Error(`no check run ${id}`);
  }

  workflowRun(id: number): { repository: Repository; run: WorkflowRun } {
    for (const repository of this.#world.repositories.values()) {
      const run = repository.workflowRuns.get(id);
      if (run !== undefined) return { repository, run };
    }
    throw new Error(`no workflow run ${id}`);
  }
}
