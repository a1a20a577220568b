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
import { basename, join, relative, resolve } from "node:path";

const check = process.argv.includes("--check");
const cache = join("node_modules", ".cache");
mkdirSync(cache, { recursive: true });
// Inside the repository, where packages are found; ncc runs in it and sees relative paths, which its name is not in.
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
  // ncc knows no TypeScript 7 and gets JavaScript; whether the types are right is another check's business.
  run(".", "tsc", "-p", "tsconfig.build.json", "--noCheck", "--declaration", "false", "--outDir", compiled);
  for (const file of globSync("**/*.js", { cwd: compiled })) settle(file);
  cpSync("package.json", join(work, "package.json"));
  // What a package asks of its working folder is taken for files to ship: ncc gets an empty one.
  const nowhere = join(work, "nowhere");
  mkdirSync(nowhere);
  const options = ["--no-cache", "--quiet", "--stats-out", "../stats.json"];
  run(nowhere, "ncc", "build", "../src/action/index.js", "--out", "../dist", ...options);
  const main = join(bundle, "index.js");
  writeFileSync(main, `globalThis.hishamosBundle = import.meta.url;\n${readFileSync(main, "utf8")}`);
  cpSync(join("src", "agents", "roles"), join(bundle, "agents", "roles"), { recursive: true });
  writeFileSync(join(bundle, "licenses.txt"), packages().map(licence).join("\n"));
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

interface Module {
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
}

/** The folders of the packages that are in the bundle, in the order of their names. */
function packages(): readonly string[] {
  const stats = JSON.parse(readFileSync(join(work, "stats.json"), "utf8")) as Module;
  const found = new Set<string>();
  const look = ({ nameForCondition, modules = [] }: Module) => {
    const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^./@][^/]*(?=\/)/.exec(nameForCondition ?? "") ?? [];
    if (folder !== undefined) found.add(folder);
    for (const module of modules) look(module);
  };
  look(stats);
  return [...found].toSorted();
}

/** ncc's own list leaves out what is in more than one of its files. */
function licence(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = globSync("*", { cwd: folder })
    .toSorted()
    .find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : `${readFileSync(join(folder, file), "utf8").trim()}\n`;
  return `${name} ${version}\n${license}\n${text}`;
}

function strayPackages(): readonly string[] {
  const names = packages().map((folder) => folder.slice(folder.lastIndexOf("/node_modules/") + 14));
  return strangers.filter((name) => names.includes(name)).map((name) => `dist/ has the package ${name}`);
}

/** What was built elsewhere has to be the same. */
function ownPaths(): readonly string[] {
  return [...filesOf(bundle)].flatMap(([name, text]) =>
    text.includes(resolve(".")) || text.includes(basename(work))
      ? [`dist/${name} has a path of this machine`]
      : [],
  );
}

function differences(): readonly string[] {
  const [made, committed] = [filesOf(bundle), filesOf("dist")];
  return [...new Set([...made.keys(), ...committed.keys()])]
    .filter((name) => made.get(name) !== committed.get(name))
    .map((name) => `dist/${name} is not what src/ gives: node scripts/bundle-action.ts`)
    .slice(0, 10);
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
