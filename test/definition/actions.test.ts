import { Octokit } from "@octokit/rest";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createDescriber, readOpenApi } from "../../scripts/catalogue/openapi.ts";
import type { Json } from "../../src/core/json.ts";
import { filledInputs, type Method, methodNames, methodOf } from "../../src/definition/actions/index.ts";
import type { Shape } from "../../src/definition/actions/shape.ts";
import { appPermissions } from "../../src/definition/catalogue.generated.ts";
import { loadWorkflow } from "../../src/definition/index.ts";

const own = ["comment.sticky", "http.request", "actions.run"];
const everything = Object.fromEntries([...appPermissions.keys()].map((name) => [name, "write"]));
const reserved = ["baseUrl", "headers", "method", "request", "url"];

/** Told of methods that want what Octokit keeps for itself. */
const unavoidable = /needs the input "(?:url|method)"/;

/** octokit.rest itself: what runs in the end. */
const octokit = Object.entries(new Octokit().rest).flatMap(([scope, methods]) =>
  Object.entries(
    methods as Readonly<Record<string, { endpoint: { DEFAULTS: { method: string; url: string } } }>>,
  ).map(([name, { endpoint }]) => ({
    name: `${scope}.${name}`,
    verb: endpoint.DEFAULTS.method,
    url: endpoint.DEFAULTS.url,
  })),
);

function method(name: string): Method {
  const found = methodOf(name);
  if (!found) throw new Error(`no method ${name}`);
  return found;
}

/** `CODE message` of each problem of a workflow with this one step. */
function problemsOf(
  action: string,
  inputs: Json | undefined,
  more: { readonly permissions?: Json; readonly on?: Json } = {},
): readonly string[] {
  const { permissions = everything, on } = more;
  const step = { id: "a", action, ...(inputs !== undefined && { inputs }) };
  const text = JSON.stringify({ name: "W", permissions, ...(on !== undefined && { on }), steps: [step] });
  return loadWorkflow(text, "w.json").problems.map(({ code, message }) => `${code} ${message}`);
}

const codesOf = (...args: Parameters<typeof problemsOf>): readonly string[] =>
  problemsOf(...args).map((problem) => problem.slice(0, 6));

/** A value that the shape allows. */
function sample(shape: Shape): Json {
  if (typeof shape === "string") {
    return ({ s: "x", i: 1, n: 1.5, b: true, "0": null, o: {}, "*": "x" } as const)[shape];
  }
  switch (shape[0]) {
    case "a":
      return [sample(shape[1])];
    case "m":
      return { k: sample(shape[1]) };
    case "u":
      return sample(shape[1] ?? "*");
    case "e":
      return shape[1] ?? null;
    case "p":
      return Object.fromEntries(Object.entries(shape[1]).map(([name, each]) => [name, sample(each)]));
    default:
      return shape satisfies never;
  }
}

/** Every input that the method takes, with a value that is right. */
function fullInputs({ name, verb, placeholders, query, body }: Method): Record<string, Json> {
  const shapes = {
    ...Object.fromEntries(placeholders.map((each) => [each, "s" as const])),
    ...query,
    ...body,
  };
  const settable = Object.entries(shapes).filter(([key]) => verb === "" || !reserved.includes(key));
  const inputs = Object.fromEntries(settable.map(([key, shape]) => [key, sample(shape)]));
  const right = { url: "https://example.com", method: "POST", headers: { k: "x" }, timeout: "10s" };
  return name === "http.request" ? { ...inputs, ...right } : inputs;
}

test("the catalogue has the methods of octokit.rest with their addresses, and our own", () => {
  expect(methodNames().toSorted()).toEqual([...octokit.map(({ name }) => name), ...own].toSorted());
  const differing = octokit.filter(({ name, verb, url }) => {
    const found = method(name);
    const names = [...url.matchAll(/\{([\w-]+)\}/g)].map((match) => match[1]);
    return found.verb !== verb || JSON.stringify(found.placeholders) !== JSON.stringify(names);
  });
  expect(differing).toEqual([]);
  expect(octokit.length).toBeGreaterThan(1_000);
});

test("nearly every method is described by GitHub, and knows what it takes", () => {
  const unknown = octokit.filter(({ name }) => method(name).query === null).map(({ name }) => name);
  expect(
    unknown.filter((name) => !/^(?:billing|copilot|dependabot|orgs|reactions|teams)\./.test(name)),
  ).toEqual([]);
  expect(unknown.length).toBeLessThan(40);
});

test("permissions are those that a workflow can declare, with an access that they have", () => {
  const wrong = methodNames().flatMap((name) => {
    const { needs } = method(name);
    return (needs?.permissions ?? [])
      .filter((permission) => !appPermissions.get(permission)?.includes(needs?.access ?? ""))
      .map((permission) => `${name} ${permission}`);
  });
  expect(wrong).toEqual([]);
});

test("every method takes all its inputs, each with a value that is right", () => {
  const refused = methodNames().flatMap((name) =>
    problemsOf(name, fullInputs(method(name)))
      // A person's method stays one, and what Octokit keeps for itself can't be given.
      .filter((problem) => !problem.startsWith("HOS255") && !unavoidable.test(problem))
      .map((problem) => `${name}: ${problem}`),
  );
  expect(refused).toEqual([]);
});

const settable = methodNames().filter((name) => Object.keys(fullInputs(method(name))).length > 0);
const anyInput = fc
  .constantFrom(...settable)
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...Object.keys(fullInputs(method(name))))));

test("an input left out is told exactly where it is required and nothing fills it", () => {
  fc.assert(
    fc.property(anyInput, ([name, key]) => {
      const { placeholders, required } = method(name);
      const { [key]: _, ...rest } = fullInputs(method(name));
      const needed =
        [...placeholders, ...required].includes(key) && !filledInputs.some((each) => each === key);
      const told = problemsOf(name, rest).some(
        (problem) => problem === `HOS250 ${name} needs the input "${key}"`,
      );
      expect(told).toBe(needed);
    }),
    { numRuns: 400 },
  );
});

test("an input misspelt by a letter is told, and which is meant", () => {
  fc.assert(
    fc.property(anyInput, fc.nat(), ([name, key], at) => {
      const { query } = method(name);
      fc.pre(query !== null && key.length > 3);
      const { [key]: value = null, ...rest } = fullInputs(method(name));
      const index = at % key.length;
      const wrong = `${key.slice(0, index)}${key.slice(index + 1)}`;
      fc.pre(!Object.hasOwn(rest, wrong) && !reserved.includes(wrong) && wrong !== "data");
      expect(problemsOf(name, { ...rest, [wrong]: value })).toContain(
        `HOS251 ${name} has no input "${wrong}"`,
      );
    }),
    { numRuns: 400 },
  );
});

test("a value that only the run knows is taken for right, whatever the input is", () => {
  fc.assert(
    fc.property(anyInput, ([name, key]) => {
      const inputs = { ...fullInputs(method(name)), [key]: "{{ execution.id }}" };
      expect(codesOf(name, inputs).filter((code) => code === "HOS252" || code === "HOS209")).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

// The reference: what GitHub's own description says of a value, read straight from it.
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
const openApi = readOpenApi();

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const path = schema.$ref.slice(2).split("/");
  return resolve(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], openApi) as Schema);
}

/** Whether the value has the types and words of the schema; null where that is not for this reference to say. */
function fits(value: Json, given: Schema): boolean | null {
  const schema = resolve(given);
  if (schema.allOf || (schema.properties && (schema.oneOf ?? schema.anyOf))) return null;
  if (schema.enum) return schema.enum.includes(value);
  const forms = schema.oneOf ?? schema.anyOf;
  if (forms) {
    const answers = forms.map((form) => fits(value, form));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
  }
  if (schema.type === "integer") return Number.isInteger(value);
  if (schema.type === "array") {
    return Array.isArray(value) && all(value.map((item) => fits(item, schema.items ?? {})));
  }
  if (schema.type !== "object") return schema.type === undefined ? null : typeof value === schema.type;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { properties, required = [], additionalProperties: others } = schema;
  const strange = properties !== undefined && Object.keys(value).some((key) => !properties[key]);
  if (strange || typeof others === "object") return null;
  const missing = required.some((key) => !Object.hasOwn(value, key));
  return !missing && all(Object.entries(value).map(([key, each]) => fits(each, properties?.[key] ?? {})));
}

function all(answers: readonly (boolean | null)[]): boolean | null {
  return answers.includes(false) ? false : answers.includes(null) ? null : true;
}

/** Each body input of each method, and of those that GitHub describes alike one. */
const described = [
  ...new Map(
    octokit
      .flatMap(({ name, verb, url }) => {
        const operation = openApi.paths[url.replace(/\{\?.*/, "")]?.[verb.toLowerCase()];
        const schema = operation?.requestBody?.content["application/json"]?.schema as Schema | undefined;
        const { properties } = schema ? resolve(schema) : {};
        return Object.entries(properties ?? {})
          .filter(([key]) => !reserved.includes(key))
          .map(([key, each]) => ({ name, key, schema: each }));
      })
      .map((each) => [
        JSON.stringify(each.schema, (key, value: unknown) =>
          /^(?:description|default|example|title|(?:min|max)\w*)$/.test(key) && typeof value !== "object"
            ? undefined
            : value,
        ),
        each,
      ]),
  ).values(),
];
const literals: readonly Json[] = [
  "x",
  "open",
  "12",
  "true",
  7,
  1.5,
  true,
  [],
  ["x"],
  [1],
  [["x"]],
  [{}],
  {},
  { name: "x" },
  { name: 1 },
  [{ name: "x" }],
];

test("a literal is told exactly where GitHub's description refuses its type or word", () => {
  expect(described.length).toBeGreaterThan(150);
  let compared = 0;
  const differing = described.flatMap(({ name, key, schema }) => {
    const rows = literals.flatMap((value) => {
      const right = fits(value, schema);
      return right === null ? [] : [{ value, right }];
    });
    compared += rows.length;
    // A step a line, so that a problem's line says whose it is.
    const inputs = fullInputs(method(name));
    const steps = rows.map(({ value }, index) =>
      JSON.stringify({ id: `s${index}`, action: name, inputs: { ...inputs, [key]: value } }),
    );
    const text = `{"name": "W", "permissions": ${JSON.stringify(everything)}, "steps": [\n${steps.join(",\n")}]}`;
    const told = new Set(
      loadWorkflow(text, "w.json")
        .problems.filter(({ code, message }) => code !== "HOS255" && !unavoidable.test(message))
        .map(({ position }) => (position?.line ?? 0) - 2),
    );
    return rows
      .filter(({ right }, index) => told.has(index) === right)
      .map(({ value, right }) => `${name} ${key}: ${JSON.stringify(value)} is ${right ? "right" : "wrong"}`);
  });
  expect(differing).toEqual([]);
  expect(compared).toBeGreaterThan(1_500);
});

// From https://docs.github.com/rest/authentication/permissions-required-for-github-apps
const needs: readonly (readonly [action: string, needs: string | null])[] = [
  ["issues.addLabels", "issues pull_requests write"],
  ["issues.create", "issues write"],
  ["issues.get", "issues pull_requests read"],
  ["issues.listForRepo", "issues read"],
  ["issues.listComments", "issues pull_requests read"],
  ["issues.addSubIssue", "issues write"],
  ["issues.addAssignees", "issues pull_requests write"],
  ["issues.listAssignees", null],
  ["issues.createMilestone", "issues pull_requests write"],
  ["reactions.createForIssueComment", "issues pull_requests write"],
  ["reactions.createForPullRequestReviewComment", "pull_requests write"],
  ["pulls.create", "pull_requests write"],
  ["pulls.createReview", "pull_requests write"],
  ["pulls.merge", "contents write"],
  ["pulls.updateBranch", "pull_requests write"],
  ["pulls.get", "pull_requests contents read"],
  ["repos.listPullRequestsAssociatedWithCommit", "pull_requests read"],
  ["checks.create", "checks write"],
  ["checks.listForRef", "checks read"],
  ["repos.createCommitStatus", "statuses write"],
  ["repos.getCombinedStatusForRef", "statuses read"],
  ["repos.createCommitComment", "contents read"],
  ["repos.listCommitCommentsForRepo", null],
  ["repos.getContent", "contents single_file read"],
  ["repos.createRelease", "contents write"],
  ["repos.uploadReleaseAsset", "contents write"],
  ["git.createRef", "contents write"],
  ["repos.merge", "contents write"],
  ["repos.getBranch", "contents read"],
  ["repos.getBranchProtection", "administration read"],
  ["actions.createWorkflowDispatch", "actions write"],
  ["actions.listWorkflowRuns", "actions read"],
  ["actions.createOrUpdateRepoSecret", "secrets write"],
  ["actions.getRepoVariable", null],
  ["actions.listSelfHostedRunnersForRepo", "administration read"],
  ["repos.createDeployment", "deployments write"],
  ["repos.createOrUpdateEnvironment", "administration write"],
  ["repos.getAllEnvironments", "actions read"],
  ["repos.createWebhook", "repository_hooks write"],
  ["repos.createPagesSite", "pages write"],
  ["repos.get", null],
  ["repos.update", "administration write"],
  ["repos.listLanguages", null],
  ["repos.addCollaborator", "administration write"],
  ["repos.getCollaboratorPermissionLevel", null],
  ["codeScanning.listAlertsForRepo", "security_events read"],
  ["dependabot.updateAlert", "vulnerability_alerts write"],
  ["secretScanning.getAlert", "secret_scanning_alerts read"],
  ["markdown.render", null],
  ["orgs.get", null],
  ["comment.sticky", "issues pull_requests write"],
  ["actions.run", "actions write"],
  ["http.request", null],
];
test.for(needs)("%s needs %s", ([name, expected]) => {
  const found = method(name).needs;
  expect(found && [...found.permissions, found.access].join(" ")).toBe(expected);
});

const permissionRows: readonly (readonly [permissions: Json, told: boolean])[] = [
  [{}, true],
  [{ issues: "read" }, true],
  [{ issues: "none" }, true],
  [{ contents: "write" }, true],
  [{ issues: "write" }, false],
  [{ "pull-requests": "write" }, false],
  [{ pull_requests: "write", issues: "read" }, false],
];
test.for(permissionRows)("with %j a comment is told: %s", ([permissions, told]) => {
  const codes = codesOf("issues.createComment", { body: "Hello" }, { permissions });
  expect(codes).toEqual(told ? ["HOS253"] : []);
});

test("what write may do, read may too", () => {
  expect(codesOf("issues.listForRepo", {}, { permissions: { issues: "write" } })).toEqual([]);
});

const onIssues = { issues: { types: ["opened"] } };
const pullRequestRows: readonly (readonly [on: Json | undefined, steps: readonly Json[], told: boolean])[] = [
  [onIssues, [], true],
  ["issues", [{ id: "x", action: "repos.get" }], true],
  [onIssues, [{ id: "x", action: "pulls.create", inputs: { title: "x", head: "x", base: "main" } }], false],
  [onIssues, [{ id: "x", agent: "coding-agent" }], false],
  [onIssues, [{ id: "x", delay: "1d" }], false],
  [onIssues, [{ id: "x", wait_for: "pull_request" }], false],
  [onIssues, [{ id: "x", approval: { by: ["review"] } }], false],
  [onIssues, [{ id: "x", parallel: { steps: [{ id: "y", agent: "coding-agent" }] } }], false],
  [onIssues, [{ id: "x", steps: [{ id: "y", action: "repos.get" }] }], true],
  [onIssues, [{ id: "x", action: "actions.run", inputs: { workflow: "fix.yml" } }], false],
  [onIssues, [{ id: "x", action: "repos.get", inputs: { agent: "x" } }], true],
  [{ issues: { outsiders: "hold" } }, [], false],
  [{ issues: null, pull_request: null }, [], false],
  [["issues", "issue_comment"], [], false],
  [undefined, [], false],
];
test.for(pullRequestRows)("on %j, after %j, a merge without pull_number is told: %s", ([on, steps, told]) => {
  const merge = { id: "merge", action: "pulls.merge" };
  const text = JSON.stringify({
    name: "W",
    ...(on !== undefined && { on }),
    permissions: everything,
    steps: [...steps, merge],
  });
  const { problems } = loadWorkflow(text, "w.json");
  expect(problems.some(({ code }) => code === "HOS254")).toBe(told);
});

test("a number is told where its digits would be lost, and taken where they are what GitHub reads", () => {
  const problems = (ref: string) =>
    loadWorkflow(
      `name: W\npermissions: {contents: read}\nsteps: [{id: a, action: git.getRef, inputs: {ref: ${ref}}}]\n`,
      "w.yml",
    ).problems.map(({ code }) => code);
  expect(problems("1.10")).toEqual(["HOS252"]);
  expect(problems('"1.10"')).toEqual([]);
  expect(problems("2026")).toEqual([]);
});

test("a route that GitHub's description has lost takes anything, but for what its address needs", () => {
  const describe = createDescriber(openApi);
  expect(describe("POST /repos/{owner}/{repo}/gone/{id}")).toEqual([
    "POST",
    "/repos/{owner}/{repo}/gone/{id}",
    "",
    null,
    {},
    [],
  ]);
});
