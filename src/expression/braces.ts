import { Fault } from "./problems.ts";

/** One `{{ … }}` of a template: offsets of the text between the braces, in UTF-16 units. */
export interface Braces {
  readonly start: number;
  readonly end: number;
}

/** Finds the `{{ … }}` of a template; quotes count only between braces. */
export function findBraces(text: string): {
  readonly found: readonly Braces[];
  readonly faults: readonly Fault[];
} {
  const found: Braces[] = [];
  const faults: Fault[] = [];
  for (let open = text.indexOf("{{"); open !== -1; ) {
    if (text[open - 1] === "$") faults.push(actionsBraces(open - 1));
    const end = closing(text, open + 2);
    if (end instanceof Fault) {
      faults.push(end);
      break;
    }
    found.push({ start: open + 2, end });
    open = text.indexOf("{{", end + 2);
  }
  return { found, faults };
}

function closing(text: string, start: number): number | Fault {
  let quote = "";
  for (let at = start; at < text.length; at++) {
    const here = text[at] ?? "";
    const pair = text.slice(at, at + 2);
    if (pair === "{{") return quote === "" ? nestedBraces(at) : bracesInQuotes(at);
    if (quote !== "") {
      if (here === "\\") at++;
      else if (here === quote) quote = "";
    } else if (here === '"' || here === "'") quote = here;
    else if (pair === "}}") return at;
  }
  const hint = quote === "" ? undefined : `The text that begins with ${quote} is not closed.`;
  return new Fault("braces", 'a "{{" has no "}}"', hint, start - 2);
}

/**
 * Makes the grouping braces of a condition parentheses, unit by unit, so that positions stay.
 * `{{a}} > 3` becomes `( a ) > 3` in the sense of `((a)) > 3`.
 * @throws Fault where the braces don't group
 */
export function groupBraces(text: string): string {
  let grouped = "";
  let quote = "";
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const here = text[at] ?? "";
    const pair = text.slice(at, at + 2);
    if (quote !== "") {
      if (pair === "{{") throw bracesInQuotes(at);
      if (here === "\\") grouped += text[at++] ?? "";
      else if (here === quote) quote = "";
      grouped += text[at] ?? "";
      continue;
    }
    if (pair === "{{" || pair === "}}") {
      grouped += pair === "{{" ? openGroup(text, at, open) : closeGroup(text, at, open);
      at++;
      continue;
    }
    if (here === '"' || here === "'") quote = here;
    if (here === "(" || here === "[") open.push(here);
    if ((here === ")" || here === "]") && open.pop() === "{{") {
      throw new Fault("braces", `"${here}" closes nothing within its {{ }}`, undefined, at);
    }
    grouped += here;
  }
  if (open.includes("{{")) {
    throw new Fault("braces", 'a "{{" has no "}}"', undefined, text.lastIndexOf("{{"));
  }
  return grouped;
}

function openGroup(text: string, at: number, open: string[]): string {
  if (text[at - 1] === "$") throw actionsBraces(at - 1);
  if (open.includes("{{")) throw nestedBraces(at);
  open.push("{{");
  return "((";
}

function closeGroup(text: string, at: number, open: string[]): string {
  if (open.pop() !== "{{") throw new Fault("braces", '"}}" closes no "{{"', undefined, at);
  if (/\{\{\s*$/.test(text.slice(0, at))) throw emptyBraces(at);
  return "))";
}

export function emptyBraces(offset: number): Fault {
  return new Fault("braces", "there is nothing between {{ and }}", undefined, offset);
}

function nestedBraces(offset: number): Fault {
  return new Fault(
    "braces",
    '"{{" within {{ }}',
    "Names stand there by themselves: {{ steps.a.output }}.",
    offset,
  );
}

export function bracesInQuotes(offset: number): Fault {
  const hint = 'Drop the quotes, or write format("… {0} …", value).';
  return new Fault("bracesInQuotes", '"{{" inside a quoted text is never replaced', hint, offset);
}

function actionsBraces(offset: number): Fault {
  return new Fault(
    "actionsBraces",
    '"${{" is the form of GitHub Actions',
    'Write "{{ … }}" without "$".',
    offset,
  );
}
