// Writes src/definition/schema/validate.generated.ts, the schemas compiled to plain functions, so that no process
// compiles them when it starts; and schema/*.json, the same for editors. `--check` only says whether they are current.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { webhookEvents } from "../src/definition/catalogue.generated.ts";
import { mapSchema, publishedSchemas } from "../src/definition/schema/published.ts";
import { testsSchema } from "../src/definition/schema/tests.ts";
import { agentSchema, configSchema, usingSchema, workflowSchema } from "../src/definition/schema/workflow.ts";

const schemas = [workflowSchema, usingSchema, agentSchema, configSchema];
const ajv = new Ajv({
  // oneOf is for editors: its errors say many things of many places.
  schemas: schemas.map((schema) =>
    mapSchema(schema, ["spot", "expects", "description", "examples", "oneOf"]),
  ),
  allErrors: true,
  allowUnionTypes: true,
  // A key may take several forms, and each keyword binds its own type only.
  strictTypes: false,
  messages: false,
  inlineRefs: false,
  code: { source: true, esm: true },
});
const code = standalone.default(ajv, {
  validateWorkflow: "workflow",
  validateUsing: "using",
  validateAgent: "agent",
  validateConfig: "config",
});
if (code.includes("require(")) throw new Error("the validator would need a helper of ajv at run time");

/** As `npm run fix` would leave it. */
function formatted(path: string, text: string): string {
  const biome = fileURLToPath(import.meta.resolve("@biomejs/biome/bin/biome"));
  const args = [biome, "format", `--stdin-file-path=${path}`];
  return execFileSync(process.execPath, args, { encoding: "utf8", input: text });
}

const files = new Map([
  [
    "src/definition/schema/validate.generated.ts",
    `// Written by scripts/generate-schema.ts from workflow.ts; not to be edited.
// @ts-nocheck
/* oxlint-disable */
${code}
`,
  ],
  ...[...publishedSchemas(webhookEvents, testsSchema)].map(
    ([name, schema]) => [`schema/${name}`, formatted(`schema/${name}`, JSON.stringify(schema))] as const,
  ),
]);

if (process.argv.includes("--check")) {
  const stale = [...files]
    .filter(([path, text]) => readFileSync(path, "utf8") !== text)
    .map(([path]) => path);
  const names = [...files.keys()].join(", ");
  console.log(stale.length === 0 ? `${names}: all is current` : `out of date: ${stale.join(", ")}`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync("schema", { recursive: true });
  for (const [path, text] of files) writeFileSync(path, text);
  console.log([...files].map(([path, text]) => `wrote ${path}: ${text.length} characters`).join("\n"));
}
