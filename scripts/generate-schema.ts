// Writes src/definition/schema/validate.generated.ts: the schemas compiled to plain functions, so that no process
// compiles them when it starts. `--check` only says whether the file is current.
import { readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { agentSchema, workflowSchema } from "../src/definition/schema/workflow.ts";

const target = "src/definition/schema/validate.generated.ts";

const ajv = new Ajv({
  keywords: ["spot"],
  schemas: [workflowSchema, agentSchema],
  allErrors: true,
  allowUnionTypes: true,
  // A key may take several forms, and each keyword binds its own type only.
  strictTypes: false,
  messages: false,
  inlineRefs: false,
  code: { source: true, esm: true },
});
const code = standalone.default(ajv, { validateWorkflow: "workflow", validateAgent: "agent" });
if (code.includes("require(")) throw new Error("the validator would need a helper of ajv at run time");

const text = `// Written by scripts/generate-schema.ts from workflow.ts; not to be edited.
// @ts-nocheck
/* oxlint-disable */
${code}
`;

if (process.argv.includes("--check")) {
  const current = readFileSync(target, "utf8") === text;
  console.log(current ? `${target} is current` : `${target} is out of date: run scripts/generate-schema.ts`);
  process.exitCode = current ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`wrote ${target}: ${text.length} characters`);
}
