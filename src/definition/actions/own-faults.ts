import { durationMs } from "../../core/duration.ts";
import { didYouMean } from "../../core/nearest.ts";
import { short } from "../limits.ts";
import { describe } from "../structure.ts";
import { type MapTree, mapOf, type Tree } from "../tree.ts";
import { listed } from "./in-words.ts";
import { type Fault, isAbsent } from "./values.ts";

const httpMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
const longestTimeoutMs = 300_000;

/** Headers that frame the request or say who it is for: set by us alone. */
const framing =
  /^(?:accept-encoding|connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i;

/** What the types alone don't say of the inputs of our own actions; the run refuses the same. */
export function ownFaults(action: string, given: MapTree): readonly Fault[] {
  switch (action) {
    case "http.request":
      return [...urlFaults(given), ...methodFaults(given), ...headerFaults(given), ...timeoutFaults(given)];
    case "actions.run":
      return workflowFaults(given);
    default:
      return [];
  }
}

function urlFaults(given: MapTree): readonly Fault[] {
  const url = literal(given, "url");
  if (url === undefined) return [];
  const parsed = URL.parse(url.value);
  // Plain http is for hosts that the server trusts, which is not known here.
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    const message = `url must be a whole address such as https://example.com/path, not "${short(url.value)}"`;
    return [{ name: "wrongForm", place: url.tree, message }];
  }
  if (!parsed.username && !parsed.password) return [];
  const hint = "Use an authorization header and secrets.";
  return [{ name: "wrongForm", place: url.tree, message: "url can't carry a user and password", hint }];
}

function methodFaults(given: MapTree): readonly Fault[] {
  const written = given.entries.get("method")?.value;
  const method = literal(given, "method");
  const known = httpMethods.find((each) => each === method?.value.toUpperCase());
  if (method && known === undefined) {
    const message = `${describe(method.tree)} is not a value of method: use ${listed(httpMethods)}`;
    const hint = didYouMean(method.value, httpMethods);
    return [{ name: "unknownValue", place: method.tree, message, hint }];
  }
  const body = given.entries.get("body");
  const bodiless = isAbsent(written) ? "GET" : known;
  if (!body || isAbsent(body.value) || (bodiless !== "GET" && bodiless !== "HEAD")) return [];
  const message = `a ${bodiless} request can't have a body`;
  return [{ name: "contradiction", place: body.key, message, hint: "Give method: POST, or another." }];
}

function headerFaults(given: MapTree): readonly Fault[] {
  return [...(mapOf(given.entries.get("headers")?.value)?.entries ?? [])].flatMap(([name, { key }]) =>
    framing.test(name)
      ? [
          {
            name: "unknownActionInput",
            place: key,
            message: `the header ${short(name)} can't be set by a workflow`,
          },
        ]
      : [],
  );
}

function timeoutFaults(given: MapTree): readonly Fault[] {
  const tree = given.entries.get("timeout")?.value;
  const value = tree?.type === "scalar" ? tree.value : null;
  if (tree === undefined || value === null || isOpen(value)) return [];
  const ms = durationMs(value);
  if (ms !== null && ms >= 1 && ms <= longestTimeoutMs) return [];
  if (ms !== null) {
    return [
      {
        name: "outOfRange",
        place: tree,
        message: `timeout of http.request must be from 1ms to 5m, not ${value}`,
      },
    ];
  }
  const message = `timeout must be a duration such as 30s or 2m, not ${describe(tree)}`;
  return [{ name: "wrongForm", place: tree, message }];
}

function workflowFaults(given: MapTree): readonly Fault[] {
  const workflow = literal(given, "workflow");
  const file = workflow?.value.replace(/^\.github\/workflows\//, "");
  if (workflow === undefined || file === undefined || (/^[\w.-]+$/.test(file) && !/^\.{1,2}$/.test(file)))
    return [];
  const message = `workflow must be the name of a file in .github/workflows, such as deploy.yml, not "${short(workflow.value)}"`;
  return [{ name: "wrongForm", place: workflow.tree, message }];
}

/** A text that holds no `{{…}}`. */
function literal(given: MapTree, key: string): { readonly tree: Tree; readonly value: string } | undefined {
  const tree = given.entries.get(key)?.value;
  if (tree?.type !== "scalar" || typeof tree.value !== "string" || isOpen(tree.value)) return undefined;
  return { tree, value: tree.value };
}

function isOpen(value: string | number | boolean): boolean {
  return typeof value === "string" && value.includes("{{");
}
