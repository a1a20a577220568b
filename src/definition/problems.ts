import { nearest } from "../core/nearest.ts";
import type { Problem } from "../core/problem.ts";
import type { Place, Source } from "./source.ts";

export interface ProblemKind {
  readonly code: string;
  readonly title: string;
  /** What it means and the way out, for the documentation page of this code. */
  readonly help: string;
  /**
   * True where the definition is read all the same, and as it would be without the mistake: what it does in the end is
   * held to its bounds when it runs. An execution that is pinned to such a definition goes on.
   */
  readonly advice?: true;
}

/** Every problem that a definition can have besides those of its expressions; the documentation is made from it. */
export const definitionProblems = {
  unknownKey: {
    code: "HOS201",
    title: "Unknown key",
    help: "The key is not part of the workflow language at this place. Keys of other systems (if, needs, with, run) have their counterparts, which the message names.",
  },
  unknownAgent: {
    code: "HOS202",
    title: "Unknown agent",
    help: "A step's agent is one of the shipped roles, an entry of the workflow's agents, or a file in .hishamos/agents/.",
    advice: true,
  },
  unknownAction: {
    code: "HOS203",
    title: "Unknown action",
    help: "An action is a method of octokit.rest by its own name, such as issues.addLabels, or one of comment.sticky, http.request and actions.run.",
    advice: true,
  },
  unknownStep: {
    code: "HOS204",
    title: "Unknown step",
    help: "A route or an expression names a step that the workflow doesn't have.",
  },
  unknownEvent: {
    code: "HOS205",
    title: "Unknown event",
    help: "Events have the names of GitHub's webhooks: issues, pull_request, issue_comment, push and so on.",
    advice: true,
  },
  unknownType: {
    code: "HOS206",
    title: "Unknown activity type",
    help: "The event exists, but GitHub never sends it with this action.",
    advice: true,
  },
  unknownPermission: {
    code: "HOS207",
    title: "Unknown permission",
    help: "Permissions have the names of a GitHub App's repository permissions, with hyphens or underscores: issues, pull-requests, contents.",
    advice: true,
  },
  unknownInput: {
    code: "HOS208",
    title: "Unknown input",
    help: "The workflow lists its inputs, and this one is not among them. Add it under inputs, or correct the name.",
    advice: true,
  },
  unknownValue: {
    code: "HOS209",
    title: "Not one of the allowed values",
    help: "The key takes one of a few words; the message lists them.",
  },
  syntax: {
    code: "HOS210",
    title: "The text is not YAML",
    help: "The text can't be read as YAML 1.2 or JSON. Most often the indentation is off, or a text with a special character needs quotes.",
  },
  tooLarge: {
    code: "HOS211",
    title: "The file is too large",
    help: "A definition is at most 1 MB, in a repository 512 KB, and has at most 20,000 values. Split it into workflows that call each other.",
  },
  tooDeep: {
    code: "HOS212",
    title: "Nested too deeply",
    help: "Lists and maps may be nested 60 levels deep.",
  },
  alias: {
    code: "HOS213",
    title: "The alias can't be used",
    help: "An alias (*name) must name an anchor (&name) above it, not contain itself, and not grow the definition without bound.",
  },
  duplicateKey: {
    code: "HOS214",
    title: "Duplicate key",
    help: "A map has each key once; the second would silently win or lose.",
  },
  forbiddenName: {
    code: "HOS215",
    title: "A name that can't be used",
    help: "__proto__, constructor and prototype have a meaning in JavaScript and are refused as keys and ids.",
  },
  document: {
    code: "HOS216",
    title: "Not one map",
    help: "A file is one document, and that is one map of keys to values.",
  },
  character: {
    code: "HOS217",
    title: "A character that can't be used",
    help: "NUL, control characters and halves of a surrogate pair are refused: no database and no GitHub page could hold them.",
  },
  key: {
    code: "HOS218",
    title: "The key is not a text",
    help: "Keys are texts. Put quotes around a key that reads as a number, as true or as null.",
  },
  wrongType: {
    code: "HOS220",
    title: "A value of the wrong type",
    help: "The key takes another type of value; the message says which.",
  },
  missingKey: {
    code: "HOS221",
    title: "A key is missing",
    help: "The map is incomplete without this key.",
  },
  stepKind: {
    code: "HOS222",
    title: "A step is exactly one kind",
    help: "A step does one thing: agent, action, approval, wait_for, delay, workflow, parallel or steps.",
  },
  wrongForm: {
    code: "HOS223",
    title: "A value of the wrong form",
    help: "The value has the right type but not the form; the message shows the form.",
  },
  outOfRange: {
    code: "HOS224",
    title: "Out of range",
    help: "The number is too small or too large, or the list too short.",
  },
  outputSchema: {
    code: "HOS225",
    title: "Not a JSON Schema",
    help: "output_schema and an input's type are JSON Schema (draft 07).",
  },
  contradiction: {
    code: "HOS226",
    title: "Keys that don't go together",
    help: "One key makes the other one meaningless; the message says why.",
  },
  duplicateStep: {
    code: "HOS230",
    title: "Duplicate step id",
    help: "Each step has an id of its own.",
  },
  unreachable: {
    code: "HOS231",
    title: "Unreachable step",
    help: "No path from the first step leads here. As soon as one step names an on_… route, the steps are a graph and only named routes are followed.",
    advice: true,
  },
  cycle: {
    code: "HOS232",
    title: "Circular dependency",
    help: "The steps lead back to themselves and nothing bounds how often. Set max_visits on one of them, and on_exhausted for what happens then.",
    advice: true,
  },
  exhausted: {
    code: "HOS233",
    title: "on_exhausted leads back into the cycle",
    help: "on_exhausted is taken when the step may not be entered any more; it must lead out of the cycle.",
    advice: true,
  },
  neverBefore: {
    code: "HOS234",
    title: "The step can't have run before",
    help: "No path leads from the step that is read to the one that reads it, so there is never a value.",
    advice: true,
  },
  unquoted: {
    code: "HOS235",
    title: "{{ without quotes",
    help: "In YAML an unquoted { begins a map. Put the whole value in quotes.",
  },
  shadowed: {
    code: "HOS236",
    title: "An id that hides another one",
    help: "In expressions steps.X is the nearest step of that id. A step within a group can't have the id of one around it, so that X always means one step. In finally, steps.X means the workflow's steps too.",
    advice: true,
  },
  loopVariable: {
    code: "HOS237",
    title: "A loop variable outside its loop",
    help: "The item of a for_each and index are known in the step that loops and in what is inside it, and nowhere else; in itself doesn't know them yet.",
    advice: true,
  },
  branchRoute: {
    code: "HOS238",
    title: "A route within parallel",
    help: "The branches of a parallel all begin at once, so none leads to another. A branch of several steps is a steps group with routes of its own; what follows the whole stands on the parallel.",
  },
  unknownPart: {
    code: "HOS248",
    title: "No such part of what is known",
    help: "subject, repo, execution and error have the names that are listed with the roots of expressions, and no others: anything else would be null, always. actor, subject.author and repo.owner are texts, the logins; subject.labels is a list of the labels' names.",
    advice: true,
  },
  unknownOutput: {
    code: "HOS239",
    title: "No such part of a step's result",
    help: "A step has output, state, error and visits. The output of parallel and steps is a map by the inner steps' ids; that of for_each is a list; that of an approval has approved, by, at and reason; that of a child workflow has its outputs.",
    advice: true,
  },
  workflowReference: {
    code: "HOS241",
    title: "Not a reference to a workflow",
    help: "A workflow is named by ./FILE.yml (beside this one), OWNER/REPO/PATH@SHA (all 40 digits, so that it never changes) or library/NAME@VERSION.",
  },
  missingFile: {
    code: "HOS242",
    title: "The workflow isn't there",
    help: "The reference names a file that the repository doesn't have, or that could not be fetched.",
  },
  brokenFile: {
    code: "HOS243",
    title: "The other file has problems",
    help: "A workflow is valid when the workflows and agents that it uses are. The message shows the first problem there.",
  },
  recursion: {
    code: "HOS244",
    title: "A workflow that runs itself",
    help: "Child workflows may not lead back to where they came from, and nest 10 deep at most: an execution would never end.",
  },
  childInput: {
    code: "HOS245",
    title: "The child's inputs don't fit",
    help: "The step gives each input that the child requires, with a value of the type that the child lists.",
    advice: true,
  },
  schedule: {
    code: "HOS246",
    title: "Not a time table",
    help: "cron has five fields (minute, hour, day of month, month, day of week) as in GitHub Actions; timezone is an IANA name such as Europe/Berlin.",
    advice: true,
  },
  otherFinally: {
    code: "HOS247",
    title: "finally runs after everything",
    help: "The steps of finally run once the ending is decided. Nothing before can read them or lead to them, they don't conclude, and outputs are made before them.",
  },
  missingActionInput: {
    code: "HOS250",
    title: "An action's input is missing",
    help: "The method can't be called without it. Of GitHub's methods owner and repo are filled in, issue_number with the subject, pull_number with its pull request; everything else is given under inputs.",
    advice: true,
  },
  unknownActionInput: {
    code: "HOS251",
    title: "Not an input of the action",
    help: "An action's inputs have the names of GitHub's REST reference (https://docs.github.com/rest). Octokit's own options (baseUrl, headers, method, request, url) can't be set.",
    advice: true,
  },
  actionInputType: {
    code: "HOS252",
    title: "An action's input has the wrong type",
    help: "GitHub's REST reference says what each input is. In YAML quotes make a text of what would be a number, true or null; brackets make a list.",
    advice: true,
  },
  undeclaredPermission: {
    code: "HOS253",
    title: "The permission is not declared",
    help: "An action's token can do what the workflow declares under permissions and nothing else. Declare what the message names.",
    advice: true,
  },
  noPullRequest: {
    code: "HOS254",
    title: "There can't be a pull request",
    help: "The action needs a pull request. An issue's number is never taken for one, and nothing in this workflow opens or awaits one. Let an earlier step do that, or give pull_number.",
    advice: true,
  },
  notForInstallations: {
    code: "HOS255",
    title: "The action is not for Apps",
    help: "GitHub answers this method to a person's own token, or to the App's private key, and refuses the installation's token, which is what actions use.",
    advice: true,
  },
  secret: {
    code: "HOS256",
    title: "A secret that can't be used so",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form in which a header names a secret
    help: "A secret is named in the step's secrets and stands in a header of http.request as ${NAME}. Such a header is a text without {{ }}, so that nothing from outside, as an issue's title, can ask for a secret. The url, the body and everything else are kept in the execution and never hold one.",
    advice: true,
  },
  more: {
    code: "HOS299",
    title: "More problems than are shown",
    help: "The first 100 problems are shown. Correct them and validate again.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemName = keyof typeof definitionProblems;
const kinds: readonly ProblemKind[] = Object.values(definitionProblems);
const advice: ReadonlySet<string> = new Set(kinds.flatMap((kind) => (kind.advice ? [kind.code] : [])));

const shown = 100;
/** Pairs of letters: some tens of milliseconds. */
const guessingLimit = 5_000_000;

/** Gathers the problems of one file, so that all are told at once. */
export class Problems {
  readonly source: Source;
  readonly #found = new Map<string, Problem>();
  /** Pairs of letters compared so far, about. */
  #guessing = 0;

  constructor(source: Source) {
    this.source = source;
  }

  add(
    name: ProblemName,
    place: Place,
    message: string,
    more: { readonly hint?: string | undefined; readonly related?: { message: string; place: Place } } = {},
  ): void {
    this.take({
      code: definitionProblems[name].code,
      message,
      ...(more.hint !== undefined && { hint: more.hint }),
      path: this.source.path,
      position: this.source.position(place.start),
      ...(more.related && {
        related: {
          message: more.related.message,
          position: this.source.position(more.related.place.start),
        },
      }),
    });
  }

  /** Takes a problem of another room; the same one twice (through an alias) is one. */
  take(problem: Problem): void {
    const { position, code, message } = problem;
    const key = `${position?.line}:${position?.column} ${code} ${message}`;
    if (!this.#found.has(key)) this.#found.set(key, { ...problem, path: this.source.path });
  }

  /**
   * The candidate that was probably meant, as `nearest` finds it. Only so much is spent on guessing: a file of
   * thousands of mistakes, each looked for among thousands of names, would take minutes.
   */
  nearest(word: string, candidates: Iterable<string>): string | undefined {
    if (this.#guessing > guessingLimit) return undefined;
    const names = [...candidates];
    for (const name of names) this.#guessing += Math.min(word.length, 100) * name.length;
    return nearest(word, names);
  }

  /** `Did you mean "build"?`, or undefined. */
  didYouMean(word: string, candidates: Iterable<string>): string | undefined {
    const found = this.nearest(word, candidates);
    return found === undefined ? undefined : `Did you mean "${found}"?`;
  }

  /** Whether so many are told that the words of another one will hardly be read. */
  get many(): boolean {
    return this.#found.size > shown;
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  /** Whether one of them leaves gaps in what is read. */
  get grave(): boolean {
    return [...this.#found.values()].some(({ code }) => !advice.has(code));
  }

  /** In the order of the text, at most 100 and one that counts the rest. */
  list(): readonly Problem[] {
    const sorted = [...this.#found.values()].toSorted(
      (a, b) =>
        (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
        (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
    const rest = sorted.slice(shown);
    const first = rest[0];
    if (first === undefined) return sorted;
    const { code } = definitionProblems.more;
    return [
      ...sorted.slice(0, shown),
      {
        code,
        message: `${rest.length} more problems are not shown`,
        path: this.source.path,
        ...(first.position && { position: first.position }),
      },
    ];
  }
}
