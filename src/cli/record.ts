import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openStores } from "../compose.ts";
import type { Environment } from "../config.ts";
import type { Execution } from "../core/execution.ts";
import { formatProblem } from "../core/problem.ts";
import { loadWorkflow } from "../definition/index.ts";
import { readTests } from "../definition/tests/index.ts";
import { LargeValues } from "../engine/large.ts";
import type { Stores } from "../engine/ports/index.ts";
import { type Recorded, testOf } from "../sandbox/workflow-tests/from-execution.ts";
import { verdictOn } from "../sandbox/workflow-tests/verdict.ts";
import { StateError } from "../state/error.ts";
import { type Output, wrongUsage } from "./usage.ts";

export interface RecordRequest {
  /** The execution's id, or how it begins. */
  readonly id: string;
  /** File to write, or null: it is printed. */
  readonly out: string | null;
}

/** Writes a test from an execution in the store; resolves to the exit code. */
export async function recordCommand(
  { id, out }: RecordRequest,
  io: Output,
  env: Environment = process.env,
): Promise<number> {
  const stores = await openConfigured(env);
  if (typeof stores === "string") {
    io.stderr(`${stores}\n`);
    return wrongUsage;
  }
  try {
    const found = await findExecution(stores, id);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return wrongUsage;
    }
    const read = await recordsOf(stores, found);
    if (typeof read === "string") {
      io.stderr(`${read}\n`);
      return 1;
    }
    const { text, differences } = await bestTest(read, out ?? "test.yml");
    if (out === null) io.stdout(text);
    else await writeFile(out, text);
    for (const line of differences) io.stderr(`${line}\n`);
    if (out !== null) io.stderr(`wrote ${out}\n`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    await stores.close();
  }
}

/** The store that the service's environment names; a text says why there is none. */
async function openConfigured(env: Environment): Promise<Stores | string> {
  const databaseUrl = env["DATABASE_URL"];
  const directory = resolve(env["HISHAMOS_DATA_DIR"] || ".hishamos-data");
  if (!databaseUrl && !existsSync(join(directory, "hishamos.db")))
    return `there is no store in ${directory}: set DATABASE_URL or HISHAMOS_DATA_DIR as for the service`;
  try {
    return await openStores({ state: databaseUrl ? { databaseUrl } : { directory } });
  } catch (error) {
    if (error instanceof StateError) return formatProblem(error.problem);
    throw error;
  }
}

const mostPages = 100;

async function findExecution({ executions }: Stores, id: string): Promise<Execution | string> {
  const exact = await executions.load(id);
  if (exact) return exact;
  if (!/^[0-9a-f]{4,32}$/.test(id))
    return `"${id}" is no execution's id: it has 32 hexadecimal digits, and 4 may do`;
  const found: Execution[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const { executions: some, next }: { executions: readonly Execution[]; next: string | null } =
      await executions.list(cursor === null ? {} : { cursor });
    found.push(...some.filter((execution) => execution.id.startsWith(id)));
    if (next === null) break;
    cursor = next;
  }
  const [only, second] = found;
  if (!only) return `there is no execution ${id} in the store`;
  return second ? `several executions begin with ${id}: ${found.map((each) => each.id).join(", ")}` : only;
}

interface Read {
  readonly records: readonly Recorded[];
  readonly path: string;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The execution and those that its steps started, whole, with their definitions. */
async function recordsOf(stores: Stores, found: Execution): Promise<Read | string> {
  const stored = await stores.definitions.get(found.workflow.hash);
  if (!stored) return `the definition that execution ${found.id} is pinned to is not stored`;
  const files = stored.files ?? {};
  const loaded = loadWorkflow(stored.text, stored.path, { files: new Map(Object.entries(files)) });
  if (!("workflow" in loaded))
    return `this version refuses the definition of execution ${found.id}:\n${loaded.problems.map(formatProblem).join("\n")}`;
  const large = new LargeValues(stores.blobs);
  const main: Recorded = { execution: await large.together(found), workflow: loaded.workflow, prefix: "" };
  const records = [main];
  const hasChildren = loaded.workflow.children.size > 0;
  const page = hasChildren
    ? await stores.executions.list({ repository: found.repository.id, limit: 1_000 })
    : null;
  // The list grows while it is walked: children of children follow.
  for (const parent of records) {
    for (const execution of page?.executions ?? []) {
      if (execution.parent?.execution !== parent.execution.id) continue;
      const workflow = childAt(parent, execution);
      const prefix = `${parent.prefix}${execution.parent.run.path}/`;
      if (workflow) records.push({ execution: await large.together(execution), workflow, prefix });
    }
  }
  return { records, path: stored.path, text: stored.text, files };
}

function childAt({ workflow }: Recorded, { workflow: ref }: Execution) {
  return [...workflow.children.values()].find(({ path }) => path === ref.path);
}

/**
 * The most faithful test that passes: first what the stand-in can do is done there, then actions are answered with what
 * they gave. Where none passes, the last, with what came out differently.
 */
async function bestTest(
  { records, path, text, files }: Read,
  file: string,
): Promise<{ readonly text: string; readonly differences: readonly string[] }> {
  let last = { text: "", differences: [] as readonly string[] };
  for (const answerActions of [false, true]) {
    for (const outputs of [true, false]) {
      const written = testOf(records, { answerActions, outputs });
      const read = readTests(written, file);
      if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
      const [test] = read.cases;
      if (!test) continue;
      const verdict = await verdictOn({ test, path, text, files });
      if (verdict.passed) return { text: written, differences: [] };
      last = { text: written, differences: [...verdict.problems.map(formatProblem), ...verdict.detail] };
    }
  }
  return last;
}
