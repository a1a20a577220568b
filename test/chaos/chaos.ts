import { setTimeout as delay } from "node:timers/promises";
import { loadWorkflow } from "../../src/definition/index.ts";
import { type LogLine } from "../../src/sandbox/service-process.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { readBugLifecycle } from "../e2e/stage.ts";
import { Dice } from "./dice.ts";
import type { Form } from "./form.ts";
import { judge } from "./judge.ts";
import { createMischief } from "./mischief.ts";
import { type ChaosStage, openStage } from "./stage.ts";
import { Strikes } from "./strikes.ts";
import { Tally } from "./tally.ts";
import { Town } from "./town.ts";
import { fullestMinute, perMinute } from "./writes.ts";

export interface Found {
  /** What was done to it, and what people did. */
  readonly injected: Tally;
  /** What the replicas complained of, by message. */
  readonly complaints: Tally;
  readonly figures: readonly (readonly [what: string, value: string | number])[];
  /** What is not as it must be. */
  readonly wrong: readonly string[];
}

/** Plays the whole run: a storm, a calm, and the verdict. */
export async function runChaos(form: Form): Promise<Found> {
  const injected = new Tally();
  const complaints = new Tally();
  const wrong: string[] = [];
  const began = Date.now();
  const onLine = ({ level, msg, time, err }: LogLine) => {
    if (level < 40) return;
    complaints.add(`${level >= 50 ? "error" : "warning"}: ${msg}`);
    if (process.env["CHAOS_LOG"]) {
      const { message = "" } = (err ?? {}) as { message?: string };
      console.log(`${((time - began) / 1_000).toFixed(1)} ${level} ${msg} ${message.slice(0, 200)}`);
    }
    if (level >= 60) wrong.push(`a replica says: ${msg}`);
  };
  const stage = await openStage(form, new Dice(form.seed, "webhooks"), injected, onLine);
  const { sandbox, database, replicas, front } = stage;
  const strikes = new Strikes({
    replicas,
    database,
    dice: new Dice(form.seed, "strikes"),
    tally: injected,
    wrong: (what) => wrong.push(what),
  });
  const town = new Town(sandbox, new Dice(form.seed, "people"), injected);
  const over = new AbortController();
  const attending = attend(town, strikes, over.signal);
  try {
    sandbox.spoil(createMischief(new Dice(form.seed, "GitHub"), injected, () => Date.now()));
    const striking = strikes.run();
    const startedAt = Date.now();
    await arrive(form, stage, town);
    await delay(Math.max(0, form.stormMs - (Date.now() - startedAt)));
    const doneInStorm = town.bugs.filter((bug) => town.isDone(bug)).length;
    const stormMs = Date.now() - startedAt;

    sandbox.spoil(null);
    await strikes.calm();
    await striking;
    await front.calm();
    const calmSince = Date.now();
    const unfinished = await settle(form, stage, town);
    const calmMs = Date.now() - calmSince;
    over.abort();
    await attending;

    const stores = await openPostgresStores({ url: database.url });
    try {
      const { workflow: text } = await readBugLifecycle();
      const loaded = loadWorkflow(text, ".hishamos/bug-lifecycle.yml");
      if (!("workflow" in loaded) || !loaded.workflow) throw new Error("the Bug Lifecycle does not load");
      const { bugs } = town;
      const { repositories } = stage;
      wrong.push(
        ...unfinished,
        ...town.wrong,
        ...(await judge({
          sandbox,
          stores,
          databaseUrl: database.url,
          workflow: loaded.workflow,
          bugs,
          repositories,
        })),
      );
    } finally {
      await stores.close();
    }
    const minute = fullestMinute(sandbox.requests());
    if (minute.count > perMinute)
      wrong.push(`${minute.count} writes to one installation in a minute: ${minute.what}`);
    const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;
    const figures = [
      ["installations", form.installations],
      ["executions", town.bugs.length],
      ["of them at their end when the storm was over", doneInStorm],
      ["length of the storm", seconds(stormMs)],
      ["until all was done after it", seconds(calmMs)],
      ["webhooks sent, redeliveries included", sandbox.deliveries().length],
      ["of them redeliveries", sandbox.deliveries().filter(({ redelivery }) => redelivery).length],
      ["requests to GitHub", sandbox.requests().length],
      [`most writes to one installation in a minute, of ${perMinute}`, minute.count],
    ] as const;
    return { injected, complaints, figures, wrong };
  } finally {
    over.abort();
    await stage.close();
  }
}

/** The bugs, at random moments, in every repository as many. */
async function arrive({ seed, executions, arrivalMs }: Form, { repositories }: ChaosStage, town: Town) {
  const dice = new Dice(seed, "arrivals");
  const moments = Array.from({ length: executions }, (_, at) => ({
    at: dice.between(0, arrivalMs),
    repo: repositories[at % repositories.length] ?? "",
  })).toSorted((a, b) => a.at - b.at);
  const since = Date.now();
  for (const { at, repo } of moments) {
    await delay(Math.max(0, since + at - Date.now()));
    town.report(repo);
  }
}

async function attend(town: Town, strikes: Strikes, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    town.lookAround();
    await strikes.attend();
    await delay(1_000, null, { signal }).catch(() => {});
  }
}

/** Until all is done; what is not within its time, in words. */
async function settle({ calmMs }: Form, stage: ChaosStage, town: Town): Promise<readonly string[]> {
  const until = Date.now() + calmMs;
  for (;;) {
    const open = await openIn(stage, town);
    if (open === null) return [];
    if (Date.now() > until) return [`after ${calmMs / 1_000} s of calm: ${open}`];
    await delay(1_000);
  }
}

/** What is not done yet; null where all is. */
async function openIn({ sandbox, database }: ChaosStage, town: Town): Promise<string | null> {
  const bugs = town.bugs.filter((bug) => !town.isDone(bug));
  if (bugs.length > 0) return `${bugs.length} bugs are not at their end`;
  await town.idle();
  await sandbox.settled();
  const stores = await openPostgresStores({ url: database.url });
  try {
    const [unfinished, behind, waiting] = await Promise.all([
      stores.deliveries.unfinished(1_000),
      stores.reports.behind(1_000).then(({ owed }) => owed),
      stores.messages.waiting(1_000),
    ]);
    if (unfinished.length > 0) return `${unfinished.length} webhooks are not processed`;
    if (behind.length > 0) return `${behind.length} reports are not at their newest`;
    if (waiting.length > 0) return `messages for ${waiting.length} executions are left`;
    const delivered = new Set(
      sandbox.deliveries().flatMap(({ guid, statusCode }) => (statusCode < 300 ? [guid] : [])),
    );
    const guids = new Set(sandbox.deliveries().map(({ guid }) => guid));
    const lost = [];
    for (const guid of guids) {
      if (!delivered.has(guid) && (await stores.deliveries.get(guid)) === null) lost.push(guid);
    }
    return lost.length > 0 ? `${lost.length} webhooks were never delivered` : null;
  } finally {
    await stores.close();
  }
}
