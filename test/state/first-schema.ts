/** The tables as schema version 1 made them, word for word: what a later release has to bring forward. */

const integers = new Set(["revision", "repository", "due", "updated_at", "at", "received_at"]);
const tables: Readonly<Record<string, readonly string[]>> = {
  executions: [
    "revision",
    "repository",
    "subjects",
    "workflow",
    "stem",
    "state",
    "slot",
    "due",
    "updated_at",
  ],
  messages: ["execution_id", "at"],
  definitions: [],
  deliveries: ["received_at", "outcome"],
  reports: ["revision"],
  blobs: [],
};
const indexes = [
  "UNIQUE INDEX executions_slot ON executions (repository, slot) WHERE slot IS NOT NULL",
  "INDEX executions_newest ON executions (updated_at DESC, key)",
  "INDEX executions_repository_newest ON executions (repository, updated_at DESC, key)",
  "INDEX executions_repository_unfinished ON executions (repository, updated_at DESC, key) WHERE state IN ('running', 'paused')",
  "INDEX executions_unfinished ON executions (key) WHERE state IN ('running', 'paused')",
  "INDEX executions_due ON executions (due) WHERE due IS NOT NULL",
  "INDEX messages_execution ON messages (execution_id, at)",
  "INDEX deliveries_unfinished ON deliveries (received_at, key) WHERE outcome IS NULL",
];

export const firstSqliteSchema = [
  ...Object.entries(tables).map(([name, columns]) => {
    const generated = columns.map(
      (column) =>
        `, ${column} ${integers.has(column) ? "integer" : "text"} GENERATED ALWAYS AS (json_extract(value, '$.facts.${column}')) STORED`,
    );
    return `CREATE TABLE ${name} (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL${generated.join("")})`;
  }),
  ...indexes.map((index) => `CREATE ${index}`),
  "PRAGMA user_version = 1",
].join(";\n");

const facts = String.raw`(rtrim(split_part(value, E'\n', 1), ',') || '}')::jsonb -> 'facts'`;

export function firstPostgresSchema(schema: string): string {
  return [
    `CREATE SCHEMA ${schema}`,
    `SET search_path TO ${schema}`,
    "CREATE TABLE meta (schema_version integer NOT NULL)",
    "INSERT INTO meta VALUES (1)",
    ...Object.entries(tables).map(([name, columns]) => {
      const generated = columns.map((column) =>
        integers.has(column)
          ? `, ${column} bigint GENERATED ALWAYS AS ((${facts} ->> '${column}')::bigint) STORED`
          : `, ${column} text COLLATE "C" GENERATED ALWAYS AS (${facts} ->> '${column}') STORED`,
      );
      return `CREATE TABLE ${name} (key text COLLATE "C" PRIMARY KEY, value text NOT NULL${generated.join("")})`;
    }),
    ...indexes.map((index) => `CREATE ${index}`),
    "SET search_path TO DEFAULT",
  ].join(";\n");
}

/** A row of `deliveries` as version 1 wrote it: one that was not processed. */
export const firstDelivery = {
  key: "old-guid",
  value: `${JSON.stringify({ facts: { received_at: 0, outcome: null } }).slice(0, -1)},\n"value":${JSON.stringify(
    {
      id: "old-guid",
      event: "push",
      receivedAt: 0,
      payload: {},
      outcome: null,
      attempts: 0,
    },
  )}}`,
};

/** A row of `executions` as version 1 wrote it: a running execution that holds a group. */
export const firstExecution = {
  key: "old",
  value: `${JSON.stringify({
    facts: {
      revision: 3,
      repository: 1000,
      subjects: "|1|",
      workflow: ".hishamos/old.yml",
      stem: "old",
      state: "running",
      slot: "group",
      due: null,
      updated_at: 5,
    },
  }).slice(0, -1)},\n"value":${JSON.stringify({
    schema: 1,
    id: "old",
    revision: 3,
    round: 1,
    workflow: { name: "Old", stem: "old", path: ".hishamos/old.yml", commit: null, hash: "h" },
    repository: { id: 1000, owner: "octo-org", name: "octo-repo" },
    installation: null,
    subject: null,
    linked: [],
    actor: "reporter",
    input: {},
    event: {},
    state: "running",
    ending: null,
    steps: { a: { visits: 1, attempts: 1, runs: [] } },
    entering: [],
    seen: [],
    slot: "group",
    deadline: null,
    due: null,
    spending: { steps: 1, tokens: 0, costUsd: 0 },
    consumed: [],
    timeline: [],
    outputs: null,
    startedAt: 1,
    updatedAt: 5,
    pausedAt: null,
    endedAt: null,
  })}}`,
};

/** Rows of `blobs` and `definitions` as version 1 wrote them: what the execution names. */
export const firstBlob = { key: "hash", value: '{"facts":{},\n"value":"text"}' };
export const firstDefinition = {
  key: "h",
  value: '{"facts":{},\n"value":{"path":".hishamos/old.yml","text":"old"}}',
};
