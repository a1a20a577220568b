import { type Answer, entryFor, type TestCase } from "../../definition/tests/index.ts";

/** Which answer is given to which attempt of which visit: the answers of a case, each used as often as it says. */
export class Script {
  readonly #answers: TestCase["answers"];
  readonly #places = new Map<string, { at: number; visit: string; failed: number }>();
  readonly #used = new Set<string>();

  constructor(answers: TestCase["answers"]) {
    this.#answers = answers;
  }

  /** The answer for the next attempt of the step, or null where the case gives none. */
  next(path: string, visit: number): Answer | null {
    const entry = entryFor(this.#answers, path, visit);
    if (!entry) return null;
    const { key, value } = entry;
    this.#used.add(key);
    const listed = Array.isArray(value);
    const answers = (listed ? value : [value]) as readonly Answer[];
    const run = `${path}#${visit}`;
    const place = this.#places.get(key) ?? { at: 0, visit: run, failed: 0 };
    this.#places.set(key, place);
    if (place.visit !== run) {
      // A list has one answer for each visit; a single answer is given at every one.
      if (listed) place.at += 1;
      place.visit = run;
      if (listed) place.failed = 0;
    }
    const answer = answers[place.at];
    if (answer?.fail === undefined) return answer ?? null;
    if (place.failed < (answer.times ?? Infinity)) {
      place.failed += 1;
      return answer;
    }
    if (!listed) return null;
    place.at += 1;
    place.failed = 0;
    return this.next(path, visit);
  }

  /** Keys of answers that nothing asked for. */
  get unused(): readonly string[] {
    return Object.keys(this.#answers).filter((key) => !this.#used.has(key));
  }
}
