import type { RepositoryRef } from "../../core/execution.ts";
import type { Happening } from "../happening.ts";
import type { Room, Work } from "../room.ts";

export interface Visitor {
  readonly login: string;
  readonly repository: RepositoryRef;
  readonly installation: number;
  /** Names what is asked for: the same key is the same request. */
  readonly key: string;
  /** The issue or pull request that it is about. */
  readonly subject: { readonly number: number; readonly isPullRequest: boolean } | null;
}

/** A request that came by no webhook, as the parts of the room know what happens: nothing but who asks, and where. */
export function visit(room: Room, { login, repository, installation, key, subject }: Visitor): Work {
  const happening: Happening = {
    id: key,
    receivedAt: room.clock.now(),
    event: "api",
    action: null,
    name: "api",
    repository,
    defaultBranch: null,
    installation,
    sender: { login, isBot: false },
    number: subject?.number ?? null,
    isPullRequest: subject?.isPullRequest ?? false,
    payload: {},
    trimmed: {},
    again: false,
  };
  return { room, happening, octokit: room.clients.installation(installation) };
}
