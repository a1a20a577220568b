import type { Scope } from "../core/expression.ts";
import type { Json } from "../core/json.ts";
import { limits } from "./limits.ts";
import { Fault } from "./problems.ts";

/** One evaluation under way: what it sees, and how much it may still do. */
export class Work {
  readonly scope: Scope;
  /** Where a fault without a place of its own happened. */
  offset = 0;
  #left: number = limits.work;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** Counts work in about one unit per item, character or state touched. @throws Fault when it is too much */
  charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new Fault("tooMuch", "the expression takes too much work");
  }

  /** Bounds a text about to be handed on. */
  text(text: string): string {
    this.textOf(text.length);
    return text;
  }

  /** Bounds and charges a text of this many UTF-16 units before it is built. */
  textOf(length: number): void {
    if (length > limits.textLength) {
      throw new Fault("tooMuch", `the text would be longer than ${limits.textLength} characters`);
    }
    this.charge(length);
  }

  /** Bounds and charges a list. */
  list(list: readonly Json[]): readonly Json[] {
    if (list.length > limits.listLength) {
      throw new Fault("tooMuch", `the list would have more than ${limits.listLength} items`);
    }
    this.charge(list.length);
    return list;
  }
}
