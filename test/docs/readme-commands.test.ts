import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { steering } from "../../src/engine/ports/index.ts";

const read = (file: string) => readFileSync(file, "utf8");
const readme = read("README.md");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) => text);

/** Every command that the README tells to give: the lines of its blocks, and what stands in backquotes. */
function commands(): readonly string[] {
  const lines = blocks("sh").flatMap((block) => block.replaceAll(/ *#.*$/gm, "").split(/\n|&&/));
  const inline = [...readme.matchAll(/`((?:npm|npx)\s[^`]+)`/g)].map(([, text = ""]) => text);
  const all = [...lines, ...inline].map((text) => text.replaceAll(/\s+/g, " ").trim());
  return [...new Set(all.filter((text) => text !== ""))];
}

/** What a command is held by: it is given here, or a file has in it what gives it. */
type Held = "here" | { readonly file: string; readonly has: string };
const heldBy = new Map<string, Held>([
  ["npm ci", { file: ".ci/run", has: '"npm ci" npm ci' }],
  ["npm test", { file: ".ci/run", has: "\nnpm test -- " }],
  ["npm run demo", { file: ".ci/run", has: "npm run -s demo" }],
  ["npm run test:library", { file: ".ci/run", has: "npm run -s test:library" }],
  ["npm run test:chaos", { file: ".github/workflows/ci.yml", has: "npm run test:chaos" }],
  ["npm run bench", { file: "test/bench/bench.test.ts", has: "" }],
  ["npm start", { file: "test/setup/first-start.test.ts", has: "../../src/server.ts" }],
  ["npx hishamos serve", { file: "scripts/try-package.ts", has: '["serve"]' }],
  ["npx hishamos doctor", { file: "test/cli/doctor.test.ts", has: "doctorCommand(" }],
  ["npx hishamos init", "here"],
  ["npx hishamos init bug-lifecycle", "here"],
  ["npx hishamos init bug-lifecycle hotfix", { file: "test/cli/init.test.ts", has: "init(...names" }],
  ["npx hishamos validate", "here"],
  ["npx hishamos validate .hishamos", "here"],
  ["npx hishamos test", { file: "scripts/try-package.ts", has: '"hishamos", "test");' }],
  ["npx hishamos explain .hishamos/ship.yml", "here"],
  ["npx hishamos graph .hishamos/ship.yml", "here"],
  ["npx hishamos run", { file: "scripts/try-package.ts", has: '"hishamos", "run"' }],
  ["npx hishamos run .hishamos/ship.yml --event event.json --scenario people.yml", "here"],
]);

test("every command in the README is given by a test", () => {
  expect(commands().toSorted()).toEqual([...heldBy.keys()].toSorted());
  const unheld = [...heldBy].filter(([, held]) => held !== "here" && !read(held.file).includes(held.has));
  expect(unheld.map(([command]) => command)).toEqual([]);
  const { bin, scripts } = JSON.parse(read("package.json")) as {
    bin: Record<string, string>;
    scripts: Record<string, string>;
  };
  expect(bin["hishamos"]).toBe("bin/hishamos.js");
  expect(scripts["start"]).toBe("node src/server.ts");
});

const event = {
  action: "labeled",
  label: { name: "bug" },
  issue: { number: 7, title: "Broken", body: "A 500", user: { login: "alice" }, labels: [{ name: "bug" }] },
  repository: { full_name: "acme/shop" },
  sender: { login: "maya" },
};
const people = `people: { maya: maintain, tom: write, quinn: write }
answers:
  - { to: triage, as: maya, comments: /hishamos done triage severity=4 summary=Broken }
  - to: fix
    as: tom
    opens_pull_request: { branch: fix/it, title: Mend it, body: "Fixes #ISSUE", files: { a.js: "1\\n" } }
  - { to: review, as: quinn, reviews: { event: approve } }
`;
const hishamos = join(process.cwd(), "bin/hishamos.js");
const given = [...heldBy].flatMap(([command, held]) => (held === "here" ? [command] : []));
let folder = "";

async function give(command: string): Promise<string> {
  const args = command.split(" ").slice(2);
  // Rejects with what it said where it does not end with 0.
  const { stdout } = await promisify(execFile)(process.execPath, [hishamos, ...args], { cwd: folder });
  return stdout;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hishamos-readme-"));
  await give("npx hishamos init bug-lifecycle");
  writeFileSync(join(folder, ".hishamos/ship.yml"), blocks("yaml")[0] ?? "");
  writeFileSync(join(folder, "event.json"), JSON.stringify(event));
  writeFileSync(join(folder, "people.yml"), people);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.concurrent.for(given.filter((command) => !command.endsWith("init bug-lifecycle")))(
  "%s ends well",
  async (command) => {
    expect(await give(command)).not.toBe("");
  },
);

test("a mistake is told as the README shows it", async () => {
  const [shown = ""] = blocks("text");
  const broken = (blocks("yaml")[0] ?? "").replace("agent: bug-triage-agent", "agent: bug-triage-agnt");
  mkdirSync(join(folder, "broken/.hishamos"), { recursive: true });
  writeFileSync(join(folder, "broken/.hishamos/ship.yml"), broken);
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: () => {} };
  expect(await main(["validate", join(folder, "broken")], io)).toBe(1);
  expect(out.replace(`${join(folder, "broken")}/`, "")).toContain(shown);
});

test("the README names every way to steer an execution over the API", () => {
  const [, list = ""] = /steer \(([^)]+)\)/.exec(readme) ?? [];
  const told = [...list.matchAll(/`(?:…\/)?(\w+)\/?`/g)].map(([, name = ""]) => name);
  expect(told.toSorted()).toEqual(steering.toSorted());
});

test("the README's table of commands is the list that --help prints", async () => {
  let usage = "";
  await main(["--help"], { stdout: (text) => void (usage += text), stderr: () => {} });
  const table = /^### On the command line\n([\s\S]*?)\n#/m.exec(readme)?.[1] ?? "";
  const told = [...table.matchAll(/`hishamos (\w+)/g)].map(([, name = ""]) => name);
  const known = [...usage.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name = ""]) => name);
  expect(known.length).toBeGreaterThan(8);
  expect(told.toSorted()).toEqual(known.toSorted());
});
