// A process to be killed: saves two executions in turn for ever and prints each revision once it is saved.
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { anExecution, nextRevision } from "../support/execution.ts";

const [kind, where] = process.argv.slice(2);
if (where === undefined) throw new Error("usage: crash-writer.ts sqlite|postgres WHERE");

async function open(place: string) {
  if (kind === "sqlite") return openSqliteStores({ directory: place });
  const { openPostgresStores } = await import("../../src/state/postgres/open.ts");
  return openPostgresStores({ url: place });
}

const stores = await open(where);

async function writeForEver(id: string): Promise<never> {
  let execution = anExecution({ id, input: { padding: "x".repeat(4000) } });
  await stores.executions.create(execution);
  for (;;) {
    execution = nextRevision(execution);
    if (!(await stores.executions.save(execution))) throw new Error(`${id} has another holder`);
    process.stdout.write(`${id} ${execution.revision}\n`);
  }
}

await Promise.all([writeForEver("one"), writeForEver("two")]);
