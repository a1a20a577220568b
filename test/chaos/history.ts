import { Client } from "pg";
import type { Execution } from "../../src/core/execution.ts";

const table = "public.chaos_history";

/** Opens one connection for what `look` asks. */
export async function onDatabase<T>(url: string, look: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // A restart of the server ends it; the question that was under way says so.
  client.on("error", () => {});
  await client.connect();
  try {
    return await look(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** From now on the database keeps every version of every execution; a process that is killed could not tell of its last. */
export async function keepHistory(url: string): Promise<void> {
  await onDatabase(url, (client) =>
    client.query(`
      CREATE TABLE ${table} (id bigserial PRIMARY KEY, key text NOT NULL, value text NOT NULL);
      CREATE FUNCTION public.chaos_keep() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO ${table} (key, value) VALUES (NEW.key, NEW.value::text);
        RETURN NEW;
      END $$;
      CREATE TRIGGER chaos_keep AFTER INSERT OR UPDATE ON hishamos.executions
        FOR EACH ROW EXECUTE FUNCTION public.chaos_keep();`),
  );
}

/** Every version that was saved, in order. */
export async function historyOf(url: string, executionId: string): Promise<readonly Execution[]> {
  return await onDatabase(url, async (client) => {
    const { rows } = await client.query<{ value: string }>(
      `SELECT value FROM ${table} WHERE key LIKE '%' || $1 ORDER BY id`,
      [executionId],
    );
    return rows.map(({ value }) => (JSON.parse(value) as { value: Execution }).value);
  });
}

/** The outcome of every delivery that is stored, by GUID. */
export async function outcomesIn(url: string): Promise<ReadonlyMap<string, string | null>> {
  return await onDatabase(url, async (client) => {
    const { rows } = await client.query<{ key: string; outcome: string | null }>(
      "SELECT key, outcome FROM hishamos.deliveries",
    );
    return new Map(rows.map(({ key, outcome }) => [key.replace(/^.*:/, ""), outcome]));
  });
}
