// Completes package-lock.json after `npm install`: npm leaves a platform's optional package out of the lock
// when the registry in use does not carry it, and `npm ci` then refuses the lock on every platform.
// Each missing package is written with the os and cpu its name tells; npm fetches it only on that platform.
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  version: string;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const systems = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "openharmony",
  "win32",
  "windows",
  "netbsd",
  "openbsd",
  "sunos",
  "aix",
];

function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> {
  const words = name.split(/[/-]/);
  const at = words.findIndex((word) => systems.includes(word));
  if (at < 0) return {};
  const system = words[at] === "windows" ? "win32" : (words[at] as string);
  const rest = words.slice(at + 1);
  const libc = rest.includes("musl") ? ["musl"] : rest.includes("gnu") ? ["glibc"] : undefined;
  return { os: [system], cpu: [rest[0] ?? "any"], ...(libc ? { libc } : {}) };
}

const path = "package-lock.json";
const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: Record<string, LockedPackage> };
const added: string[] = [];
for (const [at, locked] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    const hoisted = `node_modules/${name}`;
    if (lock.packages[hoisted] || lock.packages[`${at}/${hoisted}`]) continue;
    if (!/^\d+\.\d+\.\d+/.test(version.replace(/^[~^]/, ""))) continue;
    lock.packages[hoisted] = {
      version: version.replace(/^[~^]/, ""),
      ...platformOf(name),
      ...(locked.dev ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}
const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([
  ...(root ? [root] : []),
  ...rest.toSorted(([a], [b]) => (a < b ? -1 : 1)),
]);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  added.length === 0 ? "package-lock.json is complete" : `added ${added.length}: ${added.join(", ")}`,
);
