import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import type { Announcement, RequestRecord, SandboxGitHub } from "../../src/sandbox/github/index.ts";

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inside, key) => (isObject(inside) ? inside[key] : undefined), value);
}

/** Where GitHub answers null and its description forgets to say so. */
const FORGOTTEN_NULLS = [
  ["components", "schemas", "issue-search-result-item", "properties", "body"],
  [
    "components",
    "schemas",
    "pull-request-simple",
    "properties",
    "labels",
    "items",
    "properties",
    "description",
  ],
];

/**
 * Answers whose own schema nothing can fulfil, with the component they should name: the list of installations
 * asks that an account be a user and an enterprise at once.
 */
const UNFULFILLABLE: ReadonlyMap<string, Json> = new Map([
  ["GET /app/installations 200", { type: "array", items: { $ref: "#/components/schemas/installation" } }],
]);

let description: Json | undefined;

/** GitHub's own description of its REST API (api.github.com), read once. */
function describeGitHub(): Json {
  if (description === undefined) {
    const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isObject(parsed)) throw new Error("GitHub's OpenAPI description is not an object");
    for (const path of FORGOTTEN_NULLS) {
      const schema = at(parsed, ...path);
      if (!isObject(schema)) throw new Error(`GitHub's description has no ${path.join("/")} any more`);
      schema["nullable"] = true;
    }
    description = parsed;
  }
  return description;
}

const COMPONENT = "#/components/schemas/";

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, references become component names. */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const reference = value["$ref"];
  if (typeof reference === "string") {
    const target = { $ref: reference.replace(COMPONENT, "") };
    return value["nullable"] === true ? { anyOf: [target, { type: "null" }] } : target;
  }
  // A property may be called "nullable" or "format"; only a schema's own keywords are dropped.
  const rest = Object.entries(value).filter(
    ([key, one]) => !((key === "nullable" || key === "format" || key === "example") && !isObject(one)),
  );
  const schema = Object.fromEntries(rest.map(([key, one]) => [key, toJsonSchema(one)]));
  return value["nullable"] === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const own = value["$ref"];
  return [...(typeof own === "string" ? [own] : []), ...Object.values(value).flatMap(referencesIn)];
}

/** Compiles schemas of the description, and only the components that they reach. */
class Compiler {
  readonly #ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true, inlineRefs: false });
  readonly #components = new Set<string>();
  readonly #compiled = new Map<unknown, ValidateFunction>();

  compile(schema: unknown): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    this.#addComponents(schema);
    const converted = toJsonSchema(schema);
    if (!isObject(converted)) throw new Error("a schema in GitHub's description is not an object");
    const validate = this.#ajv.compile(converted);
    this.#compiled.set(schema, validate);
    return validate;
  }

  #addComponents(schema: unknown): void {
    for (const reference of referencesIn(schema)) {
      const name = reference.replace(COMPONENT, "");
      if (this.#components.has(name)) continue;
      this.#components.add(name);
      const component = at(describeGitHub(), "components", "schemas", name);
      const converted = toJsonSchema(component);
      if (!isObject(converted)) throw new Error(`GitHub's description has no component ${name}`);
      this.#ajv.addSchema(converted, name);
      this.#addComponents(component);
    }
  }
}

function operation(method: string, route: string): unknown {
  return at(describeGitHub(), "paths", route, method.toLowerCase());
}

function resolved(value: unknown): unknown {
  const reference = at(value, "$ref");
  return typeof reference === "string" ? at(describeGitHub(), ...reference.slice(2).split("/")) : value;
}

/** What every refusal looks like, also where an operation's own description leaves it out. */
const BASIC_ERROR = { $ref: `${COMPONENT}basic-error` };

export interface ResponseChecker {
  /** What is wrong with an answer, by GitHub's description; empty: nothing. */
  readonly checkResponse: (record: RequestRecord) => string[];
  /** What is wrong with a webhook's payload. */
  readonly checkAnnouncement: (announcement: Announcement) => string[];
  /** Whether GitHub has such an operation. */
  readonly has: (method: string, route: string) => boolean;
}

/**
 * Checks what the sandbox answers and sends against GitHub's OpenAPI description. `watchConformance`
 * hooks it to a sandbox.
 */
export function createResponseChecker(): ResponseChecker {
  const compiler = new Compiler();

  function complaints(schema: unknown, value: unknown, name: string): string[] {
    const validate = compiler.compile(schema);
    // As it went over the wire: without undefined.
    if (validate(JSON.parse(JSON.stringify(value ?? null)))) return [];
    return (validate.errors ?? []).map(
      (error) =>
        `${name}: ${error.instancePath || "/"} ${error.message ?? error.keyword} ${JSON.stringify(error.params)}`,
    );
  }

  function checkResponse(record: RequestRecord): string[] {
    const { method, route, status } = record;
    if (route === null || status === null) return [];
    const name = `${method} ${route} ${status}`;
    const described = operation(method, route);
    if (described === undefined) return [`${name}: GitHub has no such operation`];
    if (status === 304) return [];
    const response = resolved(at(described, "responses", String(status)));
    if (response === undefined) {
      return status >= 400
        ? complaints(BASIC_ERROR, record.responseBody, name)
        : [`${name}: GitHub has no such answer`];
    }
    const content = at(response, "content");
    if (!isObject(content))
      return status >= 400 || record.responseBody === undefined
        ? []
        : [`${name}: GitHub's answer has no body`];
    if (!record.responseType.startsWith("application/json")) return [];
    const schema = UNFULFILLABLE.get(name) ?? at(content, "application/json", "schema");
    return complaints(schema, record.responseBody, name);
  }

  function checkAnnouncement({ event, action, payload }: Announcement): string[] {
    const dashed = event.replaceAll("_", "-");
    const key =
      event === "repository_dispatch"
        ? "repository-dispatch-sample.collected"
        : [dashed, ...(action === null ? [] : [action.replaceAll("_", "-")])].join("-");
    const schema = at(
      describeGitHub(),
      "x-webhooks",
      key,
      "post",
      "requestBody",
      "content",
      "application/json",
      "schema",
    );
    if (schema === undefined) return [`webhook ${key}: GitHub has no such event`];
    return complaints(schema, payload, `webhook ${key}`);
  }

  return { checkResponse, checkAnnouncement, has: (method, route) => operation(method, route) !== undefined };
}

export interface Conformance {
  /** Everything that differed from GitHub's description so far. */
  readonly problems: string[];
  /** `METHOD /route` to the statuses it was answered with. */
  readonly answered: Map<string, Set<number>>;
  /** Webhooks by name, as `issues.opened`. */
  readonly sent: Set<string>;
}

/** Checks every answer and every webhook of a sandbox from now on. */
export function watchConformance(sandbox: SandboxGitHub, checker = createResponseChecker()): Conformance {
  const problems: string[] = [];
  const answered = new Map<string, Set<number>>();
  const sent = new Set<string>();
  sandbox.on("request", (record) => {
    problems.push(...checker.checkResponse(record));
    const key = `${record.method} ${record.route ?? record.path}`;
    const statuses = answered.get(key) ?? new Set();
    if (record.status !== null) statuses.add(record.status);
    answered.set(key, statuses);
  });
  sandbox.on("announcement", (announcement) => {
    problems.push(...checker.checkAnnouncement(announcement));
    sent.add(
      announcement.action === null ? announcement.event : `${announcement.event}.${announcement.action}`,
    );
  });
  return { problems, answered, sent };
}
