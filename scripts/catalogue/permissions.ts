// Which permission of a GitHub App each endpoint needs. GitHub's OpenAPI description doesn't say; this follows
// https://docs.github.com/rest/authentication/permissions-required-for-github-apps. The first row that matches holds.
// What is not here, or needs what a workflow can't declare, stays unknown: nothing is told of it then.

/** `METHOD /path below the repository`, the permissions any of which will do, and the access where the verb misleads. */
type Row = readonly [endpoint: RegExp, permissions: string, access?: "read" | "write"];

const none = "";
const either = "issues pull_requests";

const rows: readonly Row[] = [
  // Actions
  [/^\w+ \/actions\/runs\/\{\}\/deployment_protection_rule$/, "deployments"],
  [/^POST \/actions\/runs\/\{\}\/pending_deployments$/, none],
  [/\/actions\/(?:permissions|runners)\b/, "administration"],
  [/\/actions\/(?:secrets|organization-secrets)\b/, "secrets"],
  [/\/actions\/(?:artifacts|caches|cache\/usage|jobs|oidc|runs|workflows)\b/, "actions"],

  // Issues, and pull requests as issues
  // Metadata was enough for long; whether it still is depends on what one reads.
  [/^GET \/assignees\b/, none],
  [/ \/issues\/\{\}\/(?:sub_issues?|dependencies|parent)\b/, "issues"],
  [/ \/issues\/(?:\{\}|comments|events)/, either],
  [/ \/issues$/, "issues"],
  [/ \/(?:labels|milestones)\b/, either],

  // Pull requests
  [/^PUT \/pulls\/\{\}\/merge$/, "contents"],
  [/^GET \/pulls\/\{\}$/, "pull_requests contents"],
  [/ \/pulls\/\{\}\/codespaces$/, none],
  [/ \/pulls\b/, "pull_requests"],

  // Commits, checks, statuses
  [/^GET \/commits\/\{\}\/pulls$/, "pull_requests"],
  [/ \/commits\/\{\}\/check-(?:runs|suites)$/, "checks"],
  [/ \/check-(?:runs|suites)\b/, "checks"],
  [/ \/(?:commits\/\{\}\/status(?:es)?|statuses\/\{\})$/, "statuses"],
  [/^GET (?:\/commits\/\{\})?\/comments\b/, none],
  [/^POST \/commits\/\{\}\/comments$/, "contents", "read"],
  [/^\w+ \/comments\b/, "contents"],
  [/^GET \/(?:commits|compare)\b/, "contents"],

  // Code
  [/\/branches\/\{\}\/protection\b/, "administration"],
  [/ \/(?:contents|readme)\b/, "contents single_file"],
  [/ \/releases\/\{\}\/reactions\b/, none],
  [/ \/(?:branches|dispatches|git|merge-upstream|merges|releases|tarball|zipball)\b/, "contents"],
  [/^GET \/(?:activity|codeowners\/errors|community\/profile)$/, "contents"],
  [/ \/dependency-graph\/(?:compare\/\{\}|sbom|snapshots)$/, "contents"],

  // Deployments
  [/ \/deployments\b/, "deployments"],
  [/ \/environments\/\{\}\/secrets\b/, "environments secrets"],
  [/ \/environments\/\{\}\/variables\b/, none],
  [/^GET \/environments\/\{\}\/deployment_protection_rules\/apps$/, "administration"],
  [/^GET \/environments\b/, "actions"],
  [/ \/environments\b/, "administration"],

  // Security
  [/ \/code-scanning\/default-setup$/, "administration"],
  [/ \/code-scanning\/codeql\b/, "contents"],
  [/ \/code-scanning\/(?:alerts(?:\/\{\}(?:\/instances)?)?|analyses|sarifs)(?:\/\{\})?$/, "security_events"],
  [/ \/secret-scanning\/(?:alerts\b|scan-history$)/, "secret_scanning_alerts"],
  [/ \/dependabot\/alerts\b/, "vulnerability_alerts"],
  [/ \/dependabot\/secrets\b/, "dependabot_secrets"],
  [/ \/attestations\b/, "attestations"],

  // The repository itself
  [/ \/pages\/health$/, none],
  [/ \/pages\b/, "pages"],
  [/^POST \/hooks\/\{\}\/(?:pings|tests)$/, "repository_hooks", "read"],
  [/ \/hooks\b/, "repository_hooks"],
  [/^PATCH \/properties\/values$/, "repository_custom_properties"],
  [/^(?:PUT|DELETE) \/(?:collaborators\/\{\}|topics|private-vulnerability-reporting)$/, "administration"],
  [
    / \/(?:automated-security-fixes|vulnerability-alerts|interaction-limits|code-security-configuration)$/,
    "administration",
  ],
  [/ \/(?:autolinks|invitations|keys|teams|traffic)\b/, "administration"],
  [/^(?:POST|PUT|DELETE) \/rulesets(?:\/\{\})?$/, "administration"],
  [/^POST \/forks$/, "administration"],
  [/^(?:PATCH|DELETE) $/, "administration"],
];

/** `issues pull_requests:write`, or empty where nothing (but metadata) is needed or nothing is known. */
export function permissionsOf(verb: string, url: string): string {
  const repository = "/repos/{owner}/{repo}";
  if (url !== repository && !url.startsWith(`${repository}/`)) return "";
  const endpoint = `${verb} ${url.slice(repository.length).replaceAll(/\{[^}]*\}/g, "{}")}`;
  const row = rows.find(([pattern]) => pattern.test(endpoint));
  if (row === undefined || row[1] === none) return "";
  return `${row[1]}:${row[2] ?? (verb === "GET" || verb === "HEAD" ? "read" : "write")}`;
}

/**
 * Who alone may call it where the token of an installation is refused. `enabledForGitHubApps` in GitHub's description
 * is no answer: it is false for `pulls.updateBranch`, which Apps may call, and true for `GET /app`, which wants the
 * App's key. So this names only the addresses that are a person's or the App's by what they mean.
 */
export function callerOf(verb: string, url: string): "user" | "app" | undefined {
  if (/^\/(?:app|applications|app-manifests|marketplace_listing)(?:\/|$)/.test(url)) return "app";
  if (/^\/(?:repos\/\{owner\}\/\{repo\}|orgs\/\{org\}|users\/\{username\})\/installation$/.test(url))
    return "app";
  if (url === "/user/{account_id}") return undefined;
  if (/^\/(?:user|notifications|issues)(?:\/|$)/.test(url)) return "user";
  if (/^\/repos\/\{owner\}\/\{repo\}\/(?:notifications|subscription|transfer)$/.test(url)) return "user";
  if (/^\/gists(?:\/|$)/.test(url) && verb !== "GET") return "user";
  return undefined;
}
