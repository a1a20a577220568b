import { parse } from "yaml";
import { type Input, isObject } from "./input.ts";
import type { Repository } from "./model.ts";

/** What the stand-in reads of a GitHub Actions workflow's file. */
export interface WorkflowFile {
  readonly path: string;
  readonly name: string;
  readonly runName: string | null;
  /** The inputs of `workflow_dispatch`, or null where it can't be dispatched. */
  readonly inputs: ReadonlyMap<string, WorkflowInput> | null;
  /** Names of its jobs. */
  readonly jobs: readonly string[];
}

interface WorkflowInput {
  readonly required: boolean;
  readonly default: string | null;
  readonly options: readonly string[] | null;
}

const FOLDER = ".github/workflows/";

/** The workflow files at a commit, by path. */
export function workflowPaths(repository: Repository, ref: string): string[] {
  const files = repository.git.resolve(ref)?.files ?? new Map<string, string>();
  const isWorkflow = (path: string) =>
    path.startsWith(FOLDER) && /^[^/]+\.ya?ml$/.test(path.slice(FOLDER.length));
  return [...files.keys()].filter(isWorkflow);
}

/** The file at a ref, or undefined if it is not there. */
export function workflowFile(repository: Repository, path: string, ref: string): WorkflowFile | undefined {
  const { git } = repository;
  const sha = git.resolve(ref)?.files.get(path);
  const text = sha === undefined ? undefined : git.blobs.get(sha)?.toString("utf8");
  if (text === undefined) return undefined;
  const file: unknown = parse(text);
  const top: Input = isObject(file) ? file : {};
  const { jobs } = top;
  return {
    path,
    name: typeof top["name"] === "string" ? top["name"] : path,
    runName: typeof top["run-name"] === "string" ? top["run-name"] : null,
    inputs: dispatchInputs(top["on"]),
    jobs: isObject(jobs)
      ? Object.entries(jobs).map(([id, job]) =>
          isObject(job) && typeof job["name"] === "string" ? job["name"] : id,
        )
      : [],
  };
}

function dispatchInputs(on: unknown): ReadonlyMap<string, WorkflowInput> | null {
  if (on === "workflow_dispatch") return new Map();
  if (Array.isArray(on)) return on.includes("workflow_dispatch") ? new Map() : null;
  if (!isObject(on) || !("workflow_dispatch" in on)) return null;
  const dispatch = on["workflow_dispatch"];
  const inputs = isObject(dispatch) ? dispatch["inputs"] : undefined;
  if (!isObject(inputs)) return new Map();
  return new Map(
    Object.entries(inputs).map(([name, input]) => {
      const facts = isObject(input) ? input : {};
      const options = facts["options"];
      return [
        name,
        {
          required: facts["required"] === true,
          default: textOf(facts["default"]),
          options: Array.isArray(options) ? options.map(String) : null,
        },
      ];
    }),
  );
}

/** A default as the run gets it: every input of a dispatch is text. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** `run-name` with the dispatch's inputs put in: the only expressions the stand-in knows. */
export function titleOf(file: WorkflowFile, inputs: Readonly<Record<string, string>>): string {
  const filled = (file.runName ?? file.name).replaceAll(
    /\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/g,
    (_, name: string) => (Object.hasOwn(inputs, name) ? (inputs[name] ?? "") : ""),
  );
  return filled.trim();
}
