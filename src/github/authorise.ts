import type { Octokit } from "@octokit/rest";
import type { Execution, RepositoryRef } from "../core/execution.ts";
import { type ApprovalOptions, type Role, roles } from "../core/workflow.ts";
import type { Clock } from "../engine/ports/index.ts";
import { hasStatus } from "./failures.ts";
import { createLru } from "./lru.ts";

/** Null: allowed; else why not, as the end of "you can't …: ". */
export type Refusal = string | null;

export interface Authoriser {
  roleOf(octokit: Octokit, repository: RepositoryRef, login: string): Promise<Role>;
  /** Whether this login is one of these: logins, `@org/team`, `role:write` and up. */
  mayCommand(
    octokit: Octokit,
    repository: RepositoryRef,
    login: string,
    from: readonly string[],
  ): Promise<Refusal>;
  /** Whether this login may decide this approval of this execution. */
  mayDecide(
    octokit: Octokit,
    execution: Execution,
    options: ApprovalOptions,
    login: string,
  ): Promise<Refusal>;
}

/** How long an answer of GitHub's is believed: one person's few commands in a row ask once. */
const BELIEVED_MS = 60_000;

/** Asks GitHub who may do what. `author_association` is not used: it is wrong for private members. */
export function createAuthoriser(clock: Clock): Authoriser {
  const known = createLru<{ readonly until: number; readonly value: Promise<string> }>(5_000);

  function remembered(key: string, ask: () => Promise<string>): Promise<string> {
    const before = known.get(key);
    if (before && before.until > clock.now()) return before.value;
    const value = ask();
    known.set(key, { until: clock.now() + BELIEVED_MS, value });
    // A question that failed is asked again; whoever waits for this one gets its error.
    value.catch(() => known.delete(key));
    return value;
  }

  async function roleOf(octokit: Octokit, repository: RepositoryRef, login: string): Promise<Role> {
    const found = await remembered(`role ${repository.id} ${login.toLowerCase()}`, async () => {
      try {
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
          owner: repository.owner,
          repo: repository.name,
          username: login,
        });
        // An organisation's own roles have names of their own; `permission` then says what they come to.
        return isRole(data.role_name) ? data.role_name : data.permission;
      } catch (error) {
        if (hasStatus(error, 404)) return "none";
        throw error;
      }
    });
    return isRole(found) ? found : "none";
  }

  async function isMember(octokit: Octokit, org: string, team: string, login: string): Promise<boolean> {
    const state = await remembered(`team ${org}/${team} ${login}`.toLowerCase(), async () => {
      try {
        const request = { org, team_slug: team, username: login };
        const { data } = await octokit.rest.teams.getMembershipForUserInOrg(request);
        return data.state;
      } catch (error) {
        if (hasStatus(error, 403, 404)) return "none";
        throw error;
      }
    });
    return state === "active";
  }

  async function isNamed(octokit: Octokit, repository: RepositoryRef, name: string, login: string) {
    const role = /^role:(.+)$/.exec(name)?.[1];
    if (role !== undefined) return isRole(role) && isAtLeast(await roleOf(octokit, repository, login), role);
    const [, org, team] = /^@([\w-]+)\/([\w.-]+)$/.exec(name) ?? [];
    if (org !== undefined && team !== undefined) return isMember(octokit, org, team, login);
    return same(name.replace(/^@/, ""), login);
  }

  async function excluded(octokit: Octokit, execution: Execution, name: string, login: string) {
    if (name === "actor") return same(execution.actor, login);
    if (name !== "author") return isNamed(octokit, execution.repository, name, login);
    if (execution.subject !== null && same(execution.subject.author, login)) return true;
    const newest = execution.linked.at(-1);
    return newest !== undefined && same(await authorOf(octokit, execution.repository, newest.number), login);
  }

  function authorOf(octokit: Octokit, repository: RepositoryRef, pull: number): Promise<string> {
    return remembered(`author ${repository.id} ${pull}`, async () => {
      const request = { owner: repository.owner, repo: repository.name, pull_number: pull };
      const { data } = await octokit.rest.pulls.get(request);
      return data.user?.login ?? "ghost";
    });
  }

  return {
    roleOf,
    mayCommand: async (octokit, repository, login, from) => {
      for (const name of from) if (await isNamed(octokit, repository, name, login)) return null;
      const [only = ""] = from;
      const least = from.length === 1 ? /^role:(.+)$/.exec(only)?.[1] : undefined;
      if (least === undefined) return `it is for ${from.join(", ") || "nobody"}`;
      const role = await roleOf(octokit, repository, login);
      return `it needs the role ${least} in this repository, and yours is ${role}`;
    },
    mayDecide: async (octokit, execution, options, login) => {
      for (const name of options.exclude) {
        if (await excluded(octokit, execution, name, login)) {
          return `this approval takes nobody who is its ${name === "actor" || name === "author" ? name : "excluded"}`;
        }
      }
      const from = options.from.length > 0 ? options.from : ["role:write"];
      for (const name of from) {
        if (await isNamed(octokit, execution.repository, name, login)) return null;
      }
      return `this approval is for ${from.join(", ")}`;
    },
  };
}

function isRole(name: string): name is Role {
  return (roles as readonly string[]).includes(name);
}

export function isAtLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

/** Logins ignore case. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
