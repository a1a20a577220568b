import { expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";

async function hishamos(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await main(args, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
  });
  return { code, out, err };
}

const commands = [
  "init",
  "validate",
  "explain",
  "graph",
  "test",
  "run",
  "demo",
  "export",
  "import",
  "serve",
  "doctor",
];

test("without a command every command is listed, and that is wrong usage", async () => {
  const { code, out } = await hishamos();
  expect(code).toBe(2);
  expect(out.match(/^ {2}\w+(?= )/gm)?.map((name) => name.trim())).toEqual(commands);
});

test.for([["--help"], ["-h"], ["help"]])("%s lists them too", async (args) => {
  expect(await hishamos(...args)).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringMatching(/^Usage: hishamos COMMAND/),
  });
});

test.for(commands)("%s --help tells its usage and its exit codes", async (command) => {
  const { code, out, err } = await hishamos(command, "--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(new RegExp(`^Usage: hishamos ${command}`));
  expect(out).toMatch(/^Exit code: 0 /m);
  expect(await hishamos("help", command)).toEqual({ code, out, err });
});

test.for(commands)("%s takes no option that it does not know", async (command) => {
  const { code, err } = await hishamos(command, "--nope");
  expect(code).toBe(2);
  expect(err).toContain("--nope");
});

const unknown: readonly (readonly [command: string, says: string])[] = [
  ["vlidate", 'unknown command "vlidate". Did you mean "validate"?'],
  ["tset", 'unknown command "tset". Did you mean "test"?'],
  ["frobnicate", 'unknown command "frobnicate"\n'],
];
test.for(unknown)("%s is no command", async ([command, says]) => {
  const { code, out, err } = await hishamos(command);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(says);
});
