import type { Json } from "../../core/json.ts";
import type { Work } from "../work.ts";

/** A function of the language: everything the parser, the evaluator and the documentation know about it. */
export interface FunctionRecord {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  /** The form of a call, as `contains(search, item)`. */
  readonly signature: string;
  readonly description: string;
  /**
   * Called with minArgs to maxArgs values; a missing value is null.
   * @throws Fault for values it doesn't take
   */
  readonly call: (args: readonly Json[], work: Work) => Json;
  /**
   * Looks at the arguments known before anything runs (undefined: not known), so that a wrong pattern
   * or duration is found by validation.
   * @throws Fault
   */
  readonly check?: (args: readonly (Json | undefined)[]) => void;
}
