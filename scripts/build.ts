// Compiles src/ to build/, which is what the package ships: Node strips no types inside node_modules.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

rmSync("build", { recursive: true, force: true });
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
// What is read at run time beside the code: roles, scenarios and the monitoring page.
for (const file of globSync(["src/**/*.{yml,yaml}", "src/api/page/*.{html,css,js,svg}"]))
  cpSync(file, join("build", relative("src", file)), { recursive: true });
process.exitCode = status ?? 1;
