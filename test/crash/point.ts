/**
 * Where a process dies: at the n-th time that it does one thing in a stage of the play, before it is done or after, when
 * nobody was told yet.
 */
export interface CrashPoint {
  /** What people did last, as `start` or `fix#2`: a stage begins when all that came of the one before is done. */
  readonly stage: string;
  /** As `executions.save`, or `POST /repos/acme/shop/issues/#/comments`. */
  readonly at: string;
  /** Counts from 1 within the stage. */
  readonly n: number;
  readonly when: "before" | "after";
}

/** How often each thing was done, by stage. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** As `fix#2: after executions.save 1`: what CRASH_POINT takes. */
export function nameOf({ stage, at, n, when }: CrashPoint): string {
  return `${stage}: ${when} ${at} ${n}`;
}

export function readPoint(text: string): CrashPoint {
  const { stage, when, at, n } =
    /^(?<stage>\S+): (?<when>before|after) (?<at>.+) (?<n>\d+)$/.exec(text)?.groups ?? {};
  if (stage === undefined || at === undefined || (when !== "before" && when !== "after")) {
    throw new Error(`"${text}" is no crash point; one is: fix#2: after executions.save 1`);
  }
  return { stage, when, at, n: Number(n) };
}

/** Every point of a run that did these things so many times. */
export function pointsOf(counts: Counts): readonly CrashPoint[] {
  return Object.entries(counts).flatMap(([stage, things]) =>
    Object.entries(things).flatMap(([at, count]) =>
      Array.from({ length: count }, (_, index) => index + 1).flatMap((n) => [
        { stage, at, n, when: "before" as const },
        { stage, at, n, when: "after" as const },
      ]),
    ),
  );
}

/**
 * All points in as few runs as there can be: at most one of each stage in a run. Every stage begins from rest, so a crash
 * in one does not move the points of the next.
 */
export function together(points: readonly CrashPoint[]): readonly (readonly CrashPoint[])[] {
  const runs: CrashPoint[][] = [];
  for (const stage of new Set(points.map((point) => point.stage))) {
    for (const [index, point] of points.filter((one) => one.stage === stage).entries()) {
      (runs[index] ??= []).push(point);
    }
  }
  return runs;
}
