import type { Scope } from "../core/expression.ts";
import { isObject } from "../core/json.ts";
import { innerList } from "../core/locate.ts";
import { defaultMaxSteps, type StepList, type Trigger, type Workflow } from "../core/workflow.ts";
import { valueInWords } from "./explain-condition.ts";
import { type Common, commonOf, stepInWords } from "./explain-step.ts";
import { cancelInWords, subjectInWords } from "./explain-subject.ts";
import { strangersInWords, triggerInWords } from "./explain-triggers.ts";
import { aAnd, aOr, counted, durationInWords, sentence, templateInWords } from "./explain-words.ts";
import { shippedRoles } from "./roles.ts";

/**
 * What happens when, in plain English: what starts the workflow, each step with its conditions, waits and ways on, and
 * how it ends. As Markdown; names and texts of the definition are in it as they are, to be neutralised by who posts it.
 */
export function explain(workflow: Workflow): string {
  const { name, version, description, status } = workflow;
  const makers = new Set(
    [...shippedRoles, ...workflow.agents.values()].flatMap((agent) =>
      agent.produces === "pull_request" ? [agent.name] : [],
    ),
  );
  const common = commonOf(workflow.steps);
  return [
    `**${name}**${version === null ? "" : ` (version ${version})`}${description === null ? "" : `: ${description}`}`,
    ...(status === "draft" ? ["It is a draft: nothing starts it."] : []),
    "",
    ...starts(workflow),
    "",
    ...order(workflow.steps),
    ...listInWords(workflow.steps, "", common, makers),
    ...(workflow.finally
      ? [
          "",
          "Whatever the end, at the very last:",
          ...listInWords(workflow.finally, "", inner(common), makers),
        ]
      : []),
    "",
    ...ends(workflow),
    "",
  ].join("\n");
}

function starts(workflow: Workflow): readonly string[] {
  const { triggers, inputs, concurrency } = workflow;
  const [only, second] = triggers;
  const lines: string[] = [];
  // Said once where most triggers have it; a schedule is nobody's.
  const held = triggers.map(strangersInWords).filter((said) => said !== null);
  const common = held.find((said) => held.filter((other) => other === said).length * 2 >= held.length) ?? "";
  if (!only) {
    lines.push("It starts only when it is called: by `/hishamos run`, over the API, or by another workflow.");
  } else if (!second) {
    lines.push(`It starts ${triggerInWords(only)} ${common}`.trimEnd());
  } else {
    const other = (trigger: Trigger) => {
      const said = strangersInWords(trigger);
      return said === null || said === common ? "" : ` ${said}`;
    };
    const but = held.every((said) => said === common)
      ? common
      : common.replace(/\.$/, ", unless said otherwise.");
    lines.push(
      "It starts:",
      ...triggers.map((trigger) => `- ${triggerInWords(trigger)}${other(trigger)}`),
      "",
    );
    if (but !== "") lines.push(but);
  }
  if (inputs.length > 0) {
    const said = inputs.map(({ name, from, required, default: given }) => {
      if (from !== null) return `${name} (${valueInWords(from.source)})`;
      if (given !== undefined) return `${name} (${JSON.stringify(given)} unless given)`;
      return required ? name : `${name} (if given)`;
    });
    lines.push(`It works on ${aAnd(said)}.`);
  }
  const subject = subjectInWords(workflow);
  if (concurrency.group === null && subject === null) return [...lines, "Each start is a run of its own."];
  const where =
    concurrency.group === null
      ? (subject ?? "").replace("the ", "the same ")
      : `the group ${templateInWords(concurrency.group, "that it computes")}`;
  const commits = triggers.some(({ event }) => event === "pull_request" || event === "push");
  const conflict = concurrency.onConflict ?? (commits ? "commits" : "join");
  lines.push(conflicts[conflict].replace("WHERE", where));
  return lines;
}

const conflicts = {
  commits: "While it runs for WHERE, another start joins it; new commits cancel it and begin anew.",
  join: "While it runs for WHERE, another start joins it.",
  queue: "While it runs for WHERE, another start waits for its turn.",
  cancel_running: "Another start for WHERE cancels the one under way.",
  reject: "While it runs for WHERE, another start is refused.",
} as const;

function order(list: StepList): readonly string[] {
  const { retry, failure } = commonOf(list);
  const lines =
    list.order === "list"
      ? ["Step by step; where a step fails, the run fails."]
      : [
          `It begins with ${list.steps[0]?.id ?? ""}; unless said otherwise, each step is followed by the one below.`,
          failure === null
            ? "A step that fails, and says no other way, fails the run."
            : `Unless said otherwise, a step that fails or takes too long leads to ${failure}.`,
        ];
  return [...lines, ...(retry === null ? [] : [sentence(`unless said otherwise, ${retry}`)]), ""];
}

/** What is said above the workflow's list of inner lists too; their ways after a failure are their own. */
function inner({ retry }: Common): Common {
  return { retry, failure: null };
}

/** The list's steps, numbered, and what is inside them below, indented. */
function listInWords(
  list: StepList,
  indent: string,
  common: Common,
  makers: ReadonlySet<string>,
): readonly string[] {
  return list.steps.flatMap((step, index) => {
    const mark = list.order === "parallel" ? "- " : `${index + 1}. `;
    const handler = list.handlers.has(step.id) ? " (only after a failure)" : "";
    const line = `${indent}${mark}**${step.id}**${handler}: ${stepInWords(step, list, common, makers)}`;
    const inside = innerList(step);
    if (!inside) return [line];
    return [line, ...listInWords(inside, `${indent}${" ".repeat(mark.length)}`, inner(common), makers)];
  });
}

const anything: Scope = { root: () => null, now: 0 };

function ends(workflow: Workflow): readonly string[] {
  const { limits, outputs, report, permissions, steps, commands } = workflow;
  const lines: string[] = [];
  if (steps.handlers.size > 0) {
    const handlers = [...steps.handlers];
    lines.push(`A run that ends in ${aOr(handlers)} has failed; \`/hishamos retry\` takes it up again.`);
  }
  const cancelled = cancelInWords(workflow);
  if (cancelled !== null) lines.push(cancelled);
  if (limits.timeoutMs !== null)
    lines.push(`The whole may take ${durationInWords(limits.timeoutMs)} at most.`);
  const budget = [
    ...(limits.tokens === null ? [] : [`${limits.tokens.toLocaleString("en")} tokens`]),
    ...(limits.costUsd === null ? [] : [`${limits.costUsd} US dollars`]),
  ];
  if (budget.length > 0)
    lines.push(
      `Agents may spend ${budget.join(" and ")}; over that it ${limits.onBudget === "pause" ? "pauses until somebody lets it go on" : "fails"}.`,
    );
  if (limits.maxSteps !== defaultMaxSteps)
    lines.push(`It makes ${counted(limits.maxSteps, "step visit")} at most.`);
  const results = outputs?.evaluate(anything);
  if (results && "value" in results && isObject(results.value))
    lines.push(`Its results are ${aAnd(Object.keys(results.value))}.`);
  const subject = subjectInWords(workflow);
  if (subject !== null) lines.push(reports[report.comment].replace("SUBJECT", subject));
  else if (report.issue === "auto") lines.push("An issue is opened for it where it first needs a person.");
  const granted = Object.entries(permissions);
  if (granted.length > 0)
    lines.push(
      `Its actions may ${aAnd(granted.map(([name, level]) => `${level} ${name.replaceAll("_", " ")}`))}.`,
    );
  for (const [command, deciders] of commands)
    lines.push(`\`/hishamos ${command}\` is for ${aAnd(deciders)}.`);
  return lines;
}

const reports = {
  auto: "A comment on SUBJECT shows how it goes on.",
  sticky: "A comment on SUBJECT shows how it goes on.",
  when_asked: "It comments only where somebody is asked.",
  none: "It shows nothing in comments.",
} as const;
