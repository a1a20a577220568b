import { Client } from "pg";

/**
 * Has every duty that one of all processes does be done at the next start, however lately it was done. For when all that
 * is stored is new; nobody may work on it.
 */
export async function forgetClaims(url: string, schema = "hishamos_queue"): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "hishamos" });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [`${schema}.job`]);
    if (rows[0]?.there === true) await client.query(`DELETE FROM ${schema}.job WHERE name = 'claims'`);
  } finally {
    await client.end();
  }
}
