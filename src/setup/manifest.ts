import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** What app.yml says that the App needs. */
export interface AppNeeds {
  readonly name: string;
  readonly description: string;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly events: readonly string[];
}

/** Throws where the package is broken: app.yml ships with it. */
export function appNeeds(): AppNeeds {
  const text = readFileSync(new URL("../../app.yml", import.meta.url), "utf8");
  const app = parse(text) as {
    readonly name: string;
    readonly description: string;
    readonly default_permissions: AppNeeds["permissions"];
    readonly default_events: AppNeeds["events"];
  };
  const { name, description, default_permissions: permissions, default_events: events } = app;
  return { name, description, permissions, events };
}

export interface ManifestOptions {
  readonly name: string;
  /** The App's page in the world. */
  readonly homepage: string;
  /** Where GitHub delivers to. */
  readonly webhook: string;
  /** Where GitHub sends the browser back to, with the code. */
  readonly redirect: string;
}

/** https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function manifestOf({ name, homepage, webhook, redirect }: ManifestOptions) {
  const { description, permissions, events } = appNeeds();
  return {
    name,
    url: homepage,
    description,
    public: false,
    hook_attributes: { url: webhook, active: true },
    redirect_url: redirect,
    default_permissions: permissions,
    default_events: events,
  };
}

/** Where the form with the manifest goes. */
export function registrationPage(github: string, organization: string | null, state: string): string {
  const path = organization === null ? "" : `/organizations/${encodeURIComponent(organization)}`;
  return `${github}${path}/settings/apps/new?state=${encodeURIComponent(state)}`;
}
