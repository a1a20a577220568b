import { seeded } from "../../scripts/library/seeded.ts";
import { marker } from "../../src/github/marker.ts";
import { Player } from "../../src/sandbox/scenario/player.ts";
import { isShown, type Place, REPO, readBugLifecycle, Stage } from "./stage.ts";

/** What a run came to, as far as a kill may not change it. */
export interface Result {
  readonly executions: number;
  readonly state: string;
  /** As `fix 3 completed`, by step: visits and the last visit's state. */
  readonly steps: readonly string[];
  readonly issues: readonly string[];
  readonly pulls: number;
  /** First lines of the App's comments, sorted. */
  readonly comments: readonly string[];
  /** Hidden markers that stand in more than one comment. */
  readonly twice: readonly string[];
  /** GUIDs of deliveries that were lost, or have no outcome. */
  readonly lost: readonly string[];
}

export interface Run {
  readonly result: Result;
  readonly kills: number;
  /** Happenings that moved something forward: saves, writes on GitHub, deliveries. */
  readonly progress: number;
}

/** `count` different whole numbers from 1 to `most`, in their order. */
function randomMoments(count: number, most: number, random: () => number): readonly number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, most)) chosen.add(1 + Math.floor(random() * most));
  return [...chosen].toSorted((a, b) => a - b);
}

/**
 * Plays the Bug Lifecycle on the real service, and kills it with SIGKILL as soon as so many happenings have moved
 * something forward as each of `moments` says, or a few milliseconds later; each time it is started again.
 */
export async function playThrough(
  place: Place,
  moments: readonly number[],
  random: () => number,
  prepare: (sandbox: Stage["sandbox"]) => void = () => {},
): Promise<Run> {
  const { workflow, scenario } = await readBugLifecycle();
  const stage = await Stage.open(place, {
    files: { ".hishamos/bug-lifecycle.yml": workflow },
    collaborators: scenario.people,
    labels: ["bug"],
  });
  const { sandbox, service, lines } = stage;
  prepare(sandbox);
  // The moments are ours to choose.
  const answers = scenario.answers.map(({ after_kill: _kill, ...answer }) => answer);
  const player = new Player({
    sandbox,
    scenario: { ...scenario, answers },
    tell: () => {},
    restart: async () => {},
  });

  const left = [...moments];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let kills = 0;
  let dying = false;
  let ended = false;
  let life: Promise<void> = Promise.resolve();
  const live = () => {
    life = stage.start().catch((error: unknown) => {
      if (!dying) failed.reject(error);
    });
  };
  const kill = async () => {
    kills += 1;
    const exited = service.kill();
    await life;
    await exited;
    live();
    dying = false;
  };

  let linesSeen = 0;
  let deliveriesSeen = 0;
  let requestsSeen = 0;
  let progress = 0;
  const unwatch = stage.watch(() => {
    for (const line of lines.slice(linesSeen)) {
      if (line.msg === "saved" || line.msg === "delivery processed") progress += 1;
      for (const trace of line.traces ?? []) player.see(trace);
    }
    linesSeen = lines.length;
    for (const { method, path, status } of sandbox.requests().slice(requestsSeen)) {
      if (method !== "GET" && status !== null && status < 300 && !/access_tokens|attempts/.test(path))
        progress += 1;
    }
    requestsSeen = sandbox.requests().length;
    const deliveries = sandbox.deliveries().slice(deliveriesSeen);
    deliveriesSeen = sandbox.deliveries().length;
    progress += deliveries.filter(({ redelivery, statusCode }) => !redelivery && statusCode === 202).length;

    const [moment] = left;
    if (dying || ended || moment === undefined || progress < moment) return;
    left.shift();
    dying = true;
    const delay = random() < 0.5 ? 0 : Math.floor(random() * 40);
    if (delay === 0) void kill();
    else setTimeout(() => void kill(), delay);
  });
  try {
    live();
    await life;
    player.start();
    const over = stage.until(
      "the last state in the sticky comment, and on the check run",
      () =>
        !dying &&
        player.subject !== null &&
        stage.said(player.subject).some((body) => isShown(body, "completed")) &&
        player.pull !== null &&
        sandbox
          .checkRuns(REPO, player.pull)
          .some(({ name, conclusion }) => name === "HishamOS / Bug Lifecycle" && conclusion === "success"),
      // On Postgres what was under way at a kill is gone on with only when its sign of life is missed.
      60_000 + moments.length * 10_000,
    );
    const deeds = stage.until("a deed to fail", () => player.done().then(() => false), 3_600_000);
    deeds.catch(() => {});
    await Promise.race([over, failed.promise, deeds]);
    ended = true;
    await life;
    const lost = await settled(stage, place);
    return { result: await look(stage, place, player, lost), kills, progress };
  } finally {
    ended = true;
    unwatch();
    await stage.close();
  }
}

/** The Bug Lifecycle never killed, and killed so many times at random moments; each with a store of its own. */
export async function playTwice(
  make: () => Promise<Place>,
  kills: number,
  seed: number,
): Promise<{ readonly calm: Run; readonly killed: Run }> {
  const random = seeded(seed);
  const play = async (moments: readonly number[]) => {
    const place = await make();
    try {
      return await playThrough(place, moments, random);
    } finally {
      await place.remove();
    }
  };
  const calm = await play([]);
  // Short of the end: a run that is killed may write less often, as reports of several saves fall together.
  const moments = randomMoments(kills, Math.floor(calm.progress * 0.85), random);
  return { calm, killed: await play(moments) };
}

/** CHAOS_SEED, to repeat a run; else any. */
export function readSeed(): number {
  return Number(process.env["CHAOS_SEED"] ?? Math.floor(Math.random() * 1e9));
}

/** Until every delivery is processed; the service has ended then. The GUIDs that no start takes up are lost. */
async function settled(stage: Stage, place: Place): Promise<readonly string[]> {
  const { sandbox, service } = stage;
  let open: readonly string[] = [];
  for (let tries = 0; tries < 4; tries++) {
    await sandbox.settled();
    const code = await service.stop();
    if (code !== 0) throw new Error(`the service ended with ${code} on SIGTERM\n${service.errors}`);
    const guids = new Set(sandbox.deliveries().map(({ guid }) => guid));
    const stores = await place.open();
    const known = await Promise.all(
      [...guids].map(async (guid) => ({ guid, row: await stores.deliveries.get(guid) })),
    );
    await stores.close();
    open = known.flatMap(({ guid, row }) => ((row?.outcome ?? null) === null ? [guid] : []));
    if (open.length === 0) break;
    await stage.start();
    await Promise.all(open.map((guid) => stage.outcome(guid)));
  }
  return open;
}

async function look(stage: Stage, place: Place, player: Player, lost: readonly string[]): Promise<Result> {
  const { sandbox } = stage;
  const stores = await place.open();
  const { executions } = await stores.executions.list({});
  await stores.close();
  const [execution] = executions;
  const bodies = [player.subject, player.pull].flatMap((number) =>
    number === null ? [] : stage.said(number),
  );
  const markers = bodies.flatMap((body) => body.match(markerForm) ?? []);
  return {
    executions: executions.length,
    state: execution?.state ?? "none",
    steps: Object.entries(execution?.steps ?? {}).map(
      ([path, { visits, runs }]) => `${path} ${visits} ${runs.at(-1)?.state}`,
    ),
    issues: sandbox.issues(REPO).map(({ number, state }) => `#${number} ${state}`),
    pulls: sandbox.pullRequests(REPO).length,
    comments: bodies
      .map((body) => (body.split("\n", 1)[0] ?? "").replaceAll(sandbox.url, "https://github"))
      .toSorted(),
    twice: markers.filter((one, at) => markers.indexOf(one) !== at),
    lost,
  };
}

const markerForm = new RegExp(marker("any").replace(/[0-9a-f]{40}/, "[0-9a-f]{40}"), "g");
