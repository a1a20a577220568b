// Bundles src/action/ into dist/, which GitHub runs as it is; --check tells whether dist/ is what the sources give.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";

const check = process.argv.includes("--check");
const cache = join("node_modules", ".cache");
mkdirSync(cache, { recursive: true });
// Inside the repository, where packages are found; ncc runs in it, so that its own name is in no path that ncc sees.
const work = mkdtempSync(join(cache, "action-"));
const compiled = join(work, "src");
const bundle = join(work, "dist");
/** Packages that a job has no use for: one of them in the bundle has come by an import too many. */
const strangers = ["probot", "fastify", "pg", "pg-boss", "pino", "smee-client", "@fastify/websocket"];

try {
  build();
  const wrong = [...strayPackages(), ...ownPaths(), ...(check ? differences() : [])];
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length === 0 ? 0 : 1;
  if (!check && wrong.length === 0) {
    rmSync("dist", { recursive: true, force: true });
    renameSync(bundle, "dist");
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function build(): void {
  // ncc knows no TypeScript 7 and gets JavaScript.
  run(".", "tsc", "-p", "tsconfig.build.json", "--declaration", "false", "--outDir", compiled);
  for (const file of globSync("**/*.js", { cwd: compiled })) settle(file);
  cpSync("package.json", join(work, "package.json"));
  const entry = join("src", "action", "index.js");
  run(work, "ncc", "build", entry, "-o", "dist", "--no-cache", "-q", "--license", "licenses.txt");
  const main = join(bundle, "index.js");
  writeFileSync(main, `globalThis.hishamosBundle = import.meta.url;\n${readFileSync(main, "utf8")}`);
  cpSync(join("src", "agents", "roles"), join(bundle, "agents", "roles"), { recursive: true });
}

/**
 * A module reads what ships beside it by its own address, which in a bundle is lost: it is given the one that it would have
 * in a folder beside bin/ and workflows-library/, as in build/.
 */
function settle(file: string): void {
  const path = join(compiled, file);
  const text = readFileSync(path, "utf8");
  const address = `new URL(${JSON.stringify(file)}, globalThis.hishamosBundle).href`;
  if (text.includes("import.meta.url")) writeFileSync(path, text.replaceAll("import.meta.url", address));
}

function strayPackages(): readonly string[] {
  const named = new Set(readFileSync(join(bundle, "licenses.txt"), "utf8").split("\n"));
  return strangers.filter((name) => named.has(name)).map((name) => `dist/ has the package ${name}`);
}

/** What was built elsewhere has to be the same. */
function ownPaths(): readonly string[] {
  return [...filesOf(bundle)].flatMap(([name, text]) =>
    text.includes(resolve(".")) ? [`dist/${name} has a path of this machine`] : [],
  );
}

function differences(): readonly string[] {
  const [made, committed] = [filesOf(bundle), filesOf("dist")];
  return [...new Set([...made.keys(), ...committed.keys()])]
    .filter((name) => made.get(name) !== committed.get(name))
    .map((name) => `dist/${name} is not what src/ gives: node scripts/bundle-action.ts`);
}

function filesOf(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = globSync("**/*", { cwd: folder, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    files.map((each) => {
      const path = join(each.parentPath, each.name);
      return [relative(resolve(folder), resolve(path)), readFileSync(path, "latin1")];
    }),
  );
}

function run(cwd: string, command: string, ...args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}
