#!/usr/bin/env node
// The sources where they are (this repository), else what was compiled from them (the package).
import { existsSync } from "node:fs";
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 20)) {
  process.stderr.write(`hishamos needs Node 22.20 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
// What was compiled once need not be at the next call; NODE_DISABLE_COMPILE_CACHE=1 turns it off.
module.enableCompileCache();
const sources = new URL("../src/cli/main.ts", import.meta.url);
const compiled = new URL("../build/cli/main.js", import.meta.url);
const { main } = await import((existsSync(sources) ? sources : compiled).href);
const code = await main(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
});
// The service goes on by itself.
if (code !== null) process.exitCode = code;
