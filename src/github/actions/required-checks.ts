import type { Octokit } from "@octokit/rest";

/** A check that a branch requires; `appId` null: whoever reports it. */
export interface RequiredCheck {
  readonly name: string;
  readonly appId: number | null;
}

interface Branch {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
  readonly signal: AbortSignal;
}

/**
 * By the rulesets that hold for the branch and by its own protection, as GitHub tells them to whoever may read the
 * contents: the protection's own address needs the administration permission. Rejects as Octokit does.
 */
export async function requiredChecks(place: Branch): Promise<readonly RequiredCheck[]> {
  const [ruled, guarded] = await Promise.all([byRules(place), byProtection(place)]);
  const all = [...ruled, ...guarded];
  return [...new Map(all.map((one) => [`${one.appId}/${one.name}`, one])).values()];
}

async function byRules({ octokit, owner, repo, branch, signal }: Branch): Promise<RequiredCheck[]> {
  const rules = await orNone(
    octokit.paginate(octokit.rest.repos.getBranchRules, {
      owner,
      repo,
      branch,
      per_page: 100,
      request: { signal },
    }),
  );
  return (rules ?? []).flatMap((rule) =>
    rule.type === "required_status_checks"
      ? (rule.parameters?.required_status_checks ?? []).map(({ context, integration_id: appId }) => ({
          name: context,
          appId: appId ?? null,
        }))
      : [],
  );
}

async function byProtection({ octokit, owner, repo, branch, signal }: Branch): Promise<RequiredCheck[]> {
  const answer = await orNone(octokit.rest.repos.getBranch({ owner, repo, branch, request: { signal } }));
  const required = answer?.data.protection.required_status_checks;
  if (!required) return [];
  const checks = required.checks.map(({ context, app_id: appId }) => ({ name: context, appId }));
  const told = new Set(checks.map(({ name }) => name));
  // Older servers know only names.
  const named = required.contexts.filter((name) => !told.has(name)).map((name) => ({ name, appId: null }));
  return [...checks, ...named];
}

/** A branch that is gone requires nothing. */
async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) return null;
    throw error;
  }
}
