import type jsep from "jsep";
import { didYouMean } from "../core/nearest.ts";
import { type Position, unreachable } from "../core/problem.ts";
import {
  type BinaryOperator,
  binaryOperators,
  type Node,
  type Reference,
  type UnaryOperator,
  unaryOperators,
} from "./ast.ts";
import { functionsFor, isStatusFunction } from "./functions/index.ts";
import type { FunctionRecord } from "./functions/record.ts";
import { limits } from "./limits.ts";
import { Places } from "./places.ts";
import { Fault } from "./problems.ts";
import { refusedOperator } from "./refused.ts";
import type { SyntaxTree } from "./syntax.ts";

export interface TreeOptions {
  readonly at: (offset: number) => Position;
  readonly roots: readonly string[] | undefined;
  readonly statusFunctions: boolean;
}

export interface Tree {
  readonly root: Node;
  readonly references: readonly Reference[];
  /** Every mistake that can be seen without evaluating; the tree is to be used only where there is none. */
  readonly faults: readonly Fault[];
}

/** jsep's open tree to our closed one. Mistakes are collected, so that a reader hears of all of them at once. */
export function buildTree(syntax: SyntaxTree, source: string, options: TreeOptions): Tree {
  const builder = new TreeBuilder(syntax, source, options);
  const root = builder.build(syntax.root, 1);
  return { root, references: builder.references, faults: builder.faults };
}

interface OpenReference {
  readonly root: string;
  readonly path: string[];
  readonly position: Position;
  readonly pathPositions: Position[];
}

class TreeBuilder {
  readonly references: OpenReference[] = [];
  readonly faults: Fault[] = [];
  /** The reference that a node so far is, while its path goes on. */
  readonly #open = new Map<Node, OpenReference>();
  readonly #places: Places;
  readonly #options: TreeOptions;
  readonly #functions: ReadonlyMap<string, FunctionRecord>;

  constructor(syntax: SyntaxTree, source: string, options: TreeOptions) {
    this.#places = new Places(syntax, source);
    this.#options = options;
    this.#functions = functionsFor(options.statusFunctions);
  }

  build(open: jsep.Expression, depth: number): Node {
    const node = open as jsep.CoreExpression;
    const offset = this.#places.start(node);
    if (depth > limits.depth) {
      const message = `the expression is more than ${limits.depth} levels deep`;
      if (this.faults.every((fault) => fault.kind !== "tooComplex")) {
        this.faults.push(new Fault("tooComplex", message, undefined, offset));
      }
      return missing(offset);
    }
    switch (node.type) {
      case "Literal":
        // jsep's typings allow regular expressions here; without its plugin there are none.
        return { kind: "literal", value: node.value instanceof RegExp ? null : node.value, offset };
      case "ArrayExpression": {
        const items = node.elements.map((item) =>
          item === null ? missing(offset) : this.build(item, depth + 1),
        );
        return { kind: "list", items, offset };
      }
      case "Identifier":
        return this.#root(node);
      case "MemberExpression":
        return this.#member(node, depth);
      case "UnaryExpression":
        return this.#unary(node, depth, offset);
      case "BinaryExpression":
        return this.#binary(node, depth);
      case "ConditionalExpression":
        return {
          kind: "conditional",
          test: this.build(node.test, depth + 1),
          yes: this.build(node.consequent, depth + 1),
          no: this.build(node.alternate, depth + 1),
          offset,
        };
      case "CallExpression":
        return this.#call(node, depth, offset);
      case "ThisExpression":
        return this.#refuse(
          "notInLanguage",
          '"this" is not part of the language',
          "Start from a root, as input or steps.",
          offset,
        );
      case "Compound":
      case "SequenceExpression":
        return this.#refuse("syntax", "there is more than one expression", undefined, offset);
      default:
        return unreachable(node);
    }
  }

  #root(node: jsep.Identifier): Node {
    const offset = this.#places.name(node);
    const { roots, at } = this.#options;
    const dash = this.#places.dashHints.get(node);
    const hint =
      dash ?? (this.#functions.has(node.name.toLowerCase()) ? `Call it: ${node.name}(…).` : undefined);
    if (roots !== undefined && !roots.includes(node.name)) {
      const known = roots.length === 0 ? undefined : `Known here: ${roots.join(", ")}.`;
      this.#refuse(
        "unknownRoot",
        `unknown name "${node.name}"`,
        hint ?? didYouMean(node.name, roots) ?? known,
        offset,
      );
    }
    const root: Node = { kind: "root", name: node.name, hint, offset };
    const reference = { root: node.name, path: [], position: at(offset), pathPositions: [] };
    this.references.push(reference);
    this.#open.set(root, reference);
    return root;
  }

  #member(node: jsep.MemberExpression, depth: number): Node {
    const object = this.build(node.object, depth + 1);
    const property = node.property as jsep.CoreExpression;
    if (node.computed) return this.#index(object, property, depth);
    const offset = this.#places.name(property);
    const name = property.type === "Identifier" ? property.name : "";
    if (node.optional === true) {
      return this.#refuse(
        "notInLanguage",
        '"?." is not part of the language',
        'Write ".": a member of a missing value is null.',
        offset,
      );
    }
    const member: Node =
      name === "*" ? { kind: "star", object, offset } : { kind: "member", object, name, offset };
    return this.#extend(object, member, name);
  }

  #index(object: Node, property: jsep.CoreExpression, depth: number): Node {
    const index = this.build(property, depth + 1);
    if (index.kind !== "literal" || typeof index.value === "object")
      return { kind: "index", object, index, offset: index.offset };
    const { value, offset } = index;
    const node: Node =
      typeof value === "string"
        ? { kind: "member", object, name: value, offset }
        : { kind: "index", object, index, offset };
    return this.#extend(object, node, String(value));
  }

  #extend(object: Node, node: Node, name: string): Node {
    const reference = this.#open.get(object);
    if (reference === undefined) return node;
    reference.path.push(name);
    reference.pathPositions.push(this.#options.at(node.offset));
    this.#open.set(node, reference);
    return node;
  }

  #unary(node: jsep.UnaryExpression, depth: number, offset: number): Node {
    const operand = this.build(node.argument, depth + 1);
    const operator = unaryOperators.find((each): each is UnaryOperator => each === node.operator);
    if (operator === undefined) return this.#add(refusedOperator(node.operator, offset));
    return { kind: "unary", operator, operand, offset };
  }

  #binary(node: jsep.BinaryExpression, depth: number): Node {
    const offset = this.#places.operator(node);
    const { operator } = node;
    if (operator === "&&" || operator === "||") {
      // A chain is one level, however long: `a || b || c` reads as a list of choices.
      const operands = this.#chain(node, operator).map((operand) => this.build(operand, depth + 1));
      return { kind: "logical", operator, operands, offset };
    }
    const known = binaryOperators.find((each): each is BinaryOperator => each === operator);
    if (known === undefined) return this.#add(refusedOperator(operator, offset));
    if (known === "in" && this.#places.isBareNot(node.left)) {
      const hint = "Write !(a in b), or (!a) in b if that is meant.";
      return this.#refuse(
        "ambiguousNot",
        '"!" before "in" needs parentheses',
        hint,
        this.#places.start(node.left),
      );
    }
    if (known === "-") this.#places.noteDash(node);
    return {
      kind: "binary",
      operator: known,
      left: this.build(node.left, depth + 1),
      right: this.build(node.right, depth + 1),
      offset,
    };
  }

  #chain(node: jsep.BinaryExpression, operator: string): jsep.Expression[] {
    const operands: jsep.Expression[] = [];
    let left: jsep.Expression = node;
    for (;;) {
      const current = left as jsep.CoreExpression;
      if (current.type !== "BinaryExpression" || current.operator !== operator) break;
      operands.push(current.right);
      left = current.left;
    }
    return [left, ...operands.toReversed()];
  }

  #call(node: jsep.CallExpression, depth: number, offset: number): Node {
    const args = node.arguments.map((argument) => this.build(argument, depth + 1));
    const callee = node.callee as jsep.CoreExpression;
    if (this.#places.isGrouped(callee)) {
      return this.#refuse("syntax", "there is no operator between two values", undefined, offset);
    }
    if (callee.type !== "Identifier") {
      const hint = callee.type === "MemberExpression" ? "Write the function first: lower(value)." : undefined;
      return this.#refuse(
        "unknownFunction",
        "values have no methods; only functions can be called",
        hint,
        offset,
      );
    }
    const { name } = callee;
    const called = this.#functions.get(name.toLowerCase());
    if (called === undefined) {
      const hint = isStatusFunction(name)
        ? `${name}() is known in finally only.`
        : didYouMean(
            name,
            Array.from(this.#functions.values(), (each) => each.name),
          );
      return this.#refuse("unknownFunction", `unknown function "${name}"`, hint, this.#places.name(callee));
    }
    if (args.length < called.minArgs || args.length > called.maxArgs) {
      const message = `${called.name} takes ${countOf(called)}, not ${args.length}`;
      return this.#refuse("argumentCount", message, `Its form is ${called.signature}.`, offset);
    }
    this.#check(called, args, offset);
    return { kind: "call", called, args, offset };
  }

  #check(called: FunctionRecord, args: readonly Node[], offset: number): void {
    try {
      called.check?.(args.map((argument) => (argument.kind === "literal" ? argument.value : undefined)));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#refuse(error.kind, error.message, error.hint, offset);
    }
  }

  #refuse(kind: Fault["kind"], message: string, hint: string | undefined, offset: number): Node {
    return this.#add(new Fault(kind, message, hint, offset));
  }

  #add(fault: Fault): Node {
    this.faults.push(fault);
    return missing(fault.offset ?? 0);
  }
}

function missing(offset: number): Node {
  return { kind: "literal", value: null, offset };
}

function countOf({ minArgs, maxArgs }: FunctionRecord): string {
  const plural = maxArgs === 1 ? "" : "s";
  return minArgs === maxArgs ? `${minArgs || "no"} argument${plural}` : `${minArgs} to ${maxArgs} arguments`;
}
