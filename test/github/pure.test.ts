import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { matchesAny } from "../../src/github/glob.ts";
import { closedIssues } from "../../src/github/links.ts";
import { cell, code, neutralise } from "../../src/github/neutralise.ts";
import { trimPayload } from "../../src/github/trim.ts";

describe("closing keywords", () => {
  const repository = { owner: "Acme", name: "shop" };
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ["Fixes #3", [3]],
    ["fix #3, closes: #4 and RESOLVED #5", [3, 4, 5]],
    [
      "close #1 closed #2 closes #3 fix #4 fixed #5 fixes #6 resolve #7 resolves #8 resolved #9",
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
    ["Fixes acme/shop#12", [12]],
    ["Fixes acme/other#12", []],
    ["Fixes https://github.com/acme/shop/issues/7", [7]],
    ["Fixes http://127.0.0.1:3000/acme/shop/issues/7.", [7]],
    ["Fixes https://github.com/acme/other/issues/7", []],
    ["Fixes https://github.com/acme/shop/pull/7", []],
    ["See #3", []],
    ["prefixes #3", []],
    ["bug-fixes #3", []],
    ["fixes#3", []],
    ["fixes #3abc", []],
    ["fixes #0", []],
    ["fixes #3\nfixes #3", [3]],
    ["`fixes #3`", []],
    ["```\nfixes #3\n```", []],
    ["> fixes #3", []],
    ["<!-- fixes #3 -->", []],
  ];
  test.for(rows)("%s -> %j", ([text, numbers]) => {
    expect(closedIssues(text, repository)).toEqual(numbers);
  });

  test("a body of 64 KB is read in linear time", () => {
    expect(closedIssues("fixes https://a/".repeat(5_000), repository)).toEqual([]);
    expect(closedIssues(`fixes${" ".repeat(65_000)}#1`, repository)).toEqual([]);
  });
});

describe("filter patterns", () => {
  const rows: readonly (readonly [readonly string[], string, boolean])[] = [
    [[], "anything", true],
    [["main"], "main", true],
    [["main"], "mainly", false],
    [["releases/*"], "releases/v1", true],
    [["releases/*"], "releases/v1/x", false],
    [["releases/**"], "releases/v1/x", true],
    [["**"], "a/b", true],
    [["*"], "a/b", false],
    [["**.js"], "src/a.js", true],
    [["**/README.md"], "README.md", true],
    [["**/README.md"], "a/b/README.md", true],
    [["**/README.md"], "a/MYREADME.md", false],
    [["docs/**/*.md"], "docs/a.md", true],
    [["docs/**/*.md"], "docs/b/c/a.md", true],
    [["**/docs/**"], "docs/a", true],
    [["**/docs/**"], "a/docs/b/c", true],
    [["v[12].[0-9]+.[0-9]+"], "v1.10.1", true],
    [["v[12].[0-9]+.[0-9]+"], "v3.10.1", false],
    [["*.jsx?"], "page.js", true],
    [["*.jsx?"], "page.jsx", true],
    [["releases/**", "!releases/**-alpha"], "releases/1-alpha", false],
    [["releases/**", "!releases/**-alpha", "releases/1-*"], "releases/1-alpha", true],
    [["!main"], "topic", false],
    [["a.b"], "axb", false],
    [["a\\*"], "a*", true],
    [["a\\*"], "ab", false],
  ];
  test.for(rows)("%j and %s -> %s", ([patterns, name, matched]) => {
    expect(matchesAny(name, patterns)).toBe(matched);
  });

  test("no pattern takes long", () => {
    expect(matchesAny("a".repeat(2_000), [`${"*a".repeat(200)}b`])).toBe(false);
    expect(matchesAny("a/".repeat(1_000), [`${"**/".repeat(200)}b`])).toBe(false);
  });
});

describe("text of strangers", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["ask @mona or @acme/team", "ask @\u200Dmona or @\u200Dacme/team"],
    ["a@b.example", "a@\u200Db.example"],
    ["see #3", "see #\u200D3"],
    ["<!-- hishamos:1 -->", "&lt;!-- hishamos:1 --&gt;"],
    ["<img src=x>", "&lt;img src=x&gt;"],
    ["&lt;", "&amp;lt;"],
    ["![x](http://e.example/y.png)", "!\\[x](http://e.example/y.png)"],
  ];
  test.for(rows)("%s -> %s", ([text, safe]) => {
    expect(neutralise(text)).toBe(safe);
  });

  test("is bounded, on whole characters", () => {
    expect(neutralise("😀".repeat(2_000), 101)).toHaveLength(102);
    expect(neutralise("😀".repeat(2_000), 101).isWellFormed()).toBe(true);
  });

  test("in code keeps its backticks inside", () => {
    expect(code("a`b")).toBe("``a`b``");
    expect(code("`")).toBe("`` ` ``");
    expect(code("a\nb")).toBe("`a b`");
    expect(cell("a|b\nc")).toBe("a\\|b c");
  });
});

describe("trimming a payload", () => {
  const user = { login: "mona", id: 1, type: "User", avatar_url: "x", node_id: "U1", site_admin: false };
  test("keeps what expressions read and drops what only the API's clients need", () => {
    const payload: JsonObject = {
      action: "opened",
      issue: {
        url: "https://api/1",
        html_url: "https://github.com/acme/shop/issues/1",
        comments_url: "https://api/1/comments",
        node_id: "I1",
        number: 1,
        title: "It breaks",
        user,
        labels: [{ id: 1, url: "x", name: "bug" }],
        _links: { self: 1 },
      },
      repository: {
        id: 5,
        name: "shop",
        full_name: "acme/shop",
        owner: user,
        private: false,
        default_branch: "main",
        html_url: "h",
        forks: 3,
      },
      organization: { login: "acme", id: 9 },
      installation: { id: 3 },
      sender: user,
    };
    expect(trimPayload(payload)).toEqual({
      action: "opened",
      issue: {
        html_url: "https://github.com/acme/shop/issues/1",
        number: 1,
        title: "It breaks",
        user: { login: "mona", id: 1, type: "User" },
        labels: [{ id: 1, name: "bug" }],
      },
      repository: {
        id: 5,
        name: "shop",
        full_name: "acme/shop",
        private: false,
        default_branch: "main",
        html_url: "h",
        owner: { login: "mona" },
      },
      sender: { login: "mona", id: 1, type: "User" },
    });
  });

  const nested = (depth: number): JsonObject =>
    depth === 0 ? {} : { inner: nested(depth - 1), text: "x".repeat(100) };
  const large: readonly (readonly [string, JsonObject])[] = [
    ["a body of 1 MB", { issue: { number: 7, body: "x".repeat(1_000_000) } }],
    ["a body of control characters", { issue: { number: 7, body: "\u0001".repeat(60_000) } }],
    [
      "10,000 commits",
      {
        issue: { number: 7 },
        commits: Array.from({ length: 10_000 }, (_, id) => ({ id, message: "m".repeat(500) })),
      },
    ],
    [
      "10,000 keys",
      {
        issue: { number: 7 },
        ...Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, "v".repeat(50)])),
      },
    ],
    ["500 levels", { issue: { number: 7 }, deep: nested(500) }],
  ];
  test.for(large)("%s fits in 32 KB and keeps what is small", ([, payload]) => {
    const trimmed = trimPayload(payload);
    expect(JSON.stringify(trimmed).length).toBeLessThanOrEqual(32_768);
    expect(trimmed["issue"]).toMatchObject({ number: 7 });
  });

  test("a long body keeps its first 16 KB", () => {
    const trimmed = trimPayload({ issue: { body: "x".repeat(20_000) } });
    expect(JSON.stringify(trimmed).length).toBeGreaterThan(16_000);
  });

  test("makes text well-formed and keeps odd keys as keys", () => {
    const payload = JSON.parse('{"__proto__":{"a":"\\u0000\\ud800"},"constructor":1}') as JsonObject;
    expect(JSON.stringify(trimPayload(payload))).toBe('{"__proto__":{"a":"\uFFFD\uFFFD"},"constructor":1}');
  });
});
