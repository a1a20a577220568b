import type { Json } from "../src/core/json.ts";

export const otherNames = ["@actions/expressions", "jexl", "jsonata"] as const;
export type OtherName = (typeof otherNames)[number];

/** One question in each one's own words, and the answer that all have to give. */
export interface ExpressionCase {
  readonly source: string;
  readonly others: Readonly<Record<OtherName, string>>;
  readonly value: Json;
}

/** The condition that the language promises a time for. */
export const promised = 'steps.triage.output.severity > 3 && contains(event.issue.labels.*.name, "bug")';

/**
 * What conditions ask, as far as all four can say it. Actions' texts have single quotes; jexl has no `.*`, and gets
 * the transform `pluck`; jsonata maps over lists by itself.
 */
export const expressionCases: readonly ExpressionCase[] = [
  {
    source: promised,
    others: {
      "@actions/expressions":
        "steps.triage.output.severity > 3 && contains(event.issue.labels.*.name, 'bug')",
      jexl: 'steps.triage.output.severity > 3 && "bug" in event.issue.labels|pluck("name")',
      jsonata: 'steps.triage.output.severity > 3 and "bug" in event.issue.labels.name',
    },
    value: true,
  },
  {
    source: "steps.triage.output.severity > 3",
    others: {
      "@actions/expressions": "steps.triage.output.severity > 3",
      jexl: "steps.triage.output.severity > 3",
      jsonata: "steps.triage.output.severity > 3",
    },
    value: true,
  },
  {
    source: 'event.action == "labeled" && event.label.name == "bug" && !event.issue.locked',
    others: {
      "@actions/expressions": "event.action == 'labeled' && event.label.name == 'bug' && !event.issue.locked",
      jexl: 'event.action == "labeled" && event.label.name == "bug" && !event.issue.locked',
      jsonata: 'event.action = "labeled" and event.label.name = "bug" and $not(event.issue.locked)',
    },
    value: true,
  },
  {
    source: 'event.action == "opened" || event.issue.title == "Checkout loses the discount"',
    others: {
      "@actions/expressions":
        "event.action == 'opened' || event.issue.title == 'Checkout loses the discount'",
      jexl: 'event.action == "opened" || event.issue.title == "Checkout loses the discount"',
      jsonata: 'event.action = "opened" or event.issue.title = "Checkout loses the discount"',
    },
    value: true,
  },
  {
    source: 'contains(event.issue.title, "discount")',
    others: {
      "@actions/expressions": "contains(event.issue.title, 'discount')",
      jexl: '"discount" in event.issue.title',
      jsonata: '$contains(event.issue.title, "discount")',
    },
    value: true,
  },
  {
    source: "event.issue.labels[1].name",
    others: {
      "@actions/expressions": "event.issue.labels[1].name",
      jexl: "event.issue.labels[1].name",
      jsonata: "event.issue.labels[1].name",
    },
    value: "bug",
  },
  {
    source: 'steps.triage.output.nothing == "cart"',
    others: {
      "@actions/expressions": "steps.triage.output.nothing == 'cart'",
      jexl: 'steps.triage.output.nothing == "cart"',
      jsonata: 'steps.triage.output.nothing = "cart"',
    },
    value: false,
  },
  {
    source: 'contains(input.files.*.status, "removed")',
    others: {
      "@actions/expressions": "contains(input.files.*.status, 'removed')",
      jexl: '"removed" in input.files|pluck("status")',
      jsonata: '"removed" in input.files.status',
    },
    value: false,
  },
];
