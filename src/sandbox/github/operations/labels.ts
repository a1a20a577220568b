import type { Doer, Issue, Label, Repository } from "../model.ts";
import { invalid, Refusal } from "../refusal.ts";
import { labelJson } from "../serialize/issue.ts";
import { announce, announceIssue } from "../webhooks/announce.ts";
import type { World } from "../world.ts";
import { record } from "./timeline.ts";

/** The colour GitHub gives a label that was made by being used. */
const DEFAULT_COLOR = "ededed";

export interface NewLabel {
  readonly name: string;
  readonly color?: string | undefined;
  readonly description?: string | null | undefined;
}

export function createLabel(world: World, repository: Repository, by: Doer, input: NewLabel): Label {
  if (repository.labels.has(input.name.toLowerCase())) throw invalid("Label", "name", "already_exists");
  const color = input.color ?? DEFAULT_COLOR;
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid("Label", "color", "invalid");
  const label: Label = {
    id: world.nextId(),
    name: input.name,
    color,
    description: input.description ?? null,
  };
  repository.labels.set(label.name.toLowerCase(), label);
  announce(world, {
    event: "label",
    action: "created",
    repository,
    by,
    payload: { label: labelJson(world, repository, label) },
  });
  return label;
}

/** Labels by name; one that the repository lacks is made, as GitHub does. */
export function labelsNamed(
  world: World,
  repository: Repository,
  by: Doer,
  names: readonly string[],
): Label[] {
  const unique = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...unique].map(([key, name]) => {
    if (name === "") throw invalid("Label", "name", "missing_field");
    return repository.labels.get(key) ?? createLabel(world, repository, by, { name });
  });
}

function labelled(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  event: "labeled" | "unlabeled",
  label: Label,
): void {
  issue.labels = event === "labeled" ? [...issue.labels, label] : issue.labels.filter((one) => one !== label);
  const { name, color } = label;
  record(world, issue, event, by, { label: { name, color } });
  announceIssue(world, repository, issue, event, by, { label: labelJson(world, repository, label) });
}

export function addLabels(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  names: readonly string[],
): void {
  for (const label of labelsNamed(world, repository, by, names)) {
    if (!issue.labels.includes(label)) labelled(world, repository, issue, by, "labeled", label);
  }
}

export function setLabels(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  names: readonly string[],
): void {
  const wanted = labelsNamed(world, repository, by, names);
  for (const label of issue.labels)
    if (!wanted.includes(label)) labelled(world, repository, issue, by, "unlabeled", label);
  for (const label of wanted)
    if (!issue.labels.includes(label)) labelled(world, repository, issue, by, "labeled", label);
}

export function removeLabel(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  name: string,
): void {
  const label = issue.labels.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (label === undefined) throw new Refusal(404, "Label does not exist");
  labelled(world, repository, issue, by, "unlabeled", label);
}
