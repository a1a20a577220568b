import type { Octokit } from "@octokit/rest";
import type { Execution } from "../core/execution.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Engine, Log, Stores } from "../engine/ports/index.ts";
import type { Authoriser } from "./authorise.ts";
import type { Clients } from "./clients.ts";
import type { DefinitionReader } from "./definitions.ts";
import type { Happening } from "./happening.ts";
import type { Identity } from "./identity.ts";
import { commentOnce } from "./marker.ts";
import type { Schedules } from "./schedules.ts";
import type { Cause } from "./triggers.ts";

/** What the processing of a delivery works with. */
export interface Room {
  readonly appId: number | string;
  readonly engine: Engine;
  readonly stores: Pick<Stores, "executions" | "definitions" | "schedules" | "deliveries">;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly log: Log;
  readonly definitions: DefinitionReader;
  readonly authoriser: Authoriser;
  readonly identity: Identity;
  /** Logins, in lower case, of the other bots whose events may start workflows. */
  readonly allowedBots: ReadonlySet<string>;
  readonly schedules: Schedules;
  /** True where other processes work on the same stores. */
  readonly shared?: boolean;
  /** True where repositories are offered a first workflow when the App is installed on them. */
  readonly onboarding?: boolean;
  /** The agents that ship, by name. */
  readonly roles: ReadonlyMap<string, AgentDefinition>;
}

/** One delivery under way, with the client of its installation. Each part of the work returns what it did, in words. */
export interface Work {
  readonly room: Room;
  readonly happening: Happening;
  readonly octokit: Octokit;
}

/** Posts one comment; once, however often the delivery is processed. `key` names this answer. */
export async function answerOnce(
  { room, happening, octokit }: Work,
  number: number,
  key: string,
  body: string,
): Promise<void> {
  await commentOnce(octokit, {
    owner: happening.repository.owner,
    repo: happening.repository.name,
    number,
    key: `answer:${key}`,
    body,
    appSlugOrId: room.appId,
    log: room.log,
    mayHaveHappened: happening.again,
  });
}

/** Whether the sender is this App itself. */
export async function isOurOwn({ room, happening }: Work): Promise<boolean> {
  return happening.sender.isBot && (await isOurLogin(room, happening.sender.login));
}

export async function isOurLogin({ identity }: Room, login: string): Promise<boolean> {
  // Only bots' logins have brackets, so that people cost no question.
  return login.endsWith("[bot]") && login.toLowerCase() === (await identity.botLogin()).toLowerCase();
}

/** Who caused the event. A bot is allowed by its login, with or without `[bot]`. */
export async function causeOf(work: Work): Promise<Cause> {
  const { sender } = work.happening;
  if (!sender.isBot) return "person";
  if (await isOurOwn(work)) return "us";
  const login = sender.login.toLowerCase();
  const { allowedBots } = work.room;
  return allowedBots.has(login) || allowedBots.has(login.replace(/\[bot\]$/, "")) ? "allowed bot" : "bot";
}

/**
 * The execution that took this message before a crash: then it no longer fits, and an answer that says so would be wrong;
 * nor may it be taken for what is asked since.
 */
export function takenBy(executions: readonly Execution[], messageId: string): Execution | undefined {
  return executions.find(({ consumed }) => consumed.includes(messageId));
}

/** An execution's id, short enough to read and long enough to find it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
