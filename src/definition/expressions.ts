import type { Expression, Template } from "../core/expression.ts";
import type { Position } from "../core/problem.ts";
import { rootNames } from "../core/scope.ts";
import {
  listTemplate,
  literalTemplate,
  mapTemplate,
  type ParsedTemplate,
  parseCondition,
  parseTemplateString,
  type Reference,
} from "../expression/index.ts";
import { offsetsOf } from "./offsets.ts";
import type { Problems } from "./problems.ts";
import type { ScalarTree, Tree } from "./tree.ts";

/** What an expression may read depends on when it is evaluated. */
const rootsOf = {
  step: rootNames.filter((name) => name !== "self"),
  result: rootNames,
  trigger: ["event", "subject", "repo", "actor", "vars"],
  outputs: rootNames.filter((name) => name !== "self" && name !== "error"),
} as const satisfies Record<string, readonly string[]>;

export type Moment = keyof typeof rootsOf;

/** A name that an expression reads, and the step that the expression belongs to (null: the workflow). */
export interface Use extends Reference {
  readonly step: string | null;
}

/** Parses the expressions of one file, tells their problems, and keeps what they read for the checks across steps. */
export class Expressions {
  readonly uses: Use[] = [];
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** One expression, as in `condition`; null without one or where a problem was told. */
  condition(tree: Tree | undefined, moment: Moment, step: string | null = null): Expression | null {
    if (tree?.type !== "scalar" || tree.value === null || typeof tree.value === "number") return null;
    const parsed = parseCondition(String(tree.value), this.#options(tree, moment));
    if ("problems" in parsed) {
      for (const problem of parsed.problems) this.#problems.take(problem);
      return null;
    }
    this.#keep(parsed.expression.references, step);
    return parsed.expression;
  }

  /** A tree whose texts are templates. Values that a problem was told of are null. */
  template(tree: Tree, moment: Moment, step: string | null = null): ParsedTemplate {
    switch (tree.type) {
      case "list":
        return listTemplate(tree.items.map((item) => this.template(item, moment, step)));
      case "map":
        return mapTemplate(
          [...tree.entries].map(([key, { value }]) => [key, this.template(value, moment, step)] as const),
        );
      case "scalar": {
        if (typeof tree.value !== "string") return literalTemplate(tree.value);
        const parsed = parseTemplateString(tree.value, this.#options(tree, moment));
        if ("template" in parsed) {
          this.#keep(parsed.template.references, step);
          return parsed.template;
        }
        for (const problem of parsed.problems) this.#problems.take(problem);
        return literalTemplate(null);
      }
      default:
        return tree satisfies never;
    }
  }

  optionalTemplate(tree: Tree | undefined, moment: Moment, step: string | null = null): Template | null {
    return tree === undefined ? null : this.template(tree, moment, step);
  }

  #options(tree: ScalarTree, moment: Moment) {
    const { source } = this.#problems;
    let offsets: ((offset: number) => number) | undefined;
    const at = (offset: number): Position => {
      offsets ??= offsetsOf(tree, source.text);
      return source.position(offsets(offset));
    };
    return { at, path: source.path, roots: rootsOf[moment] };
  }

  #keep(references: readonly Reference[], step: string | null): void {
    for (const reference of references) this.uses.push({ ...reference, step });
  }
}
