import type { LookupOptions } from "node:dns";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { guardedLookup, isPublicAddress } from "../../../src/github/actions/http/addresses.ts";
import { createActionRunner, type HttpOptions } from "../../../src/github/actions/index.ts";
import { aRequest, hastyClock, type RequestSketch, testClients } from "./support.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;
interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const answers = new Map<string, Answer>();
const heard: Heard[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    const { method, url, headers } = request;
    heard.push({ method, url, headers, body });
    const answer = answers.get(url ?? "") ?? ((_, bare) => bare.writeHead(404).end("not here"));
    answer(request, response, body);
  });
});
let host: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  answers.clear();
  heard.length = 0;
});

const secrets = new Map([
  ["SLACK_TOKEN", "xoxb-p4ss/w0rd+"],
  ["PIN", "271828"],
  ["BROKEN", "a\nb"],
  ["PINNED", "p1nned"],
]);

function call(input: Json, sketch: RequestSketch = {}, options: HttpOptions = {}) {
  const runner = createActionRunner({
    clients: testClients(),
    clock: hastyClock(),
    http: {
      allowHosts: [host],
      secrets: {
        get(name, { owner }) {
          const value = owner === "octo-org" ? secrets.get(name) : undefined;
          return value === undefined ? null : { value, hosts: name === "PINNED" ? ["hooks.example"] : null };
        },
      },
      ...options,
    },
  });
  return runner.run(aRequest("http.request", input, sketch));
}

const on = (path: string, answer: Answer) => answers.set(path, answer);
const at = (path: string) => `http://${host}${path}`;
const reply =
  (status: number, headers: Record<string, string>, body: string | Buffer = ""): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(body);
const json = { "content-type": "application/json; charset=utf-8" };

describe("what is sent", () => {
  test("a GET without anything else", async () => {
    on("/a?b=c", reply(200, {}));
    await call({ url: at("/a?b=c") });
    expect(heard).toMatchObject([{ method: "GET", url: "/a?b=c", headers: { "user-agent": "hishamos" } }]);
    expect(heard[0]?.headers).not.toHaveProperty("content-length");
  });

  test.for([
    [{ text: "hé" }, '{"text":"hé"}', "application/json"],
    [[1, null], "[1,null]", "application/json"],
    ["a=b", "a=b", undefined],
    [null, "", undefined],
  ] as const)("a body of %j as %j", async ([body, sent, type]) => {
    on("/in", reply(200, {}));
    await call({ url: at("/in"), method: "POST", body });
    expect(heard[0]?.body).toBe(sent);
    expect(heard[0]?.headers["content-type"]).toBe(type);
  });

  test("headers, and a content type of one's own", async () => {
    on("/in", reply(200, {}));
    const headers = { "X-Count": 3, "X-Dry": true, "Content-Type": "application/vnd.x+json" };
    await call({ url: at("/in"), method: "PUT", headers, body: {} });
    expect(heard[0]?.headers).toMatchObject({
      "x-count": "3",
      "x-dry": "true",
      "content-type": "application/vnd.x+json",
    });
  });

  test.for<readonly [Json, string]>([
    [null, "invalid_input"],
    [{ url: "example.com" }, "invalid_input"],
    [{ url: "https://user:pass@example.com" }, "invalid_input"],
    [{ url: "http://example.com" }, "url_refused"],
    [{ url: "file:///etc/passwd" }, "url_refused"],
    [{ url: "https://example.com", method: "TRACE" }, "invalid_input"],
    [{ url: "https://example.com", timeout: "1h" }, "invalid_input"],
    [{ url: "https://example.com", timeout: "soon" }, "invalid_input"],
    [{ url: "https://example.com", body: "x" }, "invalid_input"],
    [{ url: "https://example.com", headers: ["a"] }, "invalid_input"],
    [{ url: "https://example.com", headers: { a: {} } }, "invalid_input"],
    [{ url: "https://example.com", headers: { "a b": "c" } }, "invalid_input"],
    [{ url: "https://example.com", headers: { a: "b\r\nc: d" } }, "invalid_input"],
    [{ url: "https://example.com", headers: { Host: "evil.example" } }, "reserved_input"],
    [{ url: "https://example.com", headers: { "transfer-encoding": "chunked" } }, "reserved_input"],
    [{ url: "https://example.com", headers: { "proxy-authorization": "x" } }, "reserved_input"],
  ])("%j is refused as %s", async ([input, code]) => {
    expect(await call(input)).toMatchObject({ type: "failed", error: { code, class: "error" } });
  });
});

describe("what comes back", () => {
  test.for<readonly [string, Record<string, string>, string | Buffer, Json]>([
    ["JSON", json, '{"ok":true}', { ok: true }],
    ["JSON by suffix", { "content-type": "application/problem+json" }, "[1]", [1]],
    ["what says it is JSON and is not", json, "{", "{"],
    ["a text", { "content-type": "text/plain" }, "hé", "hé"],
    ["JSON that says it is a text", { "content-type": "text/plain" }, "{}", "{}"],
    ["bytes", {}, Buffer.from([0xff, 0xfe, 0]), { base64: "//4A" }],
    ["nothing", {}, "", null],
    ["gzip that nobody asked for", { ...json, "content-encoding": "gzip" }, gzipSync("[2]"), [2]],
    ["brotli", { ...json, "content-encoding": "br" }, brotliCompressSync("[3]"), [3]],
  ])("%s is read", async ([, headers, body, read]) => {
    on("/out", reply(201, { ...headers, "x-request-id": "7", "set-cookie": "session=1" }, body));
    const result = await call({ url: at("/out") });
    expect(result).toMatchObject({
      type: "succeeded",
      output: { status: 201, headers: { "x-request-id": "7" }, body: read },
      effects: [],
    });
    expect(JSON.stringify(result)).not.toContain("session");
  });

  test("a write is in the ledger, without its query", async () => {
    on("/hook?key=1", reply(204, {}));
    expect(await call({ url: at("/hook?key=1"), method: "POST" })).toMatchObject({
      type: "succeeded",
      effects: [{ key: "execution-1/1/act/1", method: "http.request", ref: `POST ${at("/hook")}` }],
    });
  });

  test.for([
    ["a long body", reply(200, {}, "x".repeat(1_000_001))],
    ["a bomb", reply(200, { "content-encoding": "gzip" }, gzipSync("x".repeat(5_000_000)))],
    [
      "one without an end",
      (_: IncomingMessage, response: ServerResponse) => {
        const more = () => {
          while (response.writable && response.write("x".repeat(60_000)));
        };
        response.on("drain", more);
        more();
      },
    ],
  ] as const)("%s is refused", async ([, answer]) => {
    on("/long", answer);
    expect(await call({ url: at("/long") })).toMatchObject({
      type: "failed",
      error: { code: "output_too_large", class: "error" },
    });
  });

  const now = Date.UTC(2026, 0, 1);
  test.for<readonly [number, Record<string, string>, string, number | undefined]>([
    [400, {}, "error", undefined],
    [401, {}, "error", undefined],
    [404, { "retry-after": "5" }, "error", undefined],
    [429, { "retry-after": "30" }, "transient", now + 30_000],
    [429, { "retry-after": "Thu, 01 Jan 2026 00:10:00 GMT" }, "transient", now + 600_000],
    [500, {}, "transient", undefined],
    [503, { "retry-after": "soon" }, "transient", undefined],
    [503, { "retry-after": "1" }, "transient", now + 1_000],
  ])("%i with %j is a failure of class %s", async ([status, headers, failureClass, notBefore]) => {
    on("/bad", reply(status, headers, "so\nsorry"));
    const result = await call({ url: at("/bad"), method: "POST" });
    expect(result).toEqual({
      type: "failed",
      error: {
        code: `http_${status}`,
        message: `POST ${at("/bad")} answered ${status}: so sorry`,
        class: failureClass,
      },
      output: { status, headers: expect.objectContaining(headers), body: "so\nsorry" },
      effects: [],
      ...(notBefore === undefined ? {} : { notBefore }),
    });
  });

  test.for<readonly [string, Answer, Json]>([
    ["JSON is read", reply(422, json, '{"field":"email"}'), { status: 422, body: { field: "email" } }],
    ["too much is left out", reply(500, {}, "x".repeat(1_000_001)), { status: 500, body: null }],
    ["a gateway's is kept", reply(502, json, '"gone"'), { status: 502, body: "gone" }],
  ])("of a failure's answer %s", async ([, answer, output]) => {
    on("/bad", answer);
    expect(await call({ url: at("/bad"), method: "POST" })).toMatchObject({ type: "failed", output });
  });
});

describe("when no answer comes", () => {
  const cut: Answer = (request) => request.socket.destroy();
  const half: Answer = (request, response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("half", () => request.socket.destroy());
  };
  const idempotent = { headers: { "Idempotency-Key": "1" } };

  test.for<readonly [string, Answer, Json, string]>([
    ["a GET may be repeated", cut, {}, "network"],
    ["a GET whose answer breaks off may be repeated", half, {}, "network"],
    ["a POST is in doubt", cut, { method: "POST" }, "outcome_unknown"],
    ["a POST whose answer breaks off is in doubt", half, { method: "POST" }, "outcome_unknown"],
    ["a DELETE is in doubt", cut, { method: "DELETE" }, "outcome_unknown"],
    ["a POST with an Idempotency-Key may be repeated", cut, { method: "POST", ...idempotent }, "network"],
    ["a POST that a gateway lost is in doubt", reply(502, {}), { method: "POST" }, "outcome_unknown"],
    ["a GET that a gateway lost may be repeated", reply(504, {}), {}, "http_504"],
  ])("%s", async ([, answer, input, code]) => {
    on("/lost", answer);
    const result = await call({ url: at("/lost"), ...(input as object) });
    expect(result).toMatchObject({
      type: "failed",
      error: { code, class: code === "outcome_unknown" ? "error" : "transient" },
      effects: [],
    });
    expect(heard).toHaveLength(1);
  });

  test("a POST that never reached anybody is not in doubt", async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
    const gone = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
    await new Promise((done) => closed.close(done));
    const result = await call({ url: `http://${gone}/`, method: "POST" }, {}, { allowHosts: [gone] });
    expect(result).toMatchObject({ error: { code: "network", class: "transient" } });
  });

  test("a POST to a server that does not speak TLS was not sent", async () => {
    const result = await call({ url: `https://${host}/`, method: "POST" });
    expect(result).toMatchObject({ error: { code: "network", class: "transient" } });
    expect(heard).toEqual([]);
  });

  test.for([
    ["GET", "timeout", "timeout"],
    ["POST", "outcome_unknown", "error"],
  ] as const)("a %s over its own timeout is %s", async ([method, code, failureClass]) => {
    on("/slow", () => {});
    const result = await call({ url: at("/slow"), method, timeout: "50ms" });
    expect(result).toMatchObject({ type: "failed", error: { code, class: failureClass } });
  });

  test("a cancelled step stops at once", async () => {
    const controller = new AbortController();
    on("/slow", () => controller.abort());
    const result = await call({ url: at("/slow"), method: "POST" }, { signal: controller.signal });
    expect(result).toMatchObject({ type: "failed", error: { code: "cancelled" } });
  });

  test.for([
    ["GET", {}, "succeeded"],
    ["POST", {}, "outcome_unknown"],
    ["POST", { "idempotency-key": "1" }, "succeeded"],
  ] as const)("after a crash a %s with %j is %s", async ([method, headers, outcome]) => {
    on("/again", reply(200, {}));
    const result = await call({ url: at("/again"), method, headers }, { mayHaveHappened: true });
    expect(result.type === "failed" ? result.error.code : result.type).toBe(outcome);
    expect(heard).toHaveLength(outcome === "succeeded" ? 1 : 0);
  });
});

describe("only the public internet is called", () => {
  test.for([
    ["93.184.215.14", true],
    ["8.8.8.8", true],
    ["2606:4700:4700::1111", true],
    ["0.0.0.0", false],
    ["10.1.2.3", false],
    ["100.64.0.1", false],
    ["127.0.0.1", false],
    ["127.255.255.254", false],
    ["169.254.169.254", false],
    ["172.16.0.1", false],
    ["172.32.0.1", true],
    ["192.168.1.1", false],
    ["198.18.0.1", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["::", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:8.8.8.8", false],
    ["::127.0.0.1", false],
    ["64:ff9b::a00:1", false],
    ["fc00::1", false],
    ["fd00:ec2::254", false],
    ["fe80::1", false],
    ["ff02::1", false],
    ["2001::1", false],
    ["2001:db8::1", false],
    ["2002:7f00:1::", false],
    ["localhost", false],
    ["", false],
  ] as const)("%s is public: %s", ([address, answer]) => {
    expect(isPublicAddress(address)).toBe(answer);
  });

  test.for([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
  ])("%s is refused", async (url) => {
    const result = await call({ url });
    expect(result).toMatchObject({ type: "failed", error: { code: "url_refused", class: "error" } });
  });

  test.for<readonly [string, readonly string[]]>([
    ["a private address", ["10.0.0.5"]],
    ["a private one among public ones", ["8.8.8.8", "10.0.0.5"]],
    ["a mapped one", ["::ffff:10.0.0.5"]],
  ])("a name at %s is refused after it is resolved", async ([, addresses]) => {
    const asked: string[] = [];
    const result = await call(
      { url: "https://internal.example/", method: "POST" },
      {},
      {
        resolve: (name, done) => {
          asked.push(name);
          done(
            null,
            addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
          );
        },
      },
    );
    expect(asked).toEqual(["internal.example"]);
    expect(result).toMatchObject({ type: "failed", error: { code: "url_refused" } });
    expect(result.type === "failed" && result.error.message).toMatch(
      /internal\.example is at .*10\.0\.0\.5|a00:5/,
    );
  });

  const both = [
    { address: "8.8.8.8", family: 4 },
    { address: "2606:4700::1", family: 6 },
  ];
  test.for<readonly [LookupOptions, unknown]>([
    [{ all: true }, both],
    [{ all: true, family: 6 }, both.slice(1)],
    [{ all: true, family: "IPv4" }, both.slice(0, 1)],
    [{}, "8.8.8.8"],
    [{ family: "IPv6" }, "2606:4700::1"],
  ])(
    "of a public name, asked with %j, the addresses that were checked are the ones called",
    ([asked, told]) => {
      const answered: unknown[] = [];
      const lookup = guardedLookup((_, done) => done(null, both));
      lookup("public.example", asked, (error, addresses) => answered.push(error ?? addresses));
      expect(answered).toEqual([told]);
    },
  );

  test("a name that nobody knows is no private address", async () => {
    const result = await call(
      { url: "https://absent.example/", method: "POST" },
      {},
      {
        resolve: (_, done) =>
          done(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }), []),
      },
    );
    expect(result).toMatchObject({ error: { code: "network", class: "transient" } });
  });
});

describe("redirects", () => {
  test("of a GET are followed, within the same rules", async () => {
    on("/old", reply(302, { location: "/new" }));
    on("/new", reply(200, json, "1"));
    expect(await call({ url: at("/old") })).toMatchObject({ output: { status: 200, body: 1 } });
  });

  test.for([
    ["http://127.0.0.1:1/", "url_refused"],
    ["https://127.0.0.1:1/", "url_refused"],
    ["https://[::1]:1/", "url_refused"],
    ["http://example.com/", "url_refused"],
    ["file:///etc/passwd", "url_refused"],
    ["/loop", "network"],
  ] as const)("to %s lead to %s", async ([location, code]) => {
    on("/loop", reply(302, { location }));
    expect(await call({ url: at("/loop") })).toMatchObject({ type: "failed", error: { code } });
  });

  test("of a POST are the answer", async () => {
    on("/old", reply(303, { location: "/new" }));
    expect(await call({ url: at("/old"), method: "POST" })).toMatchObject({
      output: { status: 303, headers: { location: "/new" } },
    });
    expect(heard).toHaveLength(1);
  });

  test("to another origin leave headers and secrets behind", async () => {
    const other = createServer((request, response) => {
      heard.push({ method: request.method, url: request.url, headers: request.headers, body: "" });
      response.end("there");
    });
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const there = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    on("/old", reply(302, { location: `http://${there}/` }));
    const headers = { Authorization: "Bearer ${SLACK_TOKEN}" };
    const result = await call(
      { url: at("/old"), headers },
      { secrets: ["SLACK_TOKEN"] },
      { allowHosts: [host, there] },
    );
    other.closeAllConnections();
    other.close();
    expect(result).toMatchObject({ output: { body: "there" } });
    expect(heard.map((one) => one.headers.authorization)).toEqual(["Bearer xoxb-p4ss/w0rd+", undefined]);
  });
});

describe("secrets", () => {
  const token = "xoxb-p4ss/w0rd+";
  const headers = { Authorization: "Bearer ${SLACK_TOKEN}", "X-Both": "${SLACK_TOKEN}:${PIN}" };
  const declared = { secrets: ["SLACK_TOKEN", "PIN", "BROKEN", "ABSENT", "PINNED"] };

  test("are put into headers, and nowhere else", async () => {
    on("/in?${PIN}", reply(200, {}));
    on("/in?$%7BPIN%7D", reply(200, {}));
    await call({ url: at("/in?${PIN}"), method: "POST", headers, body: "${PIN}" }, declared);
    expect(heard).toMatchObject([
      {
        url: expect.not.stringContaining("271828"),
        body: "${PIN}",
        headers: { authorization: `Bearer ${token}`, "x-both": `${token}:271828` },
      },
    ]);
  });

  test.for([
    ["an undeclared one", { a: "${SLACK_TOKEN}" }, { secrets: ["PIN"] }, "unknown_secret"],
    ["one that is not set", { a: "${ABSENT}" }, declared, "unknown_secret"],
    ["one for another host", { a: "${PIN} ${PINNED}" }, declared, "secret_refused"],
    ["one that breaks a header", { a: "${BROKEN}" }, declared, "invalid_secret"],
    [
      "one that another repository may not use",
      { a: "${SLACK_TOKEN}" },
      { ...declared, execution: { repository: { id: 2, owner: "evil", name: "fork" } } },
      "unknown_secret",
    ],
  ] as const)("%s sends nothing", async ([, asked, sketch, code]) => {
    const result = await call({ url: at("/in"), headers: asked }, sketch);
    expect(result).toMatchObject({ type: "failed", error: { code } });
    expect(heard).toEqual([]);
  });

  test("that a stranger's text asks for stay a text", async () => {
    on("/in", reply(200, {}));
    const title = "${SLACK_TOKEN} ${ABSENT} ${UNDECLARED}";
    const given = { Authorization: "Bearer ${PIN}", "X-Title": title };
    const result = await call(
      { url: at("/in"), headers: given },
      { ...declared, secretHeaders: ["authorization"] },
    );
    expect(result).toMatchObject({ type: "succeeded" });
    expect(heard).toMatchObject([{ headers: { authorization: "Bearer 271828", "x-title": title } }]);
  });

  test("that hold what looks like another one are sent as they are", async () => {
    on("/in", reply(200, {}));
    const source = { get: (name: string) => ({ value: name === "A" ? "${PIN}" : "271828", hosts: [host] }) };
    const given = { headers: { a: "${A}", b: "${PIN}" } };
    await call({ url: at("/in"), ...given }, { secrets: ["A", "PIN"] }, { secrets: source });
    expect(heard).toMatchObject([{ headers: { a: "${PIN}", b: "271828" } }]);
  });

  const forms = [token, encodeURIComponent(token), Buffer.from(token).toString("base64"), "271828"];
  test.for<readonly [string, Answer]>([
    ["as JSON", reply(200, json, JSON.stringify({ [token]: [`say ${token}`, 271_828, { a: forms }] }))],
    ["as a text", reply(200, {}, forms.join(" "))],
    ["in a header", reply(200, { "x-echo": forms.join(" ") })],
    ["in an error", reply(400, {}, forms.join(" "))],
    ["in a transient error", reply(500, json, JSON.stringify({ forms }))],
  ])("that the other side sends back %s are nowhere in the result", async ([, answer]) => {
    on("/echo", answer);
    const result = await call({ url: at("/echo"), headers }, declared);
    const text = JSON.stringify(result);
    expect(text).toContain("***");
    for (const form of forms) expect(text).not.toContain(form);
  });
});
