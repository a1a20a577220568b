import type { Execution } from "../../core/execution.ts";
import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { maxItems as bounds, reservedInputs } from "../../definition/actions/index.ts";

/** A mistake in what a step asks for, found before anything is sent. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Parameters =
  | { readonly parameters: JsonObject; readonly maxItems: number }
  | { readonly refusal: Refusal };

/** What the step is about: numbers that fill parameters it leaves out. */
export interface About {
  readonly issue: number | undefined;
  readonly pull: number | undefined;
}

/**
 * The call's parameters: the step's inputs, and owner, repo, issue_number and pull_number from the execution
 * where the route needs them and the step is silent. `url` as `/repos/{owner}/{repo}/issues/{issue_number}`.
 */
export function parametersOf(
  action: string,
  url: string,
  input: Json,
  execution: Execution,
  about: About = { issue: execution.subject?.number, pull: pullRequestNumber(execution) },
): Parameters {
  if (input !== null && !isObject(input)) {
    return refuse("invalid_input", `\`inputs\` of ${action} must be a map of parameter names to values.`);
  }
  const { max_items: maxItems = bounds.usual, ...given } = input ?? {};
  if (typeof maxItems !== "number" || !Number.isInteger(maxItems) || maxItems < 1 || maxItems > bounds.most) {
    return refuse("invalid_input", `\`max_items\` must be a whole number from 1 to ${bounds.most}.`);
  }
  const taken = reservedInputs.find((name) => own(given, name) !== undefined);
  if (taken)
    return refuse("reserved_input", `\`${taken}\` can't be set by a workflow; remove it from the inputs.`);

  const filled = new Map<string, Json>(Object.entries(given));
  for (const name of placeholdersOf(url)) {
    if (filled.get(name) === undefined || filled.get(name) === null) {
      const value = defaultFor(name, execution, about);
      if (value === undefined) return missing(action, name);
      filled.set(name, value);
    }
    const value = filled.get(name);
    // A path segment of dots would be resolved away, and the call would go to another address.
    if (value === "" || value === "." || value === "..") {
      return refuse("invalid_input", `\`${name}\` of ${action} is "${value}"; give its real value.`);
    }
  }
  return { parameters: Object.fromEntries(filled), maxItems };
}

function defaultFor(name: string, execution: Execution, about: About): Json | undefined {
  switch (name) {
    case "owner":
      return execution.repository.owner;
    case "repo":
      return execution.repository.name;
    case "issue_number":
      return about.issue;
    case "pull_number":
      return about.pull;
    default:
      return undefined;
  }
}

/** The newest linked pull request, else the subject if it is one; an issue's number is never taken for it. */
export function pullRequestNumber(execution: Execution): number | undefined {
  const { subject, linked } = execution;
  return linked.at(-1)?.number ?? (subject?.type === "pull_request" ? subject.number : undefined);
}

function missing(action: string, name: string): Parameters {
  if (name === "pull_number") {
    return refuse(
      "no_pull_request",
      `${action} needs a pull request and this step is about none. Let an earlier step open one that closes the subject, or give \`pull_number\`.`,
    );
  }
  if (name === "issue_number") {
    return refuse(
      "no_subject",
      `${action} needs an issue and this execution has no subject. Give \`issue_number\` in the step's inputs.`,
    );
  }
  return refuse("missing_input", `${action} needs \`${name}\`; give it in the step's inputs.`);
}

export function placeholdersOf(url: string): string[] {
  return [...url.matchAll(/\{([\w-]+)\}/g)].map((match) => match[1] ?? "");
}

function refuse(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } };
}
