import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { Jexl } from "jexl";
import jsonata from "jsonata";
import type { Execution } from "../src/core/execution.ts";
import type { Expression, Scope } from "../src/core/expression.ts";
import type { Json, JsonObject } from "../src/core/json.ts";
import { formatProblem } from "../src/core/problem.ts";
import { scopeOf } from "../src/core/scope.ts";
import { parseCondition, recordScope } from "../src/expression/index.ts";
import type { ExpressionCase, OtherName } from "./expression-cases.ts";

export type ContenderName = "hishamos" | "over an execution" | OtherName;

/** One evaluator. What it reads is read and made ready beforehand; a run evaluates, no more. */
export interface Contender {
  readonly name: ContenderName;
  /** Evaluates so many times, and resolves with the last value as plain JSON. */
  readonly prepare: (expression: ExpressionCase) => (times: number) => Promise<Json>;
}

/** All evaluators, over the same values: ours over values at hand and over an execution whose scope it makes first. */
export function contenders(execution: Execution, roots: JsonObject): readonly Contender[] {
  return [
    ours("hishamos", recordScope(roots, execution.updatedAt)),
    overAnExecution(execution),
    actions(roots),
    withJexl(roots),
    withJsonata(roots),
  ];
}

function ours(name: ContenderName, scope: Scope): Contender {
  return {
    name,
    prepare({ source }) {
      const expression = parsed(source);
      return async (times) => {
        let value: Json = null;
        for (let count = 0; count < times; count++) value = valueOf(expression, scope);
        return value;
      };
    },
  };
}

/** As a step's condition is: a scope of its own, which makes `steps` when it is first read. */
function overAnExecution(execution: Execution): Contender {
  return {
    name: "over an execution",
    prepare({ source }) {
      const expression = parsed(source);
      return async (times) => {
        let value: Json = null;
        for (let count = 0; count < times; count++) {
          value = valueOf(expression, scopeOf(execution, execution.updatedAt));
        }
        return value;
      };
    },
  };
}

function parsed(source: string): Expression {
  const read = parseCondition(source);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.expression;
}

function valueOf(expression: Expression, scope: Scope): Json {
  const evaluation = expression.evaluate(scope);
  if ("problem" in evaluation) throw new Error(formatProblem(evaluation.problem));
  return evaluation.value;
}

/** Over its own kinds of values, made of the JSON beforehand. */
function actions(roots: JsonObject): Contender {
  const context: unknown = JSON.parse(JSON.stringify(roots), data.reviver);
  if (!(context instanceof data.Dictionary)) throw new Error("the roots are no dictionary");
  return {
    name: "@actions/expressions",
    prepare({ others }) {
      const { tokens } = new Lexer(others["@actions/expressions"]).lex();
      const tree = new Parser(tokens, Object.keys(roots), []).parse();
      return async (times) => {
        let value: data.ExpressionData = new data.Null();
        for (let count = 0; count < times; count++) value = new Evaluator(tree, context).evaluate();
        return JSON.parse(JSON.stringify(value, data.replacer)) as Json;
      };
    },
  };
}

function withJexl(roots: JsonObject): Contender {
  const jexl = new Jexl();
  jexl.addTransform("pluck", (list, key) =>
    (list as readonly JsonObject[]).map((item) => item[String(key)] ?? null),
  );
  return {
    name: "jexl",
    prepare({ others }) {
      const expression = jexl.compile(others.jexl);
      return async (times) => {
        let value: unknown;
        for (let count = 0; count < times; count++) value = expression.evalSync(roots);
        return value as Json;
      };
    },
  };
}

/** Each evaluation is awaited, because that is the only way it has. */
function withJsonata(roots: JsonObject): Contender {
  return {
    name: "jsonata",
    prepare({ others }) {
      const expression = jsonata(others.jsonata);
      return async (times) => {
        let value: unknown;
        for (let count = 0; count < times; count++) value = await expression.evaluate(roots);
        return value as Json;
      };
    },
  };
}
