import type { Trace } from "../../engine/trace.ts";
import { hasMarker } from "../../github/marker.ts";
import { askKey } from "../../github/report/ask-key.ts";
import type { SandboxGitHub } from "../github/index.ts";
import { doDeed, type Stage } from "./deed.ts";
import type { Act, Answer, Scenario } from "./scenario.ts";

type StepTrace = Extract<Trace, { kind: "step" }>;

export interface PlayerOptions {
  readonly sandbox: SandboxGitHub;
  readonly scenario: Scenario;
  /** Tells of every deed as it is done, as `maya`, `labels #1 bug`. */
  readonly tell: (who: string, what: string) => void;
  /** Kills the service and starts it again; resolves when it runs. */
  readonly restart: () => Promise<void>;
}

/** Plays the people of a scenario: does what starts the workflow, then answers each step that waits for somebody. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #left: Answer[];
  readonly #stage: Stage;
  #doing: Promise<void> = Promise.resolve();

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#left = [...options.scenario.answers];
    const { sandbox, scenario } = options;
    this.#stage = { sandbox, repo: scenario.repository, issue: null, pull: null };
  }

  /** The issue (else the pull request) that it is about. */
  get subject(): number | null {
    return this.#stage.issue ?? this.#stage.pull;
  }

  get pull(): number | null {
    return this.#stage.pull;
  }

  /** Answers that no step has waited for yet. */
  get left(): readonly Answer[] {
    return this.#left;
  }

  /** The issue or pull request, where something else than the scenario opened it. */
  about({ number, isPull }: { readonly number: number; readonly isPull: boolean }): void {
    if (isPull) this.#stage.pull ??= number;
    else this.#stage.issue ??= number;
  }

  start(): void {
    for (const act of this.#options.scenario.start) this.#act(act);
  }

  /** Resolves when all that was begun is done; rejects where a deed failed. */
  done(): Promise<void> {
    return this.#doing;
  }

  /** Takes note of what the service did; a step that waits gets its answer, each answer is given once. */
  see(trace: Trace): void {
    if (trace.kind !== "step" || trace.state !== "waiting" || trace.for === "retry" || trace.for === "delay")
      return;
    const at = this.#left.findIndex(({ to }) => to === trace.step || to === `${trace.step}#${trace.visit}`);
    const [answer] = at < 0 ? [] : this.#left.splice(at, 1);
    if (!answer) return;
    this.#doing = this.#doing.then(() => this.#answer(answer, trace));
    // Whoever waits for `done` hears of it; until then a failed deed must not end the process.
    this.#doing.catch(() => {});
  }

  async #answer(answer: Answer, trace: StepTrace): Promise<void> {
    const { restart } = this.#options;
    if (trace.for !== "event") await this.#asked(trace);
    if (answer.after_kill) await restart();
    this.#act(answer);
  }

  /** People answer what they were asked: once the question stands on the issue or pull request. */
  async #asked(trace: StepTrace): Promise<void> {
    const { sandbox, scenario } = this.#options;
    const place = this.subject;
    if (place === null) return;
    const key = askKey({ ...trace, asking: trace.asking ?? 1 });
    await sandbox.until(
      () => sandbox.comments(scenario.repository, place).some(({ body }) => hasMarker(body, key)),
      { what: `the question of step ${trace.step}`, timeoutMs: 20_000 },
    );
  }

  #act(act: Act): void {
    this.#options.tell(act.as, doDeed(this.#stage, act));
  }
}
