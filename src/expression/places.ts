import type jsep from "jsep";
import type { SyntaxTree } from "./syntax.ts";

/** Where jsep's nodes stand: it keeps no positions itself. Offsets count UTF-16 units of the source. */
export class Places {
  /** By the node of an unknown root: what was probably meant. */
  readonly dashHints = new Map<object, string>();
  readonly #syntax: SyntaxTree;
  readonly #source: string;

  constructor(syntax: SyntaxTree, source: string) {
    this.#syntax = syntax;
    this.#source = source;
  }

  /** Of a root or member name, without parentheses around it. */
  name(node: jsep.Expression): number {
    return this.#syntax.names.get(node) ?? this.start(node);
  }

  /** Only operands have spans; an operator's expression starts with its left side. */
  start(open: jsep.Expression): number {
    let node = open as jsep.CoreExpression;
    for (;;) {
      const start = this.#syntax.spans.get(node)?.start ?? this.#syntax.names.get(node);
      if (start !== undefined) return start;
      if (node.type === "BinaryExpression") node = node.left as jsep.CoreExpression;
      else if (node.type === "ConditionalExpression") node = node.test as jsep.CoreExpression;
      else if (node.type === "MemberExpression") node = node.object as jsep.CoreExpression;
      else if (node.type === "CallExpression") node = node.callee as jsep.CoreExpression;
      else return 0;
    }
  }

  operator(node: jsep.BinaryExpression): number {
    let left = node.left as jsep.CoreExpression;
    while (!this.#syntax.spans.has(left) && left.type === "BinaryExpression") {
      left = left.right as jsep.CoreExpression;
    }
    const end = this.#syntax.spans.get(left)?.end ?? 0;
    return this.#source.indexOf(node.operator, end);
  }

  isGrouped(node: jsep.Expression): boolean {
    return this.#syntax.grouped.has(node);
  }

  isBareNot(open: jsep.Expression): boolean {
    const node = open as jsep.CoreExpression;
    return node.type === "UnaryExpression" && node.operator === "!" && !this.isGrouped(node);
  }

  /** `steps.code-review.output` reads as a subtraction; said where `review` turns out to be unknown. */
  noteDash(node: jsep.BinaryExpression): void {
    const dash = this.operator(node);
    const left = node.left as jsep.CoreExpression;
    const isSpaced = /\s/.test(this.#source.slice(dash - 1, dash + 2));
    if (left.type !== "MemberExpression" || left.computed || isSpaced) return;
    let right = node.right as jsep.CoreExpression;
    while (right.type === "MemberExpression") right = right.object as jsep.CoreExpression;
    if (right.type !== "Identifier" || this.name(right) !== dash + 1) return;
    const property = this.name(left.property);
    const id = this.#source.slice(property, dash + 1 + right.name.length);
    const object = this.#source.slice(this.start(left), property).replace(/[.\s]+$/, "");
    this.dashHints.set(right, `"-" subtracts. For the name "${id}" write ${object}["${id}"].`);
  }
}
