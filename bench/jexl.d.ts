// jexl ships no types; these are of what the benchmark uses.
declare module "jexl" {
  export class Jexl {
    addTransform(name: string, transform: (value: unknown, ...args: readonly unknown[]) => unknown): void;
    compile(source: string): { evalSync(context: object): unknown };
  }
}
