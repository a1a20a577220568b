import { expect, test } from "vitest";
import { loadConfig } from "../../src/definition/index.ts";

const path = ".hishamos/config.yml";

test("settings are variables and who may use which command", () => {
  const loaded = loadConfig("vars: {region: eu, sizes: [1, 2]}\ncommands: {retry: role:admin}\n", path);
  expect(loaded).toEqual({
    config: {
      vars: { region: "eu", sizes: [1, 2] },
      commands: new Map([["retry", ["role:admin"]]]),
    },
    problems: [],
  });
});

test.for(["", "# nothing yet\n", "\ufeff\r\n  # a\r\n\r\n", " ".repeat(100_000)])(
  "%j sets nothing",
  (text) => {
    expect(loadConfig(text, path)).toEqual({ config: { vars: {}, commands: new Map() }, problems: [] });
  },
);

const wrong: readonly (readonly [text: string, problem: string])[] = [
  ["vars: [1]", "1:7 HOS220 vars must be a map, not a list"],
  ["env: {a: 1}", '1:1 HOS201 unknown key "env" Write vars.'],
  ["commands: {aprove: octocat}", '1:12 HOS209 unknown command "aprove" Did you mean "approve"?'],
  [
    "commands: {approve: role:boss}",
    '1:21 HOS209 "boss" is not a repository role: use read, triage, write, maintain, admin',
  ],
  ["commands: {approve: []}", "1:21 HOS224 approve must not be empty"],
  [
    "- 1",
    '1:1 HOS216 the file is a list, not a map of keys to values Settings begin with "vars:" or "commands:".',
  ],
  ["vars: {a: *b}", "1:11 HOS213 there is no anchor &b above this alias"],
  ["vars: {__proto__: {}}", '1:8 HOS215 "__proto__" can\'t be used as a key'],
];
test.for(wrong)("%s", ([text, problem]) => {
  const [first, ...rest] = loadConfig(text, path).problems;
  const { position, code, message, hint } = first ?? {};
  const told = [`${position?.line}:${position?.column}`, code, message, hint].filter(Boolean).join(" ");
  expect(told).toBe(problem);
  expect(rest).toEqual([]);
});
