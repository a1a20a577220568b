/** How often what was done or seen, in the order it first was. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  get(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  get rows(): readonly (readonly [what: string, count: number])[] {
    return [...this.#counts];
  }
}
