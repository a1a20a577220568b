import type { Trace } from "../../engine/trace.ts";
import { hasMarker } from "../../github/marker.ts";
import { askKey } from "../../github/report/ask-key.ts";
import type { SandboxGitHub } from "../github/index.ts";
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
  #issue: number | null = null;
  #pull: number | null = null;
  #doing: Promise<void> = Promise.resolve();

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#left = [...options.scenario.answers];
  }

  /** The issue (else the pull request) that it is about. */
  get subject(): number | null {
    return this.#issue ?? this.#pull;
  }

  get pull(): number | null {
    return this.#pull;
  }

  /** Answers that no step has waited for yet. */
  get left(): readonly Answer[] {
    return this.#left;
  }

  /** The issue or pull request, where something else than the scenario opened it. */
  about({ number, isPull }: { readonly number: number; readonly isPull: boolean }): void {
    if (isPull) this.#pull ??= number;
    else this.#issue ??= number;
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
    const { sandbox, tell, scenario } = this.#options;
    const person = sandbox.as(act.as);
    const say = (what: string) => tell(act.as, what);
    const repo = scenario.repository;
    if (act.opens_issue) {
      const { number } = person.openIssue({ repo, ...act.opens_issue });
      this.#issue ??= number;
      say(`opens issue #${number}: ${act.opens_issue.title}`);
      return;
    }
    if (act.opens_pull_request) {
      const {
        branch,
        files,
        message = act.opens_pull_request.title,
        title,
        body = "",
      } = act.opens_pull_request;
      person.push({ repo, branch, files, message });
      const { number } = person.openPullRequest({ repo, head: branch, title, body: this.#named(body) });
      this.#pull = number;
      say(`opens pull request #${number}: ${title}`);
      return;
    }
    if (act.pushes) {
      const { branch, files, message = "Update" } = act.pushes;
      person.push({ repo, branch, files, message });
      say(`pushes to ${branch}: ${message}`);
      return;
    }
    const subject = { repo, number: this.#number(this.subject) };
    if (act.labels) {
      person.label(subject, act.labels);
      say(`labels #${subject.number} ${act.labels}`);
    } else if (act.unlabels) {
      person.unlabel(subject, act.unlabels);
      say(`takes label ${act.unlabels} from #${subject.number}`);
    } else if (act.comments) {
      person.comment(subject, act.comments);
      say(`comments on #${subject.number}: ${act.comments}`);
    } else if (act.closes) {
      person.closeIssue(subject);
      say(`closes #${subject.number}`);
    } else {
      this.#actOnPull(act, say);
    }
  }

  #actOnPull(act: Act, say: (what: string) => void): void {
    const { sandbox, scenario } = this.#options;
    const repo = scenario.repository;
    const person = sandbox.as(act.as);
    const number = this.#number(this.#pull);
    if (act.reviews) {
      const event = act.reviews.event.toUpperCase() as Uppercase<typeof act.reviews.event>;
      person.review({ repo, number }, event, act.reviews.body);
      say(`reviews #${number}: ${act.reviews.event}${act.reviews.body ? `, ${act.reviews.body}` : ""}`);
    } else if (act.merges) {
      person.merge({ repo, number });
      say(`merges #${number}`);
    } else if (act.clicks) {
      const run = sandbox
        .checkRuns(repo, number)
        .find(({ actions }) => actions.some(({ identifier }) => identifier === act.clicks));
      if (!run) throw new Error(`no check run on #${number} has a button ${act.clicks}`);
      person.clickCheckRunAction(run.id, act.clicks);
      say(`clicks ${act.clicks} on ${run.name}`);
    }
  }

  #number(number: number | null): number {
    if (number === null) throw new Error("the scenario has opened no issue or pull request yet");
    return number;
  }

  /** `Fixes #ISSUE` names the issue that the scenario opened. */
  #named(body: string): string {
    return body.replaceAll("#ISSUE", `#${this.#issue ?? "?"}`);
  }
}
