import { parseModel } from "../../src/agents/index.ts";
import { readConfig } from "../../src/config.ts";
import {
  type Event,
  type JsonObject,
  newExecution,
  transition,
  type Workflow,
} from "../../src/core/index.ts";
import { formatProblem, type Problem } from "../../src/core/problem.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { parseAnswer } from "../../src/engine/answer/index.ts";
import { resolveInputs } from "../../src/engine/inputs.ts";
import { parseTemplateString, recordScope } from "../../src/expression/index.ts";
import { readEvent } from "../../src/sandbox/event.ts";
import { readScenario } from "../../src/sandbox/scenario/scenario.ts";

/** What somebody writes, and the problem that it is answered with. */
type Played = readonly [given: string, problem: Problem | undefined];

const at = Date.UTC(2026, 0, 1);

/** Examples of what no definition shows: each is done here and now, so that it is told as it is. */
export function played(): ReadonlyMap<string, string> {
  const all: readonly Played[] = [
    ...expressions(),
    ...starts(),
    ...commands(),
    ...answers(),
    ...settings(),
    ...rehearsals(),
  ];
  const examples = new Map<string, string>();
  for (const [given, problem] of all) {
    if (problem === undefined) throw new Error(`no problem is told for ${given}`);
    if (!examples.has(problem.code)) examples.set(problem.code, `${given}\n\n${formatProblem(problem)}`);
  }
  return examples;
}

/** The first problem of whatever a function of the program returned. */
function told(result: object): Problem | undefined {
  if ("problem" in result) return result.problem as Problem;
  if ("problems" in result) return (result.problems as readonly Problem[])[0];
  return "code" in result ? (result as Problem) : undefined;
}

function expressions(): readonly Played[] {
  const scope = recordScope({ input: { count: "3", log: "x".repeat(600_000) } }, at);
  return ["input.count + 1", "1 / 0", "input.log + input.log"].map((source) => {
    const text = `{{ ${source} }}`;
    const parsed = parseTemplateString(text);
    return [text, told("template" in parsed ? parsed.template.evaluate(scope) : parsed)];
  });
}

const shipping = workflow(`name: Ship
inputs: {version: {type: string, required: true}}
steps:
  - {id: build, agent: devops-agent}
  - {id: permit, approval: {from: [octocat]}}
  - {id: ship, agent: devops-agent}
`);

function workflow(text: string): Workflow {
  const loaded = loadWorkflow(text, ".hishamos/ship.yml");
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.workflow;
}

const blank = newExecution(shipping, {
  id: "example",
  repository: { id: 1, owner: "octo-org", name: "octo-repo" },
  installation: null,
  subject: null,
  actor: "octocat",
  input: {},
  event: {},
  commit: null,
  at,
});

function starts(): readonly Played[] {
  const rows: readonly (readonly [string, JsonObject])[] = [
    ["", {}],
    [" version=1.4.0 size=2", { version: "1.4.0", size: 2 }],
    [" version=2", { version: 2 }],
  ];
  return rows.map(([words, given]) => [
    `/hishamos run ship${words}`,
    told(resolveInputs(shipping, blank, given, at)),
  ]);
}

type Command = Extract<Event, { type: "commanded" }>["command"];

/** Commands on one execution, whose first step is running; the last one is refused. */
function commands(): readonly Played[] {
  const rows: readonly (readonly (readonly [Command, string?])[])[] = [
    [["skip", "ship"]],
    [["resume"]],
    [["skip", "shipp"]],
    [
      ["skip", "build"],
      ["skip", "permit"],
    ],
    [["skip", "build"], ["cancel"], ["retry", "ship"]],
  ];
  return rows.map((given) => {
    let execution = blank;
    let problem: Problem | undefined;
    const tell = (event: Event) => {
      const next = transition(shipping, execution, event);
      if ("problem" in next) problem = next.problem;
      else execution = next.execution;
    };
    tell({ type: "started", at });
    const lines = given.map(([command, step = null], index) => {
      tell({ type: "commanded", id: `command-${index}`, command, by: "octocat", step, reason: null, at });
      const from = command === "retry" && step !== null ? "from " : "";
      return ["/hishamos", command, `${from}${step ?? ""}`].join(" ").trim();
    });
    return [lines.join("\n"), problem];
  });
}

function answers(): readonly Played[] {
  const schema = {
    type: "object",
    required: ["severity"],
    additionalProperties: false,
    properties: { severity: { type: "integer", minimum: 1, maximum: 5 } },
  };
  const rows: readonly (readonly [words: string, block?: string | null, schema?: JsonObject])[] = [
    ["high severity"],
    ["severity=3 sevrity=2"],
    [""],
    ["severity=high"],
    ["severity=3", null, { type: "number of stars" }],
    ["", "severity: [3"],
  ];
  const long = "a ".repeat(300).trim();
  return [
    ["/hishamos done triage a a a … (300 words)", told(parseAnswer(long, null, schema))],
    ...rows.map(([words, block, given = schema]): Played => {
      const lines = [`/hishamos done triage ${words}`.trim(), ...(typeof block === "string" ? [block] : [])];
      return [lines.join("\n"), told(parseAnswer(words, block ?? null, given))];
    }),
  ];
}

function settings(): readonly Played[] {
  const models: readonly Readonly<Record<string, string>>[] = [
    { HISHAMOS_MODEL: "gpt-5" },
    { HISHAMOS_MODEL: "openai-compatible:llama3.3:70b", HISHAMOS_MODEL_URL: "localhost:11434" },
    { HISHAMOS_MODEL: "anthropic:claude-sonnet-4-5" },
    {
      HISHAMOS_MODEL: "openai-compatible:llama3.3:70b",
      HISHAMOS_MODEL_URL: "http://localhost:11434/v1",
      HISHAMOS_MODEL_PRICE: "3",
    },
  ];
  const lines = (env: Readonly<Record<string, string>>) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n");
  const config = { APP_ID: "my-app" };
  return [
    ...models.map((env): Played => [lines(env), told(parseModel(env["HISHAMOS_MODEL"] ?? "", env))]),
    [lines(config), told(readConfig(config))],
  ];
}

function rehearsals(): readonly Played[] {
  const scenario = "peoples: {maya: write}";
  const event = '{"action": "opened"}';
  return [
    [scenario, told(readScenario(`${scenario}\n`, "bug.scenario.yml"))],
    [event, told(readEvent(event, "event.json"))],
  ];
}
