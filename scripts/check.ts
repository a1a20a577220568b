// Everything that can be wrong without running a test: types, lint, format, dead code, generated files.
import { spawnSync } from "node:child_process";

const checks: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["types", ["tsc", "-p", "."]],
  ["types of the page", ["tsc", "-p", "src/api/page"]],
  ["lint", ["oxlint", "--type-aware", "--deny-warnings"]],
  ["format", ["biome", "check", "."]],
  ["dead code", ["knip"]],
  ["generated schema", ["node", "scripts/generate-schema.ts", "--check"]],
  ["generated problems page", ["node", "scripts/generate-problems.ts", "--check"]],
  ["released library", ["node", "scripts/release-library.ts", "--check"]],
  ["generated catalogue", ["node", "scripts/generate-catalogue.ts", "--check"]],
  ["bundled action", ["node", "scripts/bundle-action.ts", "--check"]],
];

let failed = 0;
for (const [name, [command = "", ...args]] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  const good = status === 0;
  console.log(`${good ? "ok    " : "FAILED"} ${name}`);
  if (!good) {
    failed += 1;
    console.log(`${stdout}${stderr}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
