import type { BinaryOperator, Node } from "../expression/ast.ts";
import { groupBraces } from "../expression/braces.ts";
import { parseSyntax } from "../expression/syntax.ts";
import { buildTree } from "../expression/tree.ts";

/** What can't be said in few words stands as it is written. */
class Wordless extends Error {}

/**
 * A condition in English, to stand after "if": `steps.triage.output.severity > 3` is "the severity from triage is more
 * than 3". One that says too much for a sentence comes back as it is written, in backticks.
 */
export function conditionInWords(source: string): string {
  return said(source, statement);
}

/** A value in English: `steps.plan.output.files` is "the files from plan". */
export function valueInWords(source: string): string {
  return said(source, value);
}

const longest = 200;

function said(source: string, say: (node: Node) => string): string {
  const written = `\`${source.trim().replaceAll(/[`\s]+/g, " ")}\``;
  try {
    const text = groupBraces(source);
    const { root, faults } = buildTree(parseSyntax(text), text, {
      at: () => ({ line: 1, column: 1 }),
      roots: undefined,
      statusFunctions: true,
    });
    const words = faults.length > 0 ? written : say(root);
    return words.length > longest ? written : words;
  } catch {
    // Wordless, or a text that is no expression: it was checked where it was read.
    return written;
  }
}

function statement(node: Node): string {
  switch (node.kind) {
    case "logical": {
      const word = node.operator === "&&" ? " and " : " or ";
      const inner = node.operands.map((operand) =>
        operand.kind === "logical" && operand.operator !== node.operator
          ? `(${statement(operand)})`
          : statement(operand),
      );
      return inner.join(word);
    }
    case "unary":
      return node.operator === "!" ? negated(node.operand) : unsaid();
    case "binary":
      return comparison(node.operator, node.left, node.right);
    case "call":
      return call(node, false);
    case "literal":
      return node.value === true ? "always" : node.value === false ? "never" : unsaid();
    case "conditional":
      return unsaid();
    case "list":
    case "root":
    case "member":
    case "index":
    case "star":
      return `${value(node)} is true`;
    default:
      return node satisfies never;
  }
}

function negated(node: Node): string {
  if (node.kind === "binary") {
    const opposite = opposites[node.operator];
    return opposite ? comparison(opposite, node.left, node.right) : `not ${statement(node)}`;
  }
  if (node.kind === "call") return call(node, true);
  if (node.kind === "logical") return `it is not so that ${statement(node)}`;
  return `${value(node)} is not true`;
}

const opposites: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = { "==": "!=", "!=": "==" };

const comparisons: Readonly<Partial<Record<BinaryOperator, string>>> = {
  "==": "is",
  "!=": "is not",
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
  in: "is among",
};

function comparison(operator: BinaryOperator, left: Node, right: Node): string {
  const word = comparisons[operator];
  if (word === undefined) return unsaid();
  if (right.kind === "literal" && (operator === "==" || operator === "!=")) {
    const yes = operator === "==";
    if (right.value === null) return `${value(left)} is ${yes ? "missing" : "there"}`;
    if (right.value === true) return `${value(left)} is ${yes ? "true" : "not true"}`;
    if (right.value === false) return `${value(left)} is ${yes ? "not true" : "true"}`;
  }
  return `${value(left)} ${word} ${value(right)}`;
}

function call({ called, args }: Extract<Node, { kind: "call" }>, not: boolean): string {
  const [first, second] = args;
  if (called.name === "contains" && first && second)
    return `${value(second)} is ${not ? "not " : ""}in ${value(first)}`;
  const verb = verbs.get(called.name);
  if (verb && first && second) return `${value(first)} ${verb[not ? 1 : 0]} ${value(second)}`;
  const end = ends.get(called.name);
  if (end !== undefined && args.length === 0 && !not) return end;
  return unsaid();
}

const verbs: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["startsWith", ["begins with", "does not begin with"]],
  ["endsWith", ["ends with", "does not end with"]],
  ["matches", ["matches", "does not match"]],
  ["glob", ["matches", "does not match"]],
]);

const ends: ReadonlyMap<string, string> = new Map([
  ["success", "all went well"],
  ["failure", "it failed"],
  ["always", "in any case"],
]);

function value(node: Node): string {
  switch (node.kind) {
    case "literal":
      return node.value === null
        ? "nothing"
        : typeof node.value === "string"
          ? `"${node.value}"`
          : JSON.stringify(node.value);
    case "list":
      return node.items.length === 0 ? "nothing" : node.items.map(value).join(", ");
    case "root":
    case "member":
    case "star":
      return reference(node);
    case "index":
      return node.index.kind === "literal"
        ? `${value(node.object)}[${JSON.stringify(node.index.value)}]`
        : unsaid();
    case "call":
      return functionValue(node);
    case "binary":
      return comparisons[node.operator] === undefined
        ? `${value(node.left)} ${node.operator} ${value(node.right)}`
        : unsaid();
    case "unary":
      return node.operator === "!" ? unsaid() : `${node.operator}${value(node.operand)}`;
    case "logical":
      // `a || b` gives the first that is there.
      return node.operator === "||" ? node.operands.map(value).join(", or else ") : unsaid();
    case "conditional":
      return unsaid();
    default:
      return node satisfies never;
  }
}

function functionValue({ called, args }: Extract<Node, { kind: "call" }>): string {
  const [first, second] = args;
  if (!first) return unsaid();
  if (called.name === "length") return `the length of ${value(first)}`;
  if (called.name === "lower" || called.name === "upper" || called.name === "trim") return value(first);
  if (called.name === "default" && second) return `${value(first)}, or else ${value(second)}`;
  return unsaid();
}

/** `steps.triage.output.severity` -> `the severity from triage`. */
function reference(node: Node): string {
  const [root = "", ...names] = pathOf(node);
  const path = names.filter((name) => name !== "*");
  switch (root) {
    case "steps":
      return ofStep(path);
    case "input":
      return path.length === 0 ? "the inputs" : `the input ${path.join(".")}`;
    case "vars":
      return `the setting ${path.join(".")}`;
    case "self":
      return path.length === 0 ? "its own output" : possessive("its output", path, false);
    case "error":
      return path.length === 0 ? "the error" : `the error's ${path.join(" ")}`;
    case "actor":
      return "who started it";
    case "event":
      return ofEvent(path, names.includes("*"));
    case "subject":
    case "execution":
      return possessive(root, path, names.includes("*"));
    case "repo":
      return possessive("repository", path, false);
    case "index":
      return "the index";
    default:
      return possessive(root, path, names.includes("*"));
  }
}

function ofStep([id = "", part, ...rest]: readonly string[]): string {
  if (part === undefined) return `the step ${id}`;
  if (part === "output") return rest.length === 0 ? `what ${id} gave` : `${inOrder(rest)} from ${id}`;
  if (part === "visits") return `the number of visits of ${id}`;
  return `the ${[part, ...rest].join(" ")} of ${id}`;
}

/** `event.issue.title` -> `the issue's title`. */
function ofEvent([first = "", ...rest]: readonly string[], each: boolean): string {
  if (rest.length === 0) return possessive("event", first === "" ? [] : [first], each);
  return possessive(readable(first), rest, each);
}

/** `a.b` -> `the b of a`. */
function inOrder(path: readonly string[]): string {
  const [last = "", ...before] = path.toReversed();
  return `the ${[readable(last), ...before.map(readable)].join(" of the ")}`;
}

function possessive(root: string, path: readonly string[], each: boolean): string {
  const whose = root.startsWith("its ") ? root : `the ${root}`;
  if (path.length === 0) return whose;
  // `labels.*.name`: the labels, by their names.
  const named = each && path.at(-1) === "name" ? path.slice(0, -1) : path;
  return `${whose}'s ${named.map(readable).join(" ")}`;
}

function readable(name: string): string {
  return name.replaceAll("_", " ");
}

function pathOf(node: Node): readonly string[] {
  if (node.kind === "root") return [node.name];
  if (node.kind === "member") return [...pathOf(node.object), node.name];
  return node.kind === "star" ? [...pathOf(node.object), "*"] : unsaid();
}

function unsaid(): never {
  throw new Wordless();
}
