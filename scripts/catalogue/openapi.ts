import { readFileSync } from "node:fs";
import type { MethodEntry, Shape, Shapes } from "../../src/definition/actions/shape.ts";
import { callerOf, permissionsOf } from "./permissions.ts";

/** The part of an OpenAPI 3.0 document that describes what a method takes. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The package's entry would parse every version of GitHub's description, 400 MB of JSON. */
export function readOpenApi(): OpenApi {
  const path = "node_modules/@octokit/openapi/generated/api.github.com.json";
  return JSON.parse(readFileSync(path, "utf8")) as OpenApi;
}

/** Finds what a route of octokit.rest takes, as `POST /repos/{owner}/{repo}/releases/{release_id}/assets{?name}`. */
export function createDescriber(document: OpenApi): (route: string) => MethodEntry {
  const operations = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [verb, operation] of Object.entries(methods)) {
      operations.set(`${verb.toUpperCase()} ${unnamed(path)}`, operation);
    }
  }
  const shapeOf = createShaper(document);

  return (route) => {
    const [verb = "", template = ""] = route.split(" ");
    const url = template.replace(/\{\?[^}]*\}$/, "");
    const operation = operations.get(`${verb} ${unnamed(url)}`);
    const needs = permissionsOf(verb, url);
    const caller = callerOf(verb, url);
    const tail = caller === undefined ? ([] as const) : ([caller] as const);
    if (operation === undefined) return [verb, url, needs, null, {}, [], ...tail];

    const query: Record<string, Shape> = {};
    const required: string[] = [];
    for (const each of operation.parameters ?? []) {
      const parameter = resolve<Parameter>(document, each);
      const shape = shapeOf(parameter.schema);
      const inPath = url.includes(`{${parameter.name}}`);
      if (!inPath || shape !== "s") query[parameter.name] = shape;
      if (!inPath && parameter.required) required.push(parameter.name);
    }
    const { requestBody } = operation;
    const [content] = Object.values(requestBody?.content ?? {});
    const body = content?.schema ? shapeOf.body(content.schema) : null;
    // Bytes, or a text that is the whole body: Octokit takes it as `data`.
    if (requestBody && body === null) {
      return [
        verb,
        url,
        needs,
        query,
        { data: "*" },
        requestBody.required ? [...required, "data"] : required,
        ...tail,
      ];
    }
    // A body that may be left out requires nothing; GitHub then says what it misses.
    if (requestBody?.required && body) required.push(...body.required);
    return [verb, url, needs, query, body?.shapes ?? {}, required, ...tail];
  };
}

function unnamed(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}

function resolve<T extends { readonly $ref?: string }>(document: OpenApi, value: T): T {
  let found = value;
  while (found.$ref !== undefined) {
    const path = found.$ref.slice(2).split("/");
    found = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document) as T;
  }
  return found;
}

interface Body {
  readonly shapes: Shapes;
  readonly required: readonly string[];
}

interface Shaper {
  (schema: Schema): Shape;
  /** The named values of a body that is a map in at least one of its forms, else null. */
  body(schema: Schema): Body | null;
}

const simple: ReadonlyMap<string, Shape> = new Map([
  ["string", "s"],
  ["integer", "i"],
  ["number", "n"],
  ["boolean", "b"],
]);

function createShaper(document: OpenApi): Shaper {
  const shape = (given: Schema): Shape => {
    const schema = resolve(document, given);
    const bare = withoutNull(schema);
    return schema.nullable && bare !== "*" ? union([bare, "0"]) : bare;
  };

  function withoutNull(schema: Schema): Shape {
    if (schema.enum) return ["e", ...schema.enum];
    const forms = schema.oneOf ?? schema.anyOf;
    if (schema.type === "object" || schema.properties) return map(schema);
    if (schema.allOf) return schema.allOf.length === 1 && schema.allOf[0] ? shape(schema.allOf[0]) : "*";
    if (forms) return union(forms.map(shape));
    if (schema.type === "array") return ["a", schema.items ? shape(schema.items) : "*"];
    return simple.get(schema.type ?? "") ?? "*";
  }

  function map(schema: Schema): Shape {
    const { additionalProperties: others } = schema;
    const found = body(schema);
    if (found === null || Object.keys(found.shapes).length === 0) {
      return typeof others === "object" ? orAny(["m", shape(others)]) : "o";
    }
    const closed = others === false && !schema.oneOf && !schema.anyOf && !schema.allOf;
    if (closed) return ["p", found.shapes, found.required, 1];
    return found.required.length > 0 ? ["p", found.shapes, found.required] : ["p", found.shapes];
  }

  /** Forms of one map are read as one: every name of any form, required what all require. */
  function body(given: Schema): Body | null {
    const schema = resolve(document, given);
    const own = schema.properties;
    const forms = (schema.oneOf ?? schema.anyOf ?? [])
      .map((form) => resolve(document, form))
      .filter((form) => form.properties ?? form.required)
      .map((form) => ({ ...form, type: "object" }));
    if (schema.type !== "object" && !own && forms.length === 0) return null;
    const shapes: Record<string, Shape> = {};
    for (const [name, value] of Object.entries(own ?? {})) shapes[name] = shape(value);
    const read = forms.flatMap((form) => body(form) ?? []);
    for (const name of new Set(read.flatMap((each) => Object.keys(each.shapes)))) {
      if (own && Object.hasOwn(own, name)) continue;
      shapes[name] = union(read.map((each) => each.shapes[name]).filter((each) => each !== undefined));
    }
    const common = (read[0]?.required ?? []).filter((name) =>
      read.every((each) => each.required.includes(name)),
    );
    return { shapes, required: [...new Set([...(schema.required ?? []), ...common])] };
  }

  return Object.assign(shape, { body });
}

function orAny(shape: readonly ["m", Shape]): Shape {
  return shape[1] === "*" ? "o" : shape;
}

/** One of several, each once; anything where one of them is anything. */
function union(shapes: readonly Shape[]): Shape {
  const flat = shapes.flatMap((shape): readonly Shape[] =>
    shape[0] === "u" ? (shape.slice(1) as readonly Shape[]) : [shape],
  );
  const once = [...new Map(flat.map((shape) => [JSON.stringify(shape), shape])).values()];
  const [only] = once;
  if (once.includes("*") || only === undefined) return "*";
  return once.length === 1 ? only : ["u", ...once];
}
