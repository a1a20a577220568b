import type { RepositoryConfig } from "../load-config.ts";
import { type Change, changedFacts, namesOf, written } from "./change.ts";
import { deciderAdded } from "./loosened.ts";

type Commands = ReadonlyMap<string, readonly string[]>;

/** What changed of a repository's settings. */
export function compareSettings(before: RepositoryConfig, after: RepositoryConfig): readonly Change[] {
  const vars = ({ vars: all }: RepositoryConfig) =>
    new Map(Object.entries(all).map(([name, value]) => [name, written(value)]));
  return [
    ...compareCommands(before.commands, after.commands),
    ...changedFacts({ part: "vars", name: "" }, vars(before), vars(after), () => false),
  ];
}

/** Who may use which command; one that is not named is for those who may write. */
export function compareCommands(before: Commands, after: Commands): readonly Change[] {
  return namesOf(before.keys(), after.keys()).flatMap((name) => {
    const [was = null, is = null] = [before.get(name), after.get(name)];
    const [wrote, writes] = [was?.join(", ") ?? null, is?.join(", ") ?? null];
    if (wrote === writes) return [];
    return [{ part: "commands", name, before: wrote, after: writes, loosens: deciderAdded(was, is) }];
  });
}
