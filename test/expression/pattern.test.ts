import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate, globMatches } from "../../src/expression/index.ts";

function matches(text: string, pattern: string, flag = ""): unknown {
  const evaluation = evaluate("matches(text, pattern, flag)", { text, pattern, flag });
  return "value" in evaluation ? evaluation.value : evaluation.problem.message;
}

const letters = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "1", "-");
const pattern = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    letters,
    fc.constantFrom("^", "$", "\\b", "\\B"),
    fc
      .tuple(letters, fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"))
      .map((parts) => parts.join("")),
    fc.array(tie("any"), { maxLength: 3 }).map((parts) => parts.join("")),
    fc.tuple(tie("any"), tie("any")).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie("any"), fc.constantFrom("*", "+", "?", "{2}"))
      .map(([inner, times]) => `(?:${inner})${times}`),
  ),
})).any;

test("matches finds what JavaScript's regular expressions find", () => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom("a", "b", "1", "-", "A", "\n"), maxLength: 8 }),
      fc.boolean(),
      (source, text, fold) => {
        expect(matches(text, source, fold ? "i" : "")).toBe(new RegExp(source, fold ? "iu" : "u").test(text));
      },
    ),
    { numRuns: 2_000 },
  );
});

test.for([
  ["😀", "^.$", true],
  ["é", "^[à-ü]$", true],
  ["a]", "[\\]]$", true],
  ["a-b", "[a-]-", true],
  ["x{", "\\{", true],
  ["\u00a0", "^\\s$", true],
] as const)("%j matches %s: %s", ([text, source, found]) => {
  expect(matches(text, source)).toBe(found);
});

test.for([
  ["(a", 'a "(" is not closed'],
  ["a)", 'unexpected ")"'],
  ["[a", "a [ is not closed"],
  ["*a", "nothing to repeat"],
  ["a**", "nothing to repeat"],
  ["^*", "an anchor can't be repeated"],
  ["a{3,1}", "{3,1} ends before it begins"],
  ["a{x", '"{" needs a backslash, or digits as in {2,5}'],
  ["(a)\\1", "backreferences aren't taken"],
  ["(?<=a)b", "lookaround, names and flags in a group aren't taken; (?:…) is"],
  ["\\q", 'unknown escape "\\q"'],
  ["[z-a]", "a range in [ ] ends before it begins"],
  ["a\\", "it ends in the middle"],
  ["(".repeat(60), "groups are nested more than 50 deep"],
  ["((a{99}){99}){99}", "the pattern is too large"],
  ["(((){9999}){9999}){9999}", "the pattern is too large"],
  ["a".repeat(1_001), "the pattern is longer than 1000 characters"],
] as const)("%s is refused: %s", ([source, why]) => {
  expect(matches("a", source)).toContain(why);
});

test.for(["(a*)*b", "(a|a)*b", "(a+)+$b", "(.*a){20}b"])("%s takes linear time on a long text", (source) => {
  // JavaScript's own engine would not come back from these.
  expect(matches("a".repeat(20_000), source)).toBe(false);
});

test("a long text under a large pattern is too much work, said in time", () => {
  expect(matches("a".repeat(900_000), "(a?){900}b")).toBe("the expression takes too much work");
});

// Rows of GitHub's filter pattern cheat sheet, and their opposites.
test.for([
  ["feature/*", "feature/my-branch", true],
  ["feature/*", "feature/beta-a/my-branch", false],
  ["feature/**", "feature/beta-a/my-branch", true],
  ["*", "main", true],
  ["*", "releases/10", false],
  ["**", "all/the/branches", true],
  ["*feature", "mona-feature", true],
  ["v2*", "v2.0", true],
  ["v[12].[0-9]+.[0-9]+", "v1.10.1", true],
  ["v[12].[0-9]+.[0-9]+", "v3.0.1", false],
  ["*.jsx?", "page.js", true],
  ["*.jsx?", "page.jsx", true],
  ["**.js", "src/js/app.js", true],
  ["docs/*", "docs/README.md", true],
  ["docs/*", "docs/a/b.md", false],
  ["docs/**/*.md", "docs/README.md", true],
  ["docs/**/*.md", "docs/a/markdown/file.md", true],
  ["**/docs/**", "docs/hello.md", true],
  ["**/docs/**", "dir/docs/my-file.txt", true],
  ["**/README.md", "README.md", true],
  ["**/README.md", "js/README.md", true],
  ["**/README.md", "js/OTHERREADME.md", false],
  ["**/*src/**", "my-src/code/js/app.js", true],
  ["**/*-post.md", "path/their-post.md", true],
  ["**/migrate-*.sql", "db/sept/migrate-v1.sql", true],
  ["a\\*", "a*", true],
  ["a\\*", "ab", false],
  ["a.b", "axb", false],
  ["", "", true],
] as const)("glob %s, %s: %s", ([source, text, found]) => {
  expect(globMatches(source, text)).toBe(found);
});
