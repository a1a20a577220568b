import { isTrue } from "../core/expression.ts";
import type { Json } from "../core/json.ts";
import type { BinaryOperator, UnaryOperator } from "./ast.ts";
import type { Code } from "./compile.ts";
import { Fault } from "./problems.ts";
import { contains, equal, ordered, typeName } from "./values.ts";
import type { Work } from "./work.ts";

export function unary(operator: UnaryOperator, operand: Code, offset: number): Code {
  if (operator === "!") return (work) => !isTrue(operand(work));
  return (work) => {
    const value = operand(work);
    if (typeof value !== "number") {
      throw new Fault("operand", `"${operator}" needs a number, not ${typeName(value)}`, undefined, offset);
    }
    // 0 - 0 is 0: a negative zero would be lost in JSON anyway.
    return operator === "-" ? 0 - value : value;
  };
}

/** What an operator makes of its values. @throws Fault */
type Operation = (left: Json, right: Json, work: Work) => Json;

export function binary(operator: BinaryOperator, left: Code, right: Code, offset: number): Code {
  const operation = operations[operator];
  return (work) => {
    const a = left(work);
    const b = right(work);
    work.offset = offset;
    return operation(a, b, work);
  };
}

const operations: Readonly<Record<BinaryOperator, Operation>> = {
  "==": equal,
  "!=": (left, right, work) => !equal(left, right, work),
  "<": (left, right, work) => ordered("<", left, right, work),
  "<=": (left, right, work) => ordered("<=", left, right, work),
  ">": (left, right, work) => ordered(">", left, right, work),
  ">=": (left, right, work) => ordered(">=", left, right, work),
  in: (left, right, work) => contains(right, left, work),
  "+": add,
  "-": arithmetic("-", (left, right) => left - right),
  "*": arithmetic("*", (left, right) => left * right),
  "/": arithmetic("/", (left, right) => left / nonZero(right)),
  "%": arithmetic("%", (left, right) => left % nonZero(right)),
};

function add(left: Json, right: Json, work: Work): Json {
  if (typeof left === "number" && typeof right === "number") return finite(left + right);
  if (typeof left === "string" && typeof right === "string") {
    work.textOf(left.length + right.length);
    return left + right;
  }
  throw new Fault("operand", `cannot add ${typeName(right)} to ${typeName(left)}`, wayOut(left, right));
}

function arithmetic(sign: string, compute: (left: number, right: number) => number): Operation {
  return (left, right) => {
    if (typeof left === "number" && typeof right === "number") return finite(compute(left, right));
    const wrong = typeof left === "number" ? right : left;
    throw new Fault("operand", `"${sign}" needs two numbers, not ${typeName(wrong)}`, wayOut(left, right));
  };
}

function wayOut(left: Json, right: Json): string {
  if (left === null || right === null) return "Write default(value, fallback) for one that may be missing.";
  return "Use format to write values into text.";
}

// A null here would quietly turn every comparison after it false; a problem says what happened.
function nonZero(divisor: number): number {
  if (divisor === 0)
    throw new Fault("arithmetic", "division by zero", "Test it first: n != 0 && total / n > 3.");
  return divisor;
}

function finite(result: number): number {
  if (!Number.isFinite(result)) throw new Fault("arithmetic", "the result is too large for a number");
  return result + 0;
}
