import { seeded } from "../../scripts/library/seeded.ts";

/** Random choices that a seed repeats; each purpose has dice of its own, so that none disturbs another's. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number, purpose: string) {
    let mixed = seed;
    for (const letter of purpose) mixed = Math.imul(mixed, 31) + (letter.codePointAt(0) ?? 0);
    this.#random = seeded(mixed);
  }

  /** True so often of 1. */
  chance(of: number): boolean {
    return this.#random() < of;
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  /** One of them, each as often as its weight says. */
  pick<const T>(...weighted: readonly (readonly [weight: number, T])[]): T {
    const total = weighted.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.#random() * total;
    for (const [weight, one] of weighted) {
      left -= weight;
      if (left < 0) return one;
    }
    const last = weighted.at(-1);
    if (!last) throw new Error("nothing to pick from");
    return last[1];
  }
}
