import { oneOf, optionalText } from "../input.ts";
import { type RequiredCheck, STATUS_STATES } from "../model.ts";
import { addStatus, statusesAt } from "../operations/statuses.ts";
import { listed, page } from "../pagination.ts";
import { invalid, Refusal } from "../refusal.ts";
import { parameter, type RepositoryCall, type Route, read, type WriteCall, write } from "../router.ts";
import { repositoryApi } from "../serialize/basics.ts";
import { combinedStatus, statusJson } from "../serialize/status.ts";
import { found, fullName } from "../world.ts";

const STATUSES = ["statuses"];

function create(call: WriteCall) {
  const { world, repository, by, input } = call;
  const sha = parameter(call, "sha");
  if (!repository.git.commits.has(sha)) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const state = oneOf(input, "state", STATUS_STATES, "Status");
  if (state === undefined) throw invalid("Status", "state", "missing_field");
  const status = addStatus(world, repository, by, {
    sha,
    state,
    context: optionalText(input, "context") ?? "default",
    description: optionalText(input, "description") ?? null,
    targetUrl: optionalText(input, "target_url") ?? null,
  });
  return { status: 201, body: statusJson(world, repository, status) };
}

function shaOf(call: RepositoryCall): string {
  return found(call.repository.git.resolve(parameter(call, "ref"))).sha;
}

export const statusRoutes: readonly Route[] = [
  write("POST /repos/{owner}/{repo}/statuses/{sha}", STATUSES, "write", create),
  read("GET /repos/{owner}/{repo}/commits/{ref}/statuses", STATUSES, (call) => {
    const sha = shaOf(call);
    const all = call.repository.statuses.filter((status) => status.sha === sha).toReversed();
    return listed(call, all, (status) => statusJson(call.world, call.repository, status));
  }),
  read("GET /repos/{owner}/{repo}/commits/{ref}/status", STATUSES, (call) => {
    const sha = shaOf(call);
    const all = statusesAt(call.repository, sha);
    const { items, headers } = page(call, all);
    return { status: 200, headers, body: combinedStatus(call.world, call.repository, sha, all, items) };
  }),
];

/** `status-check-policy` */
function policy(call: RepositoryCall, checks: readonly RequiredCheck[]) {
  const branch = parameter(call, "branch");
  const self = repositoryApi(
    call.world,
    call.repository,
    `/branches/${branch}/protection/required_status_checks`,
  );
  return {
    url: self,
    strict: false,
    contexts: checks.map(({ context }) => context),
    contexts_url: `${self}/contexts`,
    checks: checks.map(({ context, appId }) => ({ context, app_id: appId })),
  };
}

export const protectionRoutes: readonly Route[] = [
  read(
    "GET /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks",
    ["administration"],
    (call) => {
      const checks = call.repository.protections.get(parameter(call, "branch"));
      if (checks === undefined) throw new Refusal(404, "Branch not protected");
      return { status: 200, body: policy(call, checks) };
    },
    "write",
  ),
  read("GET /repos/{owner}/{repo}/rules/branches/{branch}", ["metadata"], (call) => {
    const checks = call.repository.rulesets.get(parameter(call, "branch"));
    const rules = checks === undefined ? [] : [checks];
    return listed(call, rules, (required) => ({
      type: "required_status_checks",
      ruleset_source_type: "Repository",
      ruleset_source: fullName(call.repository),
      ruleset_id: 1,
      parameters: {
        required_status_checks: required.map(({ context, appId }) => ({
          context,
          ...(appId === null ? {} : { integration_id: appId }),
        })),
        strict_required_status_checks_policy: false,
      },
    }));
  }),
];
