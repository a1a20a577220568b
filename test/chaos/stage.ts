import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import type { LogLine } from "../../src/sandbox/service-process.ts";
import { Replica } from "../e2e/replicas.ts";
import { readBugLifecycle, SECRET } from "../e2e/stage.ts";
import { type OwnServer, startServer } from "../support/postgres-server.ts";
import type { Dice } from "./dice.ts";
import type { Form } from "./form.ts";
import { Front } from "./front.ts";
import { keepHistory } from "./history.ts";
import type { Tally } from "./tally.ts";
import { people } from "./town.ts";
import { perMinute } from "./writes.ts";

const count = 3;
/** What each of them runs. */
const main = new URL("replica.ts", import.meta.url);

/** Three replicas over one Postgres, behind one address, and GitHub with many installations. */
export interface ChaosStage {
  readonly sandbox: SandboxGitHub;
  readonly database: OwnServer;
  readonly replicas: readonly Replica[];
  readonly front: Front;
  /** `owner/name`, each of its own installation. */
  readonly repositories: readonly string[];
  close(): Promise<void>;
}

export async function openStage(
  { installations }: Form,
  dice: Dice,
  tally: Tally,
  onLine: (line: LogLine) => void,
): Promise<ChaosStage> {
  const database = (await startServer("system", false)) ?? (await startServer("embedded", false));
  if (!database)
    throw new Error("there is no Postgres that may be restarted: neither the system's nor npm's");
  // Each process that was killed asks for its tokens anew: within minutes as often as else in hours.
  const sandbox = await startSandboxGitHub({ rateLimit: 100_000 });
  const { workflow } = await readBugLifecycle();
  const repositories = Array.from({ length: installations }, (_, at) => {
    const owner = `acme-${at + 1}`;
    sandbox.createRepository({
      owner,
      name: "shop",
      collaborators: people,
      labels: ["bug"],
      files: { ".hishamos/bug-lifecycle.yml": workflow },
    });
    return `${owner}/shop`;
  });
  const env = {
    ...sandbox.environment(),
    // What GitHub takes in a minute; what it takes in an hour would make the run last for hours.
    HISHAMOS_WRITE_LIMITS: `${perMinute}/5000`,
    WEBHOOK_SECRET: SECRET,
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "info",
    DATABASE_URL: database.url,
  };
  const replicas = Array.from({ length: count }, () => new Replica(env, onLine, main));
  const front = new Front(replicas, dice, tally);
  const close = async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await front.close();
    await sandbox.close();
    await database.stop();
  };
  try {
    await Promise.all(replicas.map((replica) => replica.start()));
    await keepHistory(database.url);
    sandbox.setWebhookTarget(`${await front.open()}/api/github/webhooks`, SECRET);
    return { sandbox, database, replicas, front, repositories, close };
  } catch (error) {
    await close();
    throw error;
  }
}
