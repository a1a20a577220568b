import { setTimeout as delay } from "node:timers/promises";
import { writtenBy } from "../../src/github/marker.ts";
import type { Announcement, RequestRecord, SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { type Bug, endOf, type Fate, failureIn, type Question, questionIn, stateIn } from "./bug.ts";
import type { Dice } from "./dice.ts";
import type { Tally } from "./tally.ts";

/** Nobody waits longer (ms) for a reaction to a command: it is a courtesy of the App's, which may fail. */
const reactionMs = 30_000;
/** After so long without anything (ms) somebody looks whether a bug stands still. */
const idleMs = 20_000;

/**
 * What is to come of ten bugs of a repository. Not more of them go all the way: those write fifty times each, and what
 * one installation takes in an hour is to last for the run.
 */
const fates: readonly Fate[] = [
  ...Array<Fate>(4).fill("deployed"),
  ...Array<Fate>(3).fill("backlog"),
  ...Array<Fate>(2).fill("cancelled"),
  "failed",
];

export const people = { alice: "read", maya: "maintain", tom: "write", quinn: "write" } as const;

/**
 * The people of all repositories. They see what stands on GitHub and nothing else; they answer when they are asked, after
 * a while and as they like, and say a command again only where they see that it was not taken.
 */
export class Town {
  readonly bugs: Bug[] = [];
  /** What should not have happened to them. */
  readonly wrong: string[] = [];
  readonly #sandbox: SandboxGitHub;
  readonly #dice: Dice;
  readonly #tally: Tally;
  /** Of each repository what the next bugs come to, in no order. */
  readonly #fates = new Map<string, Fate[]>();
  readonly #byPlace = new Map<string, Bug>();
  readonly #reactions = new Map<number, (content: string) => void>();
  readonly #deeds = new Set<Promise<void>>();

  constructor(sandbox: SandboxGitHub, dice: Dice, tally: Tally) {
    this.#sandbox = sandbox;
    this.#dice = dice;
    this.#tally = tally;
    sandbox.on("announcement", (announcement) => this.#hear(announcement));
    sandbox.on("request", (request) => this.#feel(request));
  }

  /** Somebody reports a bug, and somebody else labels it. */
  report(repo: string): void {
    const dice = this.#dice;
    const left = this.#fates.get(repo) ?? [];
    if (left.length === 0) left.push(...fates);
    const [fate = "deployed"] = left.splice(dice.whole(0, left.length - 1), 1);
    this.#fates.set(repo, left);
    const { number } = this.#sandbox.as("alice").openIssue({ repo, title: "Pay fails", body: "A 500." });
    const bug: Bug = {
      repo,
      number,
      fate,
      cancelAt: dice.whole(1, 6),
      pull: null,
      questions: 0,
      seen: new Set(),
      round: 1,
      shown: null,
      settled: false,
      pending: 0,
      movedAt: Date.now(),
    };
    this.bugs.push(bug);
    this.#byPlace.set(`${repo}#${number}`, bug);
    this.#tally.add(`bug that is to be ${fate}`);
    this.#later(bug, dice.between(0, 500), async () => {
      this.#sandbox.as("maya").label({ repo, number }, "bug");
    });
  }

  /** Whether the bug shows the end that people gave it, and nobody means to do anything more. */
  isDone(bug: Bug): boolean {
    return bug.settled && bug.pending === 0 && bug.shown === endOf[bug.fate];
  }

  /** Somebody looks after what stands still: it may be paused by a command that was late, or failed without a word. */
  lookAround(): void {
    for (const bug of this.bugs) {
      if (bug.pending > 0 || this.isDone(bug) || Date.now() - bug.movedAt < idleMs) continue;
      if (bug.shown === "paused") {
        this.#tally.add("people: resumed what stood still");
        this.#later(bug, 0, () => this.#say(bug, "maya", "/hishamos resume"));
      } else if (bug.shown === "failed" && !bug.settled) {
        this.#tally.add("people: retried what stood still");
        this.#later(bug, 0, () => this.#say(bug, "maya", "/hishamos retry"));
      }
    }
  }

  /** Resolves when no deed is under way. */
  async idle(): Promise<void> {
    while (this.#deeds.size > 0) await Promise.all(this.#deeds);
  }

  #later(bug: Bug, ms: number, act: () => Promise<void>): void {
    bug.pending += 1;
    const deed = delay(ms)
      .then(act)
      .catch((error: unknown) => {
        this.wrong.push(`${bug.repo}#${bug.number}: a deed failed: ${String(error)}`);
      })
      .finally(() => {
        bug.pending -= 1;
        bug.movedAt = Date.now();
        this.#deeds.delete(deed);
      });
    this.#deeds.add(deed);
  }

  #hear({ event, action, repository, payload }: Announcement): void {
    if (event !== "issue_comment" || repository === null) return;
    const { comment, issue } = payload as {
      comment?: { body?: string; user?: { type?: string } };
      issue?: { number: number };
    };
    const body = comment?.body ?? "";
    if (comment?.user?.type !== "Bot" || issue === undefined) return;
    const bug = this.#byPlace.get(`${repository.owner.login}/${repository.name}#${issue.number}`);
    if (!bug) return;
    bug.movedAt = Date.now();
    const shown = stateIn(body);
    if (shown !== null) bug.shown = shown;
    const execution = writtenBy(body);
    if (action !== "created" || execution === null || shown !== null) return;
    const failed = failureIn(body, execution);
    if (failed !== null) this.#failed(bug, failed);
    else {
      const question = questionIn(body, execution);
      if (question) this.#asked(bug, question);
    }
  }

  #feel({ method, path, requestBody, status }: RequestRecord): void {
    const [, id] = /\/issues\/comments\/(\d+)\/reactions$/.exec(path) ?? [];
    if (method !== "POST" || id === undefined || (status !== null && status >= 400)) return;
    const { content } = (requestBody ?? {}) as { content?: string };
    if (content !== undefined && content !== "eyes") this.#reactions.get(Number(id))?.(content);
  }

  #failed(bug: Bug, round: number): void {
    const key = `failed/${round}`;
    if (bug.seen.has(key) || bug.settled) return;
    bug.seen.add(key);
    this.#later(bug, this.#dice.between(500, 4_000), async () => {
      this.#tally.add("people: /hishamos retry");
      await this.#say(bug, "maya", "/hishamos retry");
    });
  }

  #asked(bug: Bug, question: Question): void {
    if (bug.seen.has(question.key)) return;
    bug.seen.add(question.key);
    bug.questions += 1;
    bug.round = question.round;
    const dice = this.#dice;
    const before = dice.pick([80, "nothing"], [7, "pause"], [5, "stranger"], [8, "chat"]);
    this.#later(bug, dice.between(100, 4_000), async () => {
      const { repo, number } = bug;
      if (bug.fate === "cancelled" && bug.questions >= bug.cancelAt && !bug.settled) {
        bug.settled = true;
        this.#tally.add("people: /hishamos cancel");
        await this.#say(bug, "maya", "/hishamos cancel");
        return;
      }
      if (before === "stranger") {
        this.#tally.add("people: a stranger's command");
        this.#sandbox.as("alice").comment({ repo, number }, "/hishamos cancel");
      } else if (before === "chat") {
        this.#sandbox.as("tom").comment({ repo, number }, "I have seen this too.");
      } else if (before === "pause") {
        this.#tally.add("people: /hishamos pause and resume");
        await this.#say(bug, "maya", "/hishamos pause");
        await delay(dice.between(0, 3_000));
        await this.#say(bug, "maya", "/hishamos resume");
      }
      await this.#answer(bug, question);
    });
  }

  /** Says it, and waits until the App has reacted: people do not say the next thing before. */
  async #say({ repo, number }: Bug, who: string, body: string): Promise<void> {
    const { id } = this.#sandbox.as(who).comment({ repo, number }, body);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#reactions.set(id, resolve);
    const content = await Promise.race([promise, delay(reactionMs, "none")]);
    this.#reactions.delete(id);
    const [, command = ""] = body.split(" ");
    if (content !== "+1")
      this.#tally.add(`reaction ${content} to ${body.startsWith("/hishamos") ? command : body}`);
  }

  async #answer(bug: Bug, { step, visit }: Question): Promise<void> {
    const dice = this.#dice;
    const done = (text: string) => this.#say(bug, "maya", `/hishamos done ${step} ${text}`);
    switch (step) {
      case "triage":
        if (bug.fate === "backlog") bug.settled = true;
        await done(
          `severity=${bug.fate === "backlog" ? dice.whole(1, 2) : dice.whole(3, 5)} summary="Pay fails"`,
        );
        break;
      case "assign":
        await done("assignee=tom");
        break;
      case "fix":
        this.#fix(bug, visit);
        break;
      case "code_review": {
        const again = visit < 3 && dice.chance(0.15);
        const subject = { repo: bug.repo, number: bug.pull ?? 0 };
        this.#tally.add(`people: ${again ? "asked for changes" : "approved a fix"}`);
        this.#sandbox.as("quinn").review(subject, again ? "REQUEST_CHANGES" : "APPROVE", "Read.");
        break;
      }
      case "qa_test": {
        const passed = visit >= 3 || !dice.chance(0.15);
        this.#tally.add(`people: QA ${passed ? "passed" : "failed"}`);
        await this.#say(bug, "quinn", `/hishamos done qa_test passed=${passed} notes="Tested"`);
        break;
      }
      case "approve_deploy": {
        const refused = bug.fate === "failed" || dice.chance(0.1);
        if (bug.fate === "failed") bug.settled = true;
        this.#tally.add(`people: ${refused ? "rejected" : "approved"} a deployment`);
        await this.#say(bug, "quinn", refused ? "/reject Not on a Friday" : "/approve");
        break;
      }
      case "deploy":
        if (bug.fate === "deployed") bug.settled = true;
        await done("environment=production url=https://shop.example");
        break;
      default:
        step satisfies never;
    }
  }

  /** The first time a pull request, then a push to it. */
  #fix(bug: Bug, visit: number): void {
    const { repo, number } = bug;
    const tom = this.#sandbox.as("tom");
    const branch = `fix/${number}`;
    const files = { [`src/fix-${number}.js`]: `${visit} ${this.#dice.whole(1, 1e9)}\n` };
    tom.push({ repo, branch, files, message: `Fix ${visit}` });
    if (bug.pull !== null) return;
    const pull = tom.openPullRequest({
      repo,
      head: branch,
      title: `Fix #${number}`,
      body: `Fixes #${number}`,
    });
    bug.pull = pull.number;
    this.#byPlace.set(`${repo}#${pull.number}`, bug);
  }
}
