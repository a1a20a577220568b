import type { Execution } from "../core/execution.ts";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import type { AgentDefinition } from "../core/workflow.ts";

/** A question is part of a comment (65,536 characters) and of the execution's document. */
const maxValueLength = 2_000;
const maxInputsLength = 12_000;
const maxSummaryLength = 600;

/**
 * What a person is asked, as Markdown: what the role does (the first paragraph of its instructions), the inputs, and
 * which outputs are needed. Texts of strangers stand in code, where they mention nobody and form no markup.
 */
export function renderQuestion(agent: AgentDefinition, input: Json, execution: Execution): string {
  return [
    `This step needs a person to do the work of **${agent.name}**.`,
    summary(agent.instructions),
    ...section("Inputs", renderInputs(input)),
    ...section("Needed", agent.produces === "pull_request" ? renderPullRequest(execution) : null),
    ...section(
      agent.produces === "pull_request" ? "Or, as values" : "Needed",
      renderOutputs(agent.outputSchema),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function section(title: string, body: string | null): string[] {
  return body === null || body === "" ? [] : [`**${title}**`, body];
}

function summary(instructions: string): string {
  const paragraph = instructions.trim().split(/\n\s*\n/)[0] ?? "";
  const line = paragraph.replaceAll(/\s+/g, " ").trim();
  if (line === "") return "";
  return `> ${line.length > maxSummaryLength ? `${line.slice(0, maxSummaryLength)}…` : line}`;
}

function renderInputs(input: Json): string {
  // Null is an input that there is nothing for yet, as the review's result in the first round.
  const entries = Object.entries(isObject(input) ? input : { input }).filter(([, value]) => value !== null);
  const lines: string[] = [];
  let length = 0;
  for (const [index, [name, value]] of entries.entries()) {
    const line = `- ${inline(name)}:${renderValue(value)}`;
    length += line.length;
    if (length > maxInputsLength) {
      lines.push(`- … and ${entries.length - index} more inputs, too long to be shown here`);
      break;
    }
    lines.push(line);
  }
  return lines.join("\n");
}

function renderValue(value: Json): string {
  if (typeof value === "string") {
    return value.includes("\n") || value.length > 200 ? block(value, "text") : ` ${inline(value)}`;
  }
  const text = JSON.stringify(value);
  return text.length > 80 ? block(JSON.stringify(value, null, 2), "json") : ` ${inline(text)}`;
}

/** A fence longer than any in the text, indented to belong to its list item. */
function block(value: string, language: string): string {
  const left = value.length - maxValueLength;
  const text = harmless(left > 0 ? `${value.slice(0, maxValueLength)}\n… ${left} more characters` : value);
  const fence = "`".repeat(Math.max(3, longestTicks(text) + 1));
  const lines = [`${fence}${language}`, ...text.split(/\r\n|\r|\n/), fence];
  return `\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

function inline(value: string): string {
  const text = harmless(value.replaceAll(/\s+/g, " ").trim());
  if (text === "") return "(empty)";
  const fence = "`".repeat(longestTicks(text) + 1);
  return fence === "`" ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** Our own hidden markers are HTML comments; nobody's text may look like one, not even in code. */
function harmless(text: string): string {
  return text.replaceAll("<!--", "<\u200b!--");
}

function longestTicks(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
}

function renderPullRequest({ subject, linked }: Execution): string {
  const open = linked.findLast((pull) => pull.state === "open");
  if (open !== undefined) return `- new commits on #${open.number} (branch \`${open.branch}\`)`;
  if (subject?.type === "issue") {
    return `- a pull request that says \`Closes #${subject.number}\` in its description: the step ends when it is opened`;
  }
  return "- a pull request for this work: the step ends when it is opened";
}

function renderOutputs(schema: JsonObject | null): string {
  const properties = schema === null ? undefined : own(schema, "properties");
  if (schema === null || !isObject(properties)) return "";
  const required = own(schema, "required");
  const needed = new Set<Json>(Array.isArray(required) ? required : []);
  return Object.entries(properties)
    .map(([name, property]) => {
      const wanted = isObject(property) ? property : {};
      const description = own(wanted, "description");
      const more = typeof description === "string" ? ` — ${description}` : "";
      return `- \`${name}\` (${needed.has(name) ? "required" : "optional"}): ${describe(wanted)}${more}`;
    })
    .join("\n");
}

/** `integer, 1 to 5`, `one of approve, request_changes`. */
function describe(schema: JsonObject): string {
  const values = own(schema, "enum");
  if (Array.isArray(values)) return `one of ${values.map((value) => `\`${String(value)}\``).join(", ")}`;
  const type = own(schema, "type");
  const name = Array.isArray(type) ? type.join(" or ") : typeof type === "string" ? type : "any value";
  const least = own(schema, "minimum");
  const most = own(schema, "maximum");
  if (typeof least === "number" && typeof most === "number") return `${name}, ${least} to ${most}`;
  if (typeof least === "number") return `${name}, at least ${least}`;
  return typeof most === "number" ? `${name}, at most ${most}` : name;
}
