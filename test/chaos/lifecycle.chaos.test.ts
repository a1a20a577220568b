import { expect, test } from "vitest";
import { runChaos } from "./chaos.ts";
import { readForm } from "./form.ts";
import { told } from "./report.ts";

const form = readForm(process.env);

test(`${form.executions} Bug Lifecycles over ${form.installations} installations come to their right ends through killed, frozen and restarted processes, a restarted Postgres, a bad network and a failing GitHub (CHAOS_SEED=${form.seed})`, {
  timeout: form.stormMs + form.calmMs + 300_000,
}, async () => {
  const found = await runChaos(form);
  console.log(told(form, found));
  expect(found.wrong).toEqual([]);
});
