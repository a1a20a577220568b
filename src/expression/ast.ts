import type { Json } from "../core/json.ts";
import type { Position } from "../core/problem.ts";
import type { FunctionRecord } from "./functions/record.ts";

/** The closed tree: what is not here can't be evaluated. `offset` counts UTF-16 units of the source. */
export type Node =
  | { readonly kind: "literal"; readonly value: Json; readonly offset: number }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly offset: number }
  | {
      readonly kind: "root";
      readonly name: string;
      readonly hint: string | undefined;
      readonly offset: number;
    }
  | { readonly kind: "member"; readonly object: Node; readonly name: string; readonly offset: number }
  | { readonly kind: "index"; readonly object: Node; readonly index: Node; readonly offset: number }
  | { readonly kind: "star"; readonly object: Node; readonly offset: number }
  | {
      readonly kind: "unary";
      readonly operator: UnaryOperator;
      readonly operand: Node;
      readonly offset: number;
    }
  | {
      readonly kind: "logical";
      readonly operator: "&&" | "||";
      readonly operands: readonly Node[];
      readonly offset: number;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
      readonly offset: number;
    }
  | {
      readonly kind: "conditional";
      readonly test: Node;
      readonly yes: Node;
      readonly no: Node;
      readonly offset: number;
    }
  | {
      readonly kind: "call";
      readonly called: FunctionRecord;
      readonly args: readonly Node[];
      readonly offset: number;
    };

export const unaryOperators = ["!", "-", "+"] as const;
export type UnaryOperator = (typeof unaryOperators)[number];

export const binaryOperators = ["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

/** A use of a root, as far as it is known without evaluating. */
export interface Reference {
  readonly root: string;
  /** Member names up to the first computed index; a number index as text, `.*` as "*". */
  readonly path: readonly string[];
  /** Where the root stands. */
  readonly position: Position;
  /** Where each element of `path` stands. */
  readonly pathPositions: readonly Position[];
}
