import type { RepositoryRef } from "../../../core/execution.ts";
import type { SecretSource } from "./secrets.ts";

/** A secret that workflows of a repository, or of all of an owner's, may send. Names in lower case, but the secret's. */
export interface SecretGrant {
  readonly owner: string;
  /** Null: all of the owner's. */
  readonly repository: string | null;
  readonly secret: string;
  /** The only host it may be sent to, as `hooks.slack.com` or `ci.internal:8443`; null: any. */
  readonly host: string | null;
}

/** The form of the text, for whoever wrote another one. */
export const grantsForm = "As acme/shop:SLACK_TOKEN@hooks.slack.com,DEPLOY_KEY; acme/*:PAGER.";

const place = /^(?<owner>[\w-]+)\/(?<repository>[\w.-]+|\*)$/;
const granted = /^(?<secret>[A-Za-z_][A-Za-z0-9_]{0,99})(?:@(?<host>[^@]+))?$/;
const hostForm = /^(?:[a-z0-9](?:[\w.-]*[a-z0-9])?|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Reads `PLACE:SECRET,SECRET@HOST; PLACE:…`, a place being `owner/repository` or `owner/*`; or the part that is not of
 * this form.
 */
export function parseGrants(text: string): readonly SecretGrant[] | { readonly wrong: string } {
  const grants: SecretGrant[] = [];
  for (const part of parts(text, /[;\n]/)) {
    const colon = part.indexOf(":");
    const where = place.exec(part.slice(0, Math.max(colon, 0)).trim())?.groups;
    const secrets = parts(part.slice(colon + 1), /,/);
    if (!where || secrets.length === 0) return { wrong: part };
    const { owner = "", repository = "" } = where;
    for (const each of secrets) {
      const { secret = "", host } = granted.exec(each)?.groups ?? {};
      const only = host === undefined ? null : readHost(host);
      if (secret === "" || (host !== undefined && only === null)) return { wrong: each };
      grants.push({
        owner: owner.toLowerCase(),
        repository: repository === "*" ? null : repository.toLowerCase(),
        secret,
        host: only,
      });
    }
  }
  return grants;
}

/** A host with an optional port as a URL's `host` has it, `hooks.slack.com` for `Hooks.Slack.com:443`; null for anything else. */
export function readHost(text: string): string | null {
  return hostForm.test(text) ? (URL.parse(`https://${text}`)?.host ?? null) : null;
}

function parts(text: string, separator: RegExp): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Of several grants for one secret each counts: one without a host allows any. */
export function grantedSecrets(
  grants: readonly SecretGrant[],
  values: ReadonlyMap<string, string>,
): SecretSource {
  return {
    get(name, { owner, name: repository }: RepositoryRef) {
      const value = values.get(name);
      const fitting = grants.filter(
        (grant) =>
          grant.secret === name &&
          grant.owner === owner.toLowerCase() &&
          (grant.repository === null || grant.repository === repository.toLowerCase()),
      );
      if (value === undefined || fitting.length === 0) return null;
      const hosts = fitting.map(({ host }) => host);
      return { value, hosts: hosts.includes(null) ? null : hosts.filter((host) => host !== null) };
    },
  };
}
