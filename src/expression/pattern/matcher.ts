import { unreachable } from "../../core/problem.ts";
import { limits } from "../limits.ts";
import { Fault } from "../problems.ts";
import type { Assertion, CharacterSet, Pattern } from "./pattern.ts";
import { has } from "./pattern.ts";

/**
 * Thompson's construction, simulated with all states side by side (as in RE2): time is at most text length
 * times states, whatever the pattern. Source: https://swtch.com/~rsc/regexp/regexp2.html
 */
type State =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "assert"; readonly where: Assertion }
  | { readonly kind: "split"; next: number; other: number }
  | { readonly kind: "found" };

export interface Matcher {
  readonly states: readonly State[];
  readonly ignoreCase: boolean;
}

/** @throws Fault when the pattern has too many states */
export function compileMatcher(pattern: Pattern, ignoreCase: boolean): Matcher {
  const states: State[] = [];
  const add = (state: State): void => {
    if (states.length >= limits.patternStates) throw new Fault("pattern", "the pattern is too large");
    states.push(state);
  };
  const split = (): { kind: "split"; next: number; other: number } => {
    const state = { kind: "split" as const, next: states.length + 1, other: states.length + 1 };
    add(state);
    return state;
  };
  // Repeating an empty group adds no state, so the visits are bounded, too.
  let visits = 0;
  const emit = (part: Pattern): void => {
    if (++visits > limits.patternStates * 4) throw new Fault("pattern", "the pattern is too large");
    switch (part.kind) {
      case "set":
      case "assert":
        add(part);
        break;
      case "sequence":
        part.parts.forEach(emit);
        break;
      case "choice":
        emitChoice(part.options);
        break;
      case "repeat":
        emitRepeat(part);
    }
  };
  const emitChoice = (options: readonly Pattern[]): void => {
    const ends = options.map((option, index) => {
      const branch = index < options.length - 1 ? split() : undefined;
      emit(option);
      const end = split();
      if (branch !== undefined) branch.other = states.length;
      return end;
    });
    for (const end of ends) end.next = end.other = states.length;
  };
  const emitRepeat = ({ part, min, max }: Pattern & { kind: "repeat" }): void => {
    for (let count = 0; count < min; count++) emit(part);
    if (max === Number.POSITIVE_INFINITY) {
      const start = states.length;
      const entry = split();
      emit(part);
      const again = split();
      again.next = again.other = start;
      entry.other = states.length;
      return;
    }
    const exits = [];
    for (let count = min; count < max; count++) {
      exits.push(split());
      emit(part);
    }
    for (const exit of exits) exit.other = states.length;
  };
  emit(pattern);
  add({ kind: "found" });
  return { states, ignoreCase };
}

/** Whether the pattern is found anywhere in the text. `charge` hears of every state touched. */
export function finds(matcher: Matcher, text: string, charge: (units: number) => void): boolean {
  const { states, ignoreCase } = matcher;
  const seenAt = new Int32Array(states.length).fill(-1);
  let waiting: CharacterSet[] = [];
  let waitingAt: number[] = [];
  let before = -1;
  for (let offset = 0; ; ) {
    const point = text.codePointAt(offset) ?? -1;
    const reached = waitingAt;
    reached.push(0);
    waiting = [];
    waitingAt = [];
    charge(reached.length + 1);
    while (reached.length > 0) {
      const at = reached.pop() ?? 0;
      if (seenAt[at] === offset) continue;
      seenAt[at] = offset;
      const state = states[at];
      if (state === undefined || state.kind === "found") return true;
      if (state.kind === "split") reached.push(state.next, state.other);
      else if (state.kind === "assert") {
        if (holds(state.where, before, point)) reached.push(at + 1);
      } else {
        waiting.push(state.set);
        waitingAt.push(at + 1);
      }
    }
    if (point === -1) return false;
    charge(waiting.length);
    waitingAt = waitingAt.filter((_, index) => {
      const set = waiting[index];
      return set !== undefined && has(set, point, ignoreCase);
    });
    before = point;
    offset += point > 0xffff ? 2 : 1;
  }
}

function holds(where: Assertion, before: number, after: number): boolean {
  switch (where) {
    case "start":
      return before === -1;
    case "end":
      return after === -1;
    case "edge":
      return isWord(before) !== isWord(after);
    case "inner":
      return isWord(before) === isWord(after);
    default:
      return unreachable(where);
  }
}

function isWord(point: number): boolean {
  return (
    (point >= 48 && point <= 57) ||
    (point >= 65 && point <= 90) ||
    point === 95 ||
    (point >= 97 && point <= 122)
  );
}
