import type { App, Installation, Permissions } from "../model.ts";
import type { World } from "../world.ts";
import { api, iso, isoOrNull, nodeId, simpleUser, simpleUserOrNull } from "./basics.ts";

function permissionsJson(permissions: Permissions): Record<string, string> {
  return Object.fromEntries(permissions);
}

/** `integration` */
export function appJson(world: World, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    client_id: app.clientId,
    owner: simpleUser(world, app.owner),
    name: app.name,
    description: null,
    external_url: world.url,
    html_url: `${world.pages}/apps/${app.slug}`,
    created_at: iso(app.createdAt),
    updated_at: iso(app.createdAt),
    permissions: permissionsJson(app.permissions),
    events: app.events,
  };
}

export function appOrNull(world: World, app: App | null) {
  return app === null ? null : appJson(world, app);
}

/** `installation` */
export function installationJson(world: World, installation: Installation) {
  return {
    id: installation.id,
    account: simpleUser(world, installation.account),
    repository_selection: installation.repositoryIds === null ? "all" : "selected",
    access_tokens_url: api(world, `/app/installations/${installation.id}/access_tokens`),
    repositories_url: api(world, "/installation/repositories"),
    html_url: `${world.pages}/settings/installations/${installation.id}`,
    app_id: installation.app.id,
    app_slug: installation.app.slug,
    client_id: installation.app.clientId,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: permissionsJson(installation.permissions),
    events: installation.app.events,
    created_at: iso(installation.createdAt),
    updated_at: iso(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: simpleUserOrNull(world, installation.suspendedBy),
    suspended_at: isoOrNull(installation.suspendedAt),
  };
}
