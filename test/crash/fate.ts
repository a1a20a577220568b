import { type Counts, type CrashPoint, nameOf } from "./point.ts";

/** When the processes of one run are to die; it counts what they do, stage by stage. */
export class Fate {
  readonly #points: ReadonlyMap<string, CrashPoint>;
  readonly #counts: Record<string, Record<string, number>> = {};
  readonly #reached: string[] = [];
  #stage = "";

  /** At most one point of each stage. */
  constructor(points: readonly CrashPoint[]) {
    this.#points = new Map(points.map((point) => [point.stage, point]));
  }

  enter(stage: string): void {
    this.#stage = stage;
    this.#counts[stage] = {};
  }

  /** Something is to be done that changes the outside; answers whether this is the place to die. */
  begins(at: string): CrashPoint["when"] | null {
    const counts = this.#counts[this.#stage];
    const point = this.#points.get(this.#stage);
    if (!counts || (point && this.#reached.includes(nameOf(point)))) return null;
    const n = (counts[at] ?? 0) + 1;
    counts[at] = n;
    if (point?.at !== at || point.n !== n) return null;
    this.#reached.push(nameOf(point));
    return point.when;
  }

  /** How often each thing was begun, until the crash of the stage where there was one. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Names of the points at which a process did die. */
  get reached(): readonly string[] {
    return this.#reached;
  }
}
