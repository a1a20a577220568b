/** Rows by key: those that are asked for in one turn of the event loop are one statement. */
export class Reads {
  readonly #select: (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  #asked = new Map<string, PromiseWithResolvers<string | undefined>>();

  constructor(select: (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>) {
    this.#select = select;
  }

  /** Undefined where there is none; rejects where the database can't answer. */
  get(key: string): Promise<string | undefined> {
    const known = this.#asked.get(key);
    if (known) return known.promise;
    if (this.#asked.size === 0) setImmediate(() => void this.#flush());
    const asked = Promise.withResolvers<string | undefined>();
    this.#asked.set(key, asked);
    return asked.promise;
  }

  async #flush(): Promise<void> {
    const asked = this.#asked;
    this.#asked = new Map();
    try {
      const found = await this.#select([...asked.keys()]);
      for (const [key, { resolve }] of asked) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }
}
