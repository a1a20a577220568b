/** Where a repository keeps its definitions. */
export const definitionFolder = ".hishamos";

export type DefinitionKind = "workflow" | "agent" | "settings" | "test";

/** What a repository path is to us, or null. Folders of another name under `.hishamos/` are the repository's own. */
export function definitionKind(path: string): DefinitionKind | null {
  const [folder, ...rest] = path.split("/");
  if (folder !== definitionFolder || !/\.(?:ya?ml|json)$/.test(path)) return null;
  const [first = "", second] = rest;
  if (rest.length === 1) return /^config\.ya?ml$/.test(first) ? "settings" : "workflow";
  if (rest.length !== 2 || second?.startsWith(".")) return null;
  if (first === "agents") return "agent";
  return first === "tests" ? "test" : null;
}

/** Whether the path is a workflow's: `.hishamos/*.{yml,yaml,json}` but the settings. */
export function isWorkflowPath(path: string): boolean {
  return definitionKind(path) === "workflow";
}

/** The file's name without its ending: what commands call a workflow. Of `OWNER/REPO/x/qa.yml@SHA` it is `qa`. */
export function stemOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  return name.replace(/@[^@]*$/, "").replace(/\.(?:ya?ml|json)$/i, "");
}
