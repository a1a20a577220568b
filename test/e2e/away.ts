import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { startPostgres } from "../support/postgres.ts";
import type { RunningServer } from "../support/postgres-server.ts";
import { Wire } from "../support/wire.ts";
import { type Place, REPO, readBugLifecycle, Stage } from "./stage.ts";

/** A database that the service reaches by a wire, and we without it. */
export interface WiredPlace extends Place {
  readonly wire: Wire;
  readonly url: string;
}

export async function inWiredPostgres(given?: RunningServer): Promise<WiredPlace> {
  const server = given ?? (await startPostgres());
  const through = new URL(server.url);
  const wire = new Wire(Number(through.port));
  through.port = String(await wire.listen());
  return {
    wire,
    url: server.url,
    env: { DATABASE_URL: through.href },
    open: () => openPostgresStores({ url: server.url }),
    async remove() {
      await wire.close();
      await server.stop();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly status: string;
    readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly error?: string }>>;
  };
}

/** The service at work on a bug, until it waits for a person to triage it. */
export async function anAwaitedTriage(place: Place): Promise<Stage> {
  const { workflow, scenario } = await readBugLifecycle();
  const stage = await Stage.open(place, {
    files: { ".hishamos/bug-lifecycle.yml": workflow },
    collaborators: scenario.people,
    labels: ["bug"],
  });
  await stage.start();
  stage.sandbox.as("alice").openIssue({ repo: REPO, title: "It breaks" });
  stage.sandbox.as("maya").label({ repo: REPO, number: 1 }, "bug");
  await stage.says(1, /A person is needed: `triage`/);
  return stage;
}

/** The person's answer, after which the execution ends by itself. */
export function triage({ sandbox }: Stage): void {
  const answer = "/hishamos done triage severity=1 summary=small component=shop";
  sandbox.as("maya").comment({ repo: REPO, number: 1 }, answer);
}

export async function readiness(stage: Stage): Promise<Answer> {
  const answer = await fetch(`${stage.url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

/** Asks again and again until it says so. */
export async function untilReady(stage: Stage, status: 200 | 503): Promise<Answer> {
  for (;;) {
    const answer = await readiness(stage);
    if (answer.status === status) return answer;
  }
}
