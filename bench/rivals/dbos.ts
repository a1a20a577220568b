import { DBOS } from "@dbos-inc/dbos-sdk";
import type { JsonObject } from "../../src/core/json.ts";
import { outputOf, startOf, workflowSteps } from "../load.ts";
import { each } from "../samples.ts";
import type { Rival } from "./rival.ts";

/** Registered once: DBOS is one per process. */
const sevenSteps = DBOS.registerWorkflow(
  async (_event: JsonObject) => {
    for (const step of workflowSteps) await DBOS.runStep(async () => outputOf(step), { name: step });
  },
  { name: "seven-steps" },
);

/** A workflow of seven steps: its row, a row for the result of each step, and its end. As it ships, ten connections. */
export async function openDbos(url: string): Promise<Rival> {
  const quiet = { info() {}, debug() {}, warn() {}, error: console.error };
  DBOS.setConfig({ name: "hishamos-bench", systemDatabaseUrl: url, logger: quiet });
  await DBOS.launch();
  return {
    name: "DBOS Transact",
    async run(numbers, concurrency) {
      await each(numbers, concurrency, async (number) => {
        const handle = await DBOS.startWorkflow(sevenSteps, { workflowID: `seven-steps-${number}` })(
          startOf(number).event,
        );
        await handle.getResult();
      });
    },
    close: () => DBOS.shutdown(),
  };
}
