import { isObject, type JsonObject } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import { readCommands } from "./deciders.ts";
import { Problems } from "./problems.ts";
import { Source } from "./source.ts";
import { checkStructure } from "./structure.ts";
import { child, toJson } from "./tree.ts";
import { readYaml } from "./yaml.ts";

/** The settings of a repository. */
export interface RepositoryConfig {
  /** What expressions read as `vars`. */
  readonly vars: JsonObject;
  /** By a command's name, who may use it, where a workflow doesn't say. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
}

export type LoadedConfig =
  | { readonly config: RepositoryConfig; readonly problems: readonly [] }
  | { readonly problems: readonly Problem[] };

/** Reads `.hishamos/config.yml`; one without content sets nothing. Never throws. */
export function loadConfig(text: string, path: string): LoadedConfig {
  if (text.split("\n").every((line) => /^\ufeff?\s*(?:#|$)/.test(line))) {
    return { config: { vars: {}, commands: new Map() }, problems: [] };
  }
  const problems = new Problems(new Source(text, path));
  const map = readYaml(problems, 'Settings begin with "vars:" or "commands:".');
  if (map === null) return { problems: problems.list() };
  checkStructure(map, "config", problems);
  const vars = child(map, "vars");
  const values = vars ? toJson(vars) : {};
  const commands = readCommands(child(map, "commands"), problems);
  if (problems.any) return { problems: problems.list() };
  return { config: { vars: isObject(values) ? values : {}, commands }, problems: [] };
}
