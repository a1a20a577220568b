import { didYouMean, nearest } from "../../core/nearest.ts";
import { short } from "../limits.ts";
import type { ProblemName } from "../problems.ts";
import type { Place } from "../source.ts";
import { describe } from "../structure.ts";
import type { MapTree, ScalarTree, Tree } from "../tree.ts";
import { alternatives, inWords, listed } from "./in-words.ts";
import type { Shape, Shapes } from "./shape.ts";

/** Something that an action would be refused for, and where it stands. */
export interface Fault {
  readonly name: ProblemName;
  readonly place: Place;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** How the value travels, and the text it was read from. */
export interface Reading {
  /** `text`: it is written into the address, where a number and its digits are the same. */
  readonly as: "text" | "json";
  readonly source: string;
}

/** What is wrong with a value before anything runs. A template says nothing: its value is not known yet. */
export function faultsOf(tree: Tree, shape: Shape, name: string, reading: Reading): readonly Fault[] {
  const forms = alternatives(shape);
  if (forms.includes("*")) return [];
  if (tree.type === "scalar") {
    // Null stands for nothing given; where something is required, that is told as missing.
    if (tree.broken || tree.value === null || isTemplate(tree)) return [];
    return forms.some((form) => accepts(form, tree, reading))
      ? []
      : [scalarFault(tree, shape, name, reading)];
  }
  // Octokit joins a list with commas.
  if (reading.as === "text" && tree.type === "list") return [];
  const found = forms.flatMap((form) => {
    const faults = partFaults(tree, form, name, reading);
    return faults === null ? [] : [faults];
  });
  return found.length === 0 ? [wrongType(tree, shape, name)] : likeliest(found);
}

/** The faults of the form that was probably meant: the types fit best, and the least is wrong. */
function likeliest(found: readonly (readonly Fault[])[]): readonly Fault[] {
  const wrongTypes = (faults: readonly Fault[]): number =>
    faults.filter((fault) => fault.name === "actionInputType").length;
  const [best = []] = found.toSorted((a, b) => wrongTypes(a) - wrongTypes(b) || a.length - b.length);
  return best;
}

/** Only one `{{…}}` keeps its type; two that touch are taken for one, which asks less. */
function isTemplate({ value }: ScalarTree): boolean {
  return typeof value === "string" && /^\{\{[^]*\}\}$/.test(value);
}

function accepts(form: Shape, tree: ScalarTree, reading: Reading): boolean {
  const { value } = tree;
  const asText = reading.as === "text";
  // With text around it, a `{{…}}` makes a text that nobody knows yet.
  const open = typeof value === "string" && value.includes("{{");
  if (typeof form !== "string") {
    if (form[0] === "a") return asText && accepts(form[1], tree, reading);
    if (form[0] !== "e") return false;
    return open || form.slice(1).some((each) => each === value || (asText && String(each) === String(value)));
  }
  const spelt = asText && typeof value === "string" ? value : null;
  switch (form) {
    case "s":
      return (
        typeof value === "string" || (asText && String(value) === reading.source.slice(tree.start, tree.end))
      );
    case "i":
      return spelt === null ? Number.isInteger(value) : open || /^-?\d+$/.test(spelt);
    case "n":
      return spelt === null ? typeof value === "number" : open || /^-?\d+(?:\.\d+)?$/.test(spelt);
    case "b":
      return spelt === null ? typeof value === "boolean" : open || /^(?:true|false)$/.test(spelt);
    case "0":
    case "o":
      return false;
    case "*":
      return true;
    default:
      return form satisfies never;
  }
}

function scalarFault(tree: ScalarTree, shape: Shape, name: string, reading: Reading): Fault {
  const forms = alternatives(shape);
  const words = forms.flatMap((form) =>
    typeof form !== "string" && form[0] === "e" ? form.slice(1).map(String) : [],
  );
  if (words.length > 0 && typeof tree.value === "string") {
    return {
      name: "unknownValue",
      place: tree,
      message: `${describe(tree)} is not a value of ${name}: use ${listed(words)}`,
      hint: didYouMean(tree.value, words),
    };
  }
  const written = short(reading.source.slice(tree.start, tree.end));
  return { ...wrongType(tree, shape, name), hint: scalarHint(tree, forms, written) };
}

function scalarHint({ value }: ScalarTree, forms: readonly Shape[], written: string): string | undefined {
  if (typeof value !== "string") {
    const text = forms.some(
      (form) => form === "s" || (typeof form !== "string" && form[0] === "e" && form.includes(String(value))),
    );
    return text ? `Put it in quotes: "${written}".` : undefined;
  }
  const takesList = forms.some(
    (form) => typeof form !== "string" && form[0] === "a" && alternatives(form[1]).includes("s"),
  );
  if (takesList) return `Write [${written}].`;
  const number = /^-?\d+(?:\.\d+)?$/.test(value) && forms.some((form) => form === "i" || form === "n");
  const truth = /^(?:true|false)$/.test(value) && forms.includes("b");
  return number || truth ? `Write it without quotes: ${value}.` : undefined;
}

/** Null where the form takes no list, or no map, at all. */
function partFaults(
  tree: Exclude<Tree, ScalarTree>,
  form: Shape,
  name: string,
  reading: Reading,
): readonly Fault[] | null {
  if (form === "o") return tree.type === "map" ? [] : null;
  if (typeof form === "string") return null;
  switch (form[0]) {
    case "a":
      return tree.type === "list"
        ? tree.items.flatMap((item, index) => faultsOf(item, form[1], `${name}[${index}]`, reading))
        : null;
    case "m":
      return tree.type === "map"
        ? [...tree.entries].flatMap(([key, { value }]) =>
            faultsOf(value, form[1], `${name}.${short(key)}`, reading),
          )
        : null;
    case "p":
      return tree.type === "map" ? mapFaults(tree, form, name, reading) : null;
    case "e":
    case "u":
      return null;
    default:
      return form satisfies never;
  }
}

function mapFaults(
  tree: MapTree,
  [, shapes, required = [], closed]: readonly ["p", Shapes, (readonly string[])?, 1?],
  name: string,
  reading: Reading,
): readonly Fault[] {
  const faults: Fault[] = [];
  const meant = new Set<string>();
  for (const [key, { key: place, value }] of tree.entries) {
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    if (shape !== undefined) {
      faults.push(...faultsOf(value, shape, `${name}.${key}`, reading));
      continue;
    }
    const near = nearest(
      key,
      Object.keys(shapes).filter((each) => !tree.entries.has(each)),
    );
    if (near !== undefined) meant.add(near);
    // GitHub drops what it doesn't know, so only a name that is nearly one of its own is a mistake for sure.
    if (!closed && near === undefined) continue;
    faults.push({
      name: "unknownActionInput",
      place,
      message: `${name} takes no "${short(key)}"`,
      hint: near === undefined ? `It takes ${listed(Object.keys(shapes))}.` : `Did you mean "${near}"?`,
    });
  }
  for (const key of required) {
    // One that is only misspelt is told already.
    if (meant.has(key) || !isAbsent(tree.entries.get(key)?.value)) continue;
    faults.push({
      name: "missingActionInput",
      place: { start: tree.start, end: tree.start },
      message: `${name}.${key} is missing`,
    });
  }
  return faults;
}

/** Nothing given, or null, which GitHub takes for the same. */
export function isAbsent(tree: Tree | undefined): boolean {
  return tree === undefined || (tree.type === "scalar" && tree.value === null && !tree.broken);
}

function wrongType(tree: Tree, shape: Shape, name: string): Fault {
  return {
    name: "actionInputType",
    place: tree,
    message: `${name} must be ${inWords(shape)}, not ${describe(tree)}`,
  };
}
