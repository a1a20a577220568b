import type { Octokit } from "@octokit/rest";

type Permissions = Readonly<Record<string, "read" | "write">>;

/** What an installation does not grant of what is asked, and where its people accept it. */
export interface Ungranted {
  /** As `deployments: write`. */
  readonly lacking: readonly string[];
  /** The installation's settings page. */
  readonly settings: string;
  /** The part of what is asked that it does grant. */
  readonly granted: Permissions;
}

/**
 * What an App asks for anew counts for an installation only once its people have accepted it; until then GitHub refuses a
 * token with it as a whole (422), also to steps that don't need it. Null where the installation grants all of it.
 */
export async function ungrantedOf(app: Octokit, id: number, asked: Permissions): Promise<Ungranted | null> {
  const { data } = await app.rest.apps.getInstallation({ installation_id: id });
  const has = new Map<string, string>(Object.entries(data.permissions));
  const granted: Record<string, "read" | "write"> = {};
  const lacking: string[] = [];
  for (const [name, level] of Object.entries(asked)) {
    const present = has.get(name);
    if (present === "write" || present === "admin" || present === level) granted[name] = level;
    else {
      lacking.push(`${name}: ${level}`);
      if (present === "read") granted[name] = "read";
    }
  }
  return lacking.length === 0 ? null : { lacking, settings: data.html_url, granted };
}

/**
 * Why GitHub may have refused what a token was too narrow for, in words with the way out; null for any other error.
 * `accepted`: what would have been enough, as `contents=write; issues=write`, where GitHub has said it.
 */
export function ungrantedHint(error: Error, accepted: string | null): string | null {
  const { ungranted } = error as { readonly ungranted?: Pick<Ungranted, "lacking" | "settings"> };
  const wanted = accepted?.split(/[;,]/).map((grant) => grant.trim().replace("=", ": "));
  const lacking = (ungranted?.lacking ?? []).filter((one) => wanted?.includes(one) ?? true);
  if (ungranted === undefined || lacking.length === 0) return null;
  const names = lacking.map((one) => `\`${one}\``).join(", ");
  return `The App's installation does not grant ${names}, which the workflow declares: accept the App's new permissions at ${ungranted.settings}, or declare less.`;
}
