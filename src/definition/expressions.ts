import type { Expression } from "../core/expression.ts";
import type { Position, Problem } from "../core/problem.ts";
import { rootNames } from "../core/scope.ts";
import {
  expressionProblems,
  listTemplate,
  literalTemplate,
  mapTemplate,
  type ParsedTemplate,
  type ParseOptions,
  parseCondition,
  parseTemplateString,
  type Reference,
} from "../expression/index.ts";
import { offsetsOf } from "./offsets.ts";
import type { Problems } from "./problems.ts";
import type { Site } from "./sites.ts";
import type { ScalarTree, Tree } from "./tree.ts";

/** What an expression may read depends on when it is evaluated. */
const rootsOf = {
  step: rootNames.filter((name) => name !== "self"),
  result: rootNames,
  trigger: ["event", "subject", "repo", "actor", "vars"],
  start: ["input", "event", "subject", "repo", "actor", "vars"],
  outputs: rootNames.filter((name) => name !== "self" && name !== "error"),
} as const satisfies Record<string, readonly string[]>;

export type Moment = keyof typeof rootsOf;

/** A name that an expression reads, and where the expression stands (null: on the workflow). */
export interface Use extends Reference {
  readonly site: Site | null;
}

/** Parses the expressions of one file, tells their problems, and keeps what they read for the checks across steps. */
export class Expressions {
  readonly uses: Use[] = [];
  readonly #problems: Problems;
  /** Names of all loop variables of the file: outside of their loop they are told with more words. */
  readonly #loopNames: ReadonlySet<string>;

  constructor(problems: Problems, loopNames: ReadonlySet<string>) {
    this.#problems = problems;
    this.#loopNames = loopNames;
  }

  /** Whether any of them may read `subject.files`: by its name, by a key that is made when it runs, or with the whole. */
  get readsFiles(): boolean {
    return this.uses.some(
      ({ root, path: [key = "*"] }) => root === "subject" && (key === "files" || key === "*"),
    );
  }

  /** One expression, as in `condition`; null without one or where a problem was told. */
  condition(tree: Tree | undefined, moment: Moment, site: Site | null = null): Expression | null {
    if (tree?.type !== "scalar" || tree.value === null || typeof tree.value === "number") return null;
    const text = String(tree.value);
    const parsed = this.#parse(tree, moment, site, (options) => parseCondition(text, options));
    if ("problems" in parsed) {
      for (const problem of parsed.problems) this.#problems.take(problem);
      return null;
    }
    this.#keep(parsed.expression.references, site);
    return parsed.expression;
  }

  /** A tree whose texts are templates. Values that a problem was told of are null. */
  template(tree: Tree, moment: Moment, site: Site | null = null): ParsedTemplate {
    switch (tree.type) {
      case "list":
        return listTemplate(tree.items.map((item) => this.template(item, moment, site)));
      case "map":
        return mapTemplate(
          [...tree.entries].map(([key, { value }]) => [key, this.template(value, moment, site)] as const),
        );
      case "scalar": {
        const text = tree.value;
        if (typeof text !== "string") return literalTemplate(text);
        const parsed = this.#parse(tree, moment, site, (options) => parseTemplateString(text, options));
        if ("template" in parsed) {
          this.#keep(parsed.template.references, site);
          return parsed.template;
        }
        for (const problem of parsed.problems) this.#problems.take(problem);
        return literalTemplate(null);
      }
      default:
        return tree satisfies never;
    }
  }

  optionalTemplate(tree: Tree | undefined, moment: Moment, site: Site | null = null): ParsedTemplate | null {
    return tree === undefined ? null : this.template(tree, moment, site);
  }

  /** A loop variable outside of its loop is read nevertheless: the checks across steps tell it with more words. */
  #parse<T extends object>(
    tree: ScalarTree,
    moment: Moment,
    site: Site | null,
    parse: (options: ParseOptions) => T | { readonly problems: readonly Problem[] },
  ): T | { readonly problems: readonly Problem[] } {
    const { source } = this.#problems;
    let offsets: ((offset: number) => number) | undefined;
    const at = (offset: number): Position => {
      offsets ??= offsetsOf(tree, source.text);
      return source.position(offsets(offset));
    };
    const loops = site?.loops ?? [];
    const options = {
      at,
      path: source.path,
      roots: loops.length === 0 ? rootsOf[moment] : [...rootsOf[moment], ...loops],
      statusFunctions: site?.list.inFinally ?? false,
    };
    const parsed = parse(options);
    if (site === null || !("problems" in parsed)) return parsed;
    if (parsed.problems.every(({ code }) => code !== expressionProblems.unknownRoot.code)) return parsed;
    const lenient = parse({ ...options, roots: [...rootsOf[moment], ...this.#loopNames] });
    return "problems" in lenient ? parsed : lenient;
  }

  #keep(references: readonly Reference[], site: Site | null): void {
    for (const reference of references) this.uses.push({ ...reference, site });
  }
}
