import jsep from "jsep";
import { bracesInQuotes } from "./braces.ts";
import { limits } from "./limits.ts";
import { Fault } from "./problems.ts";

/** jsep's tree and where its nodes stand; offsets count UTF-16 units of the source. */
export interface SyntaxTree {
  readonly root: jsep.CoreExpression;
  /** Of every operand, its parentheses included. */
  readonly spans: ReadonlyMap<object, Span>;
  /** Of every bare name, without parentheses; for roots and member names. */
  readonly names: ReadonlyMap<object, number>;
  /** What stands in parentheses of its own. */
  readonly grouped: ReadonlySet<object>;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

// jsep's typings leave out the class that its documentation invites to extend. Source: jsep/src/jsep.js 1.6.0.
interface JsepParser {
  readonly expr: string;
  index: number;
  readonly char: string;
  gobbleSpaces(): void;
  gobbleExpression(): jsep.Expression | undefined;
  gobbleBinaryExpression(): jsep.Expression | undefined;
  gobbleToken(): jsep.Expression | undefined;
  gobbleIdentifier(): jsep.Expression;
  gobbleNumericLiteral(): jsep.Expression;
  gobbleStringLiteral(): jsep.Expression;
  gobbleArguments(termination: number): jsep.Expression[];
  gobbleGroup(): jsep.Expression | undefined;
  throwError(message: string): never;
}
interface JsepClass extends Record<string, unknown> {
  new (text: string): JsepParser;
}
const { Jsep } = jsep as unknown as { Jsep: JsepClass };

/**
 * jsep keeps its configuration in static fields of one class, shared with whatever else uses jsep in this
 * process. Parsing is synchronous, so ours is put in its place for the length of one parse.
 * Operators that we refuse are read all the same: a clear refusal beats "unexpected &".
 */
const configuration: Readonly<Record<string, unknown>> = {
  hooks: Object.create(null),
  literals: { true: true, false: false, null: null },
  this_str: "this",
  additional_identifier_chars: new Set(["_"]),
  unary_ops: { "-": 1, "!": 1, "~": 1, "+": 1 },
  max_unop_len: 1,
  // biome-ignore format: one line a precedence
  binary_ops: {
    "||": 1, "??": 1,
    "&&": 2, "|": 3, "^": 4, "&": 5,
    "==": 6, "!=": 6, "===": 6, "!==": 6,
    "<": 7, ">": 7, "<=": 7, ">=": 7, in: 7,
    "<<": 8, ">>": 8, ">>>": 8,
    "+": 9, "-": 9,
    "*": 10, "/": 10, "%": 10, "**": 11,
  },
  right_associative: new Set(["**"]),
  max_binop_len: 3,
};

/** jsep, made strict: one expression, commas between arguments, and positions. */
class Parser extends Jsep {
  readonly spans = new Map<object, Span>();
  readonly names = new Map<object, number>();
  readonly grouped = new Set<object>();
  #nesting = 0;
  #quoteStart = 0;

  parseAll(): jsep.Expression {
    const node = this.gobbleExpression();
    if (node === undefined) return this.#unexpected();
    if (this.index < this.expr.length) this.#unexpected();
    return node;
  }

  override gobbleExpression(): jsep.Expression | undefined {
    this.#enter();
    const test = this.gobbleBinaryExpression() || undefined;
    this.gobbleSpaces();
    const node = test !== undefined && this.char === "?" ? this.#gobbleConditional(test) : test;
    this.#nesting--;
    return node;
  }

  #gobbleConditional(test: jsep.Expression): jsep.Expression {
    this.index++;
    const consequent = this.gobbleExpression() ?? this.#unexpected();
    if (this.char !== ":") this.throwError('expected ":" and the other value of "? :"');
    this.index++;
    const alternate = this.gobbleExpression() ?? this.#unexpected();
    return { type: "ConditionalExpression", test, consequent, alternate };
  }

  override gobbleToken(): jsep.Expression | undefined {
    this.#enter();
    this.gobbleSpaces();
    const start = this.index;
    // jsep answers false, too, where there is no operand.
    const node = super.gobbleToken() || undefined;
    if (node !== undefined) {
      this.spans.set(node, { start, end: start + this.expr.slice(start, this.index).trimEnd().length });
    }
    this.#nesting--;
    return node;
  }

  override gobbleIdentifier(): jsep.Expression {
    const start = this.index;
    // A star is asked for as a name only after a dot: `labels.*`.
    const isStar = this.char === "*";
    const node = isStar ? { type: "Identifier", name: "*" } : super.gobbleIdentifier();
    if (isStar) this.index++;
    // jsep takes any character beyond ASCII as a letter, a no-break space too.
    const letters = /^\w*/.exec(this.expr.slice(start, this.index))?.[0].length ?? 0;
    if (!isStar && start + letters < this.index) {
      this.index = start + letters;
      this.#unexpected();
    }
    this.names.set(node, start);
    return node;
  }

  override gobbleNumericLiteral(): jsep.Expression {
    const start = this.index;
    const node = super.gobbleNumericLiteral();
    if (!Number.isFinite(node.value))
      throw new Fault("arithmetic", "the number is too large", undefined, start);
    return node;
  }

  override gobbleStringLiteral(): jsep.Expression {
    const start = this.index;
    this.#quoteStart = start;
    const node = super.gobbleStringLiteral();
    const braces = this.expr.slice(start, this.index).indexOf("{{");
    if (braces !== -1) throw bracesInQuotes(start + braces);
    // jsep drops the backslash of an escape it doesn't know: "\d" would silently become "d".
    for (const escape of this.expr.slice(start, this.index).matchAll(/\\(.)/gsu)) {
      if ("nrtbfv\\'\"/".includes(escape[1] ?? "")) continue;
      const hint = `For a backslash write two: "\\${escape[0]}".`;
      throw new Fault("syntax", `unknown escape "${escape[0]}" in a text`, hint, start + escape.index);
    }
    return node;
  }

  override gobbleArguments(termination: number): jsep.Expression[] {
    const close = String.fromCharCode(termination);
    const args: jsep.Expression[] = [];
    this.gobbleSpaces();
    while (this.char !== close) {
      args.push(this.gobbleExpression() ?? this.#unexpected(close));
      if (this.char !== "," && this.char !== close) this.#unexpected(close);
      if (this.char === ",") {
        this.index++;
        this.gobbleSpaces();
        if (this.char === close) this.#unexpected();
      }
    }
    this.index++;
    return args;
  }

  override gobbleGroup(): jsep.Expression {
    this.index++;
    const node = this.gobbleExpression() ?? this.#unexpected(")");
    if (this.char !== ")") this.#unexpected(")");
    this.index++;
    this.grouped.add(node);
    return node;
  }

  override throwError(message: string): never {
    if (message.startsWith("Unclosed quote")) {
      throw new Fault("syntax", "the text that begins here is not closed", undefined, this.#quoteStart);
    }
    // jsep's own "Unexpected" names neither the whole token nor the end.
    if (/^Unexpected (?!period)/.test(message)) this.#unexpected();
    throw new Fault("syntax", message.charAt(0).toLowerCase() + message.slice(1), undefined, this.index);
  }

  #enter(): void {
    if (++this.#nesting <= limits.nesting * 2) return;
    throw new Fault(
      "tooComplex",
      `brackets are nested more than ${limits.nesting} deep`,
      undefined,
      this.index,
    );
  }

  #unexpected(expected?: string): never {
    this.gobbleSpaces();
    const rest = this.expr.slice(this.index);
    const wanted = expected === undefined ? "" : `, expected "${expected}"`;
    if (rest === "")
      throw new Fault("syntax", `unexpected end of the expression${wanted}`, undefined, this.index);
    const token = /^(?:\w{1,40}|[=!<>&|]{1,3}|\{\{|.)/su.exec(rest)?.[0] ?? "";
    throw new Fault("syntax", `unexpected ${quoted(token)}${wanted}`, this.#hint(token), this.index);
  }

  #hint(token: string): string | undefined {
    const before = this.expr.slice(0, this.index).trimEnd();
    if (token === "'" && before.endsWith("'")) return "For a quote inside a text write \\'.";
    if (/\bnot$/.test(before)) return "Did you mean !?";
    if (/\bnew$/.test(before)) return "There is nothing to construct here: remove `new`.";
    return Object.hasOwn(tokenHints, token) ? tokenHints[token] : undefined;
  }
}

const tokenHints: Readonly<Record<string, string>> = {
  "=": "Did you mean ==?",
  "=>": "There are no functions of your own here; where, any and all go through lists.",
  and: "Did you mean &&?",
  or: "Did you mean ||?",
  is: "Did you mean ==?",
  not: "Did you mean !?",
  "`": "Write text in quotes, and use format for values in it.",
  "{{": "All of this is one expression already: leave {{ and }} away.",
  "{": "Values stand in an expression by their name alone; objects can't be written.",
  "/": "For regular expressions use matches(text, pattern).",
  $: 'Names have no dollar sign here. Write {{ … }} without "$".',
  ".": "A list of paths needs quotes; a number has one point.",
};

function quoted(token: string): string {
  return token === '"' ? `'"'` : `"${token}"`;
}

/**
 * Reads one expression by jsep's grammar.
 * @throws Fault where the text is no expression
 */
export function parseSyntax(source: string): SyntaxTree {
  if (source.length > limits.sourceLength) {
    const message = `the expression is longer than ${limits.sourceLength} characters`;
    throw new Fault("tooComplex", message, undefined, 0);
  }
  const parser = new Parser(source);
  const before = Object.fromEntries(Object.keys(configuration).map((name) => [name, Jsep[name]]));
  Object.assign(Jsep, configuration);
  try {
    const root = parser.parseAll() as jsep.CoreExpression;
    return { root, spans: parser.spans, names: parser.names, grouped: parser.grouped };
  } finally {
    Object.assign(Jsep, before);
  }
}
