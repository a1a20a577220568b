import { setTimeout as delay } from "node:timers/promises";
import type { Replica } from "../e2e/replicas.ts";
import type { OwnServer } from "../support/postgres-server.ts";
import type { Dice } from "./dice.ts";
import type { Tally } from "./tally.ts";

interface StrikesOptions {
  readonly replicas: readonly Replica[];
  readonly database: OwnServer;
  readonly dice: Dice;
  readonly tally: Tally;
  /** Told what should not have happened. */
  readonly wrong: (what: string) => void;
}

/** Kills, stops and restarts replicas and their database at random moments, and starts again what ended. */
export class Strikes {
  readonly #options: StrikesOptions;
  readonly #struck = new Map<Replica, Promise<void>>();
  readonly #stopping = new AbortController();
  #database: Promise<void> | null = null;

  constructor(options: StrikesOptions) {
    this.#options = options;
  }

  /** Strikes until `calm`. */
  async run(): Promise<void> {
    const { dice, database, replicas, tally } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      await delay(dice.between(1_000, 5_000), null, { signal }).catch(() => {});
      if (signal.aborted) return;
      const what = dice.pick([45, "SIGKILL"], [25, "SIGSTOP"], [8, "SIGTERM"], [14, "database"]);
      const at = dice.whole(0, replicas.length - 1);
      const [ms, seconds] = [dice.between(0, 12_000), dice.whole(0, 4)];
      const how = dice.pick([1, "INT"], [1, "QUIT"]);
      if (what === "database") {
        if (this.#database) continue;
        tally.add(`Postgres: ${how === "INT" ? "restarted" : "crashed"}`);
        this.#database = database.restart(how, seconds).finally(() => {
          this.#database = null;
        });
        continue;
      }
      const replica = replicas[at];
      if (!replica || this.#struck.has(replica) || this.#struck.size === 2) continue;
      tally.add(`replica: ${what}`);
      this.#struck.set(
        replica,
        this.#strike(replica, what, ms).finally(() => this.#struck.delete(replica)),
      );
    }
  }

  async #strike(replica: Replica, what: "SIGKILL" | "SIGSTOP" | "SIGTERM", ms: number): Promise<void> {
    const { service } = replica;
    switch (what) {
      case "SIGKILL":
        await replica.kill();
        await delay(ms / 4);
        break;
      case "SIGSTOP":
        service.signal("SIGSTOP");
        await delay(ms);
        service.signal("SIGCONT");
        break;
      case "SIGTERM":
        await replica.stop();
        break;
      default:
        what satisfies never;
    }
    if (!service.alive) await this.#start(replica);
  }

  /** As whoever runs it does: again and again until it runs. */
  async #start(replica: Replica): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await replica.start();
        return;
      } catch (error) {
        this.#options.tally.add("replica: start refused (the database is away)");
        await replica.kill();
        if (tried === 60) throw error;
        await delay(500);
      }
    }
  }

  /** Those that ended though nobody struck them: started again, and told. */
  async attend(): Promise<void> {
    for (const [at, replica] of this.#options.replicas.entries()) {
      if (this.#struck.has(replica) || replica.service.alive) continue;
      this.#options.wrong(`replica ${at} ended by itself: ${replica.service.errors.slice(-2_000)}`);
      await replica.kill();
      this.#struck.set(
        replica,
        this.#start(replica).finally(() => this.#struck.delete(replica)),
      );
    }
  }

  /** Strikes no more; resolves when all runs again. */
  async calm(): Promise<void> {
    this.#stopping.abort();
    await this.#database;
    await Promise.all(this.#struck.values());
  }
}
