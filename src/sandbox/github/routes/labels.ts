import { type Input, isObject, optionalNames, optionalText, requiredText } from "../input.ts";
import type { Label } from "../model.ts";
import { addLabels, createLabel, removeLabel, setLabels } from "../operations/labels.ts";
import { listed } from "../pagination.ts";
import { invalid } from "../refusal.ts";
import {
  issueOf,
  parameter,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { labelJson } from "../serialize/issue.ts";
import { announce } from "../webhooks/announce.ts";
import { found } from "../world.ts";

const ISSUES = ["issues", "pull_requests"];

/** `{ labels: [...] }` or the bare list. */
function namesIn(json: unknown, input: Input): string[] {
  return optionalNames(Array.isArray(json) ? { labels: json } : input, "labels") ?? [];
}

function labelsOfIssue(call: RepositoryCall) {
  return {
    status: 200,
    body: issueOf(call).labels.map((label) => labelJson(call.world, call.repository, label)),
  };
}

function labelOf(call: RepositoryCall): Label {
  return found(call.repository.labels.get(parameter(call, "name").toLowerCase()));
}

function tell(call: WriteCall, action: string, label: Label): void {
  const { world, repository, by } = call;
  announce(world, {
    event: "label",
    action,
    repository,
    by,
    payload: { label: labelJson(world, repository, label) },
  });
}

function updateLabel(call: WriteCall) {
  const { repository, input } = call;
  const label = labelOf(call);
  const name = optionalText(input, "new_name") ?? label.name;
  if (name.toLowerCase() !== label.name.toLowerCase() && repository.labels.has(name.toLowerCase())) {
    throw invalid("Label", "name", "already_exists");
  }
  repository.labels.delete(label.name.toLowerCase());
  label.name = name;
  label.color = optionalText(input, "color") ?? label.color;
  label.description = optionalText(input, "description") ?? label.description;
  repository.labels.set(name.toLowerCase(), label);
  tell(call, "edited", label);
  return { status: 200, body: labelJson(call.world, repository, label) };
}

function deleteLabel(call: WriteCall) {
  const label = labelOf(call);
  for (const issue of call.repository.issues.values())
    issue.labels = issue.labels.filter((one) => one !== label);
  call.repository.labels.delete(label.name.toLowerCase());
  tell(call, "deleted", label);
  return { status: 204 };
}

export const labelRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/labels", ISSUES, (call) =>
    listed(call, [...call.repository.labels.values()], (label) =>
      labelJson(call.world, call.repository, label),
    ),
  ),
  write("POST /repos/{owner}/{repo}/labels", ISSUES, "write", (call) => {
    const { world, repository, by, input } = call;
    const label = createLabel(world, repository, by, {
      name: requiredText(input, "name", "Label"),
      color: optionalText(input, "color"),
      description: optionalText(input, "description"),
    });
    return { status: 201, body: labelJson(world, repository, label) };
  }),
  read("GET /repos/{owner}/{repo}/labels/{name}", ISSUES, (call) => ({
    status: 200,
    body: labelJson(call.world, call.repository, labelOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/labels/{name}", ISSUES, "write", updateLabel),
  write("DELETE /repos/{owner}/{repo}/labels/{name}", ISSUES, "write", deleteLabel),
  read("GET /repos/{owner}/{repo}/issues/{issue_number}/labels", ISSUES, (call) =>
    listed(call, issueOf(call).labels, (label) => labelJson(call.world, call.repository, label)),
  ),
  write("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", ISSUES, "triage", (call) => {
    if (call.json !== undefined && !isObject(call.json) && !Array.isArray(call.json))
      throw invalid("Label", "labels", "invalid");
    addLabels(call.world, call.repository, issueOf(call), call.by, namesIn(call.json, call.input));
    return labelsOfIssue(call);
  }),
  write("PUT /repos/{owner}/{repo}/issues/{issue_number}/labels", ISSUES, "triage", (call) => {
    setLabels(call.world, call.repository, issueOf(call), call.by, namesIn(call.json, call.input));
    return labelsOfIssue(call);
  }),
  write("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels", ISSUES, "triage", (call) => {
    setLabels(call.world, call.repository, issueOf(call), call.by, []);
    return { status: 204 };
  }),
  write("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", ISSUES, "triage", (call) => {
    removeLabel(call.world, call.repository, issueOf(call), call.by, parameter(call, "name"));
    return labelsOfIssue(call);
  }),
];
