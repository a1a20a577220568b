import { Octokit } from "@octokit/rest";
import type { StoredApp } from "./stored-app.ts";

/** GitHub's REST root, as GHE_HOST gives it to the service. */
export function apiOf(github: string): string {
  return github === "https://github.com" ? "https://api.github.com" : `${github}/api/v3`;
}

const timeoutMs = 20_000;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Exchanges the code that GitHub sent back for the App's credentials; it can be done once, within an hour. What went wrong
 * is a sentence. https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest
 */
export async function exchange(
  code: string,
  { github, channel }: Pick<StoredApp, "github" | "channel">,
): Promise<{ readonly app: StoredApp } | { readonly wrong: string }> {
  const request = { signal: AbortSignal.timeout(timeoutMs) };
  const octokit = new Octokit({ baseUrl: apiOf(github), userAgent: "hishamos", log: quiet, request });
  try {
    const { data } = await octokit.rest.apps.createFromManifest({ code });
    const { id, name, html_url: page, pem: privateKey, webhook_secret: webhookSecret } = data;
    if (!webhookSecret) {
      const wrong = `GitHub made the App without a webhook secret. Delete it at ${page}, and begin again.`;
      return { wrong };
    }
    return { app: { id, name, page, privateKey, webhookSecret, github, channel } };
  } catch (error) {
    const status = error instanceof Error && "status" in error ? error.status : null;
    if (status === 404 || status === 422) {
      return {
        wrong:
          "GitHub no longer knows the code that it sent: it is good once, for an hour. Create the App again, and delete the one that has no key here.",
      };
    }
    return {
      wrong: `${new URL(apiOf(github)).host} did not answer as expected. Reload this page to ask again.`,
    };
  }
}

/**
 * Has GitHub deliver its ping once more; says what came of it. Rejects with Octokit's RequestError.
 */
export async function pingAgain(octokit: Octokit): Promise<string> {
  const { data } = await octokit.rest.apps.listWebhookDeliveries({ per_page: 100 });
  const ping = data.find(({ event }) => event === "ping");
  if (ping === undefined)
    return "GitHub lists no ping of this App. Any event in a repository shows the same.";
  await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: ping.id });
  const before =
    ping.status_code >= 200 && ping.status_code < 300 ? "" : ` Before, it came to: ${ping.status}.`;
  return `GitHub was asked to deliver the ping again.${before}`;
}
