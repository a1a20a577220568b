import { expect, test } from "vitest";
import { parseCommands } from "../../../src/github/commands/parse.ts";

const command = (name: string, rest = "", over: object = {}) => ({
  kind: "command",
  name,
  short: false,
  rest,
  block: null,
  ...over,
});
const short = (name: string, rest = "") => command(name, rest, { short: true });

const rows: readonly { readonly body: string; readonly commands: readonly object[] }[] = [
  { body: "/hishamos status", commands: [command("status")] },
  { body: "/HishamOS Status", commands: [command("status")] },
  { body: "Thanks!\r\n/hishamos approve deploy\r\n", commands: [command("approve", "deploy")] },
  { body: "/approve", commands: [short("approve")] },
  { body: "/reject needs a test", commands: [short("reject", "needs a test")] },
  { body: "   /pause", commands: [short("pause")] },
  {
    body: "/pause\n/hishamos status\n/cancel now",
    commands: [short("pause"), command("status"), short("cancel", "now")],
  },
  { body: "    /pause", commands: [] },
  { body: "please /pause", commands: [] },
  { body: "/pauses", commands: [{ kind: "custom", word: "pauses", rest: "", block: null }] },
  { body: "/pause, please", commands: [] },
  { body: "/hishamos", commands: [{ kind: "unknown", word: null }] },
  { body: "/hishamos aprove", commands: [{ kind: "unknown", word: "aprove" }] },
  {
    body: "/hishamos-bot status",
    commands: [{ kind: "custom", word: "hishamos-bot", rest: "status", block: null }],
  },
  { body: "/status", commands: [{ kind: "custom", word: "status", rest: "", block: null }] },
  { body: "/usr/bin/env", commands: [] },
  { body: "> /pause", commands: [] },
  { body: "```\n/pause\n```", commands: [] },
  { body: "~~~~\n/pause\n```\n/pause\n~~~\n/pause\n~~~~\n/resume", commands: [short("resume")] },
  { body: "```\n/pause", commands: [] },
  { body: "`/pause`", commands: [] },
  { body: "<!-- /pause -->", commands: [] },
  { body: "<!--\n/pause\n-->\n/resume", commands: [short("resume")] },
  { body: "write `<!--` there\n/pause", commands: [short("pause")] },
  { body: "<!-- never closed\n/pause", commands: [] },
  { body: "/hishamos done triage severity=3", commands: [command("done", "triage severity=3")] },
  {
    body: "/hishamos done triage\n```yaml\nseverity: 3\nsummary: |\n  /pause\n```\n/resume",
    commands: [command("done", "triage", { block: "severity: 3\nsummary: |\n  /pause" }), short("resume")],
  },
  {
    body: "/hishamos done triage\n\n```yaml\nseverity: 3\n```",
    commands: [command("done", "triage", { block: "severity: 3" })],
  },
  {
    body: "/hishamos done triage\nseverity: 3\n\nThanks",
    commands: [command("done", "triage", { block: "severity: 3" })],
  },
  { body: "/hishamos done triage\n/pause", commands: [command("done", "triage"), short("pause")] },
  { body: "/hishamos status\nseverity: 3", commands: [command("status")] },
  { body: "/hishamos retry from fix latest", commands: [command("retry", "from fix latest")] },
];

test.for(rows)("$body", ({ body, commands }) => {
  expect(parseCommands(body)).toEqual(commands);
});

test("a comment of nothing but commands is not a script", () => {
  expect(parseCommands("/pause\n".repeat(5_000))).toHaveLength(20);
});

test("64 KB of openings are read in no time", () => {
  for (const opening of ["<!--", "```\n", "~~~", "> ", "<!-- -->", "/hishamos done x\n"]) {
    expect(parseCommands(opening.repeat(20_000)).length).toBeLessThanOrEqual(20);
  }
});
