import { afterEach, beforeEach, expect, test } from "vitest";
import type { Delivery, Stores } from "../../../src/engine/ports/index.ts";
import { madeOf, turnOf } from "../../../src/github/sweep/twins.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";

const at = Date.UTC(2026, 0, 10, 12);
let stores: Stores;
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterEach(() => stores.close());

interface Over {
  readonly id?: string;
  readonly event?: "issues" | "pull_request";
  readonly label?: string;
  readonly number?: number;
  readonly repository?: number;
  /** Its time, against that of the event (ms). */
  readonly by?: number;
  readonly outcome?: string | null;
  readonly attempts?: number;
  readonly action?: string;
}

function delivery(over: Over): Delivery {
  const { id = "guid", event = "issues", number = 7, by = 0, action = "labeled" } = over;
  const kind = event === "issues" ? "issue" : "pull_request";
  return {
    id,
    event,
    receivedAt: at + 11 * 60_000,
    payload: {
      action,
      [kind]: { number, updated_at: new Date(at + by).toISOString() },
      label: { name: over.label ?? "bug" },
      repository: { id: over.repository ?? 1 },
    },
    outcome: over.outcome ?? null,
    attempts: over.attempts ?? 0,
    holder: null,
    revision: 1,
  };
}

const githubs = (over: Over = {}) => delivery({ id: "guid", ...over });
const made = (over: Over = {}) => delivery({ id: madeOf(5), ...over });
const done = "processed: started bug";
const yielded = "ignored: the delivery of the same event came after all";
const takenUp = `ignored: its label was taken up as ${madeOf(5)}`;

const rows: readonly {
  readonly when: string;
  readonly one: Delivery;
  readonly stored: readonly Delivery[];
  readonly turn: object | "waits";
}[] = [
  { when: "GitHub's alone", one: githubs(), stored: [], turn: { as: "guid" } },
  { when: "one made here alone", one: made(), stored: [], turn: { as: madeOf(5) } },
  { when: "one made here, GitHub's stored", one: made(), stored: [githubs()], turn: { outcome: yielded } },
  {
    when: "one made here, GitHub's processed",
    one: made({ attempts: 1 }),
    stored: [githubs({ outcome: "ignored: it concerns no workflow" })],
    turn: { outcome: yielded },
  },
  {
    when: "one made here, GitHub's failed",
    one: made(),
    stored: [githubs({ outcome: "failed: HTTP 403" })],
    turn: { as: "guid" },
  },
  {
    when: "GitHub's, one made here not begun",
    one: githubs(),
    stored: [made()],
    turn: { as: "guid" },
  },
  { when: "GitHub's, one made here begun", one: githubs(), stored: [made({ attempts: 1 })], turn: "waits" },
  {
    when: "GitHub's, one made here processed",
    one: githubs(),
    stored: [made({ outcome: done })],
    turn: { outcome: takenUp },
  },
  {
    when: "GitHub's, one made here has yielded",
    one: githubs(),
    stored: [made({ outcome: yielded })],
    turn: { as: "guid" },
  },
  {
    when: "GitHub's, one made here failed",
    one: githubs(),
    stored: [made({ outcome: "failed: HTTP 403" })],
    turn: { as: madeOf(5) },
  },
  {
    when: "GitHub's, told a little later",
    one: githubs({ by: 40_000 }),
    stored: [made({ outcome: done })],
    turn: { outcome: takenUp },
  },
  {
    when: "GitHub's, of the label put on again an hour later",
    one: githubs({ by: 3_600_000 }),
    stored: [made({ outcome: done })],
    turn: { as: "guid" },
  },
  {
    when: "one made here, GitHub's of an hour before",
    one: made({ by: 3_600_000 }),
    stored: [githubs({ outcome: done })],
    turn: { as: madeOf(5) },
  },
  ...(
    [
      { when: "another label", over: { label: "question" } },
      { when: "another issue", over: { number: 8 } },
      { when: "another repository", over: { repository: 2 } },
      { when: "another of GitHub's", over: { id: "another" } },
    ] as const
  ).map(({ when, over }) => ({
    when: `GitHub's, beside ${when}`,
    one: githubs(),
    stored: [made({ outcome: done, ...over })],
    turn: { as: "guid" },
  })),
  {
    when: "a label taken off",
    one: githubs({ action: "unlabeled" }),
    stored: [made({ outcome: done })],
    turn: { as: "guid" },
  },
  {
    when: "the same label in capitals, on a pull request",
    one: githubs({ event: "pull_request", label: "BUG" }),
    stored: [made({ event: "pull_request", outcome: done })],
    turn: { outcome: takenUp },
  },
];

test.for(rows)("$when", async ({ one, stored, turn }) => {
  for (const each of [one, ...stored]) await stores.deliveries.add(each);
  const result = turnOf(stores.deliveries, one);
  if (turn === "waits") await expect(result).rejects.toThrow(/taken up already/);
  else expect(await result).toEqual(turn);
});
