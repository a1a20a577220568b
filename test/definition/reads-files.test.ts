import { expect, test } from "vitest";
import { loadWorkflow } from "../../src/definition/index.ts";

const child = "name: Child\nsteps: [{ id: a, delay: 1m, condition: length(subject.files) > 2 }]";
const plain = "name: Plain\nsteps: [{ id: a, delay: 1m }]";
const files = new Map([
  [".hishamos/child.yml", child],
  [".hishamos/plain.yml", plain],
]);

const step = (rest: string, more = "") => `${more}\nsteps: [{ id: a, delay: 1m, ${rest} }]`;
const rows: readonly (readonly [text: string, reads: boolean])[] = [
  [step("condition: '\"a.md\" in subject.files'"), true],
  [step("condition: 'subject[\"files\"] != null'"), true],
  [step("condition: 'subject[input.key] != null'"), true],
  [step("condition: length(keys(subject)) > 2"), true],
  [step("condition: length(subject.*) > 2"), true],
  ["steps: [{ id: a, agent: qa-agent, inputs: { about: '{{ subject }}' } }]", true],
  ["steps: [{ id: a, agent: qa-agent, inputs: { deep: [{ in: 'See {{ subject.files[0] }}' }] } }]", true],
  ["steps: [{ id: a, wait_for: { event: push, match: 'event.ref in subject.files' } }]", true],
  ["steps: [{ id: a, agent: qa-agent, for_each: { in: '{{ subject.files }}' } }]", true],
  ["steps: [{ id: g, steps: [{ id: a, delay: 1m, condition: 'any(subject.files)' }] }]", true],
  ["steps: [{ id: a, delay: 1m }]\nfinally: [{ id: z, delay: 1m, condition: 'any(subject.files)' }]", true],
  ["steps: [{ id: a, delay: 1m }]\noutputs: { paths: '{{ subject.files }}' }", true],
  ["steps: [{ id: a, delay: 1m }]\nconcurrency: { group: '{{ first(subject.files) }}' }", true],
  [step("condition: 'true'", "inputs: { first: { from: 'subject.files[0]' } }"), true],
  [step("condition: 'true'", "on: { pull_request: { condition: 'any(subject.files)' } }"), true],
  ["steps: [{ id: a, workflow: ./child.yml }]", true],
  ["uses: ./child.yml", true],
  ["uses: ./plain.yml\non: { pull_request: { condition: 'any(subject.files)' } }", true],
  ["uses: ./plain.yml\non: { pull_request: { condition: subject.is_fork } }", false],
  ["steps: [{ id: a, workflow: ./plain.yml }]", false],
  [step("condition: subject.number > 2 && subject.labels.* != null"), false],
  [step("condition: event.files != null && input.files != null"), false],
  [step("condition: \"format('subject.files') != ''\""), false],
  [step("condition: subject.pull_request.url != null"), false],
];

test.for(rows)("%s -> reads the subject's files: %s", ([text, reads]) => {
  const loaded = loadWorkflow(`name: W\n${text}`, ".hishamos/w.yml", { files });
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.workflow.readsFiles).toBe(reads);
});
