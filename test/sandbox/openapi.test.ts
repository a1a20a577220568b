import { expect, test } from "vitest";
import { startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asNobody } from "./clients.ts";
import { createResponseChecker } from "./openapi.ts";

const checker = createResponseChecker();

test.for<readonly [string, (body: object) => object, readonly RegExp[]]>([
  ["nothing in what is right", (body) => body, []],
  [
    "a missing field",
    (body) => ({ ...body, labels_url: undefined }),
    [/must have required property 'labels_url'/],
  ],
  ["a wrong type", (body) => ({ ...body, number: "1" }), [/number must be integer/]],
  ["a null that is not allowed", (body) => ({ ...body, title: null }), [/title must be string/]],
])("the check of an answer notices %s", async ([, spoil, complaints]) => {
  await using sandbox = await startSandboxGitHub();
  sandbox.createRepository({ owner: "acme", name: "shop" });
  sandbox.as("mona").openIssue({ title: "One" });
  await asNobody(sandbox).rest.issues.get({ owner: "acme", repo: "shop", issue_number: 1 });
  const record = await sandbox.until(() => sandbox.requests()[0], { what: "the request" });
  const problems = checker.checkResponse({ ...record, responseBody: spoil(record.responseBody as object) });
  expect(problems).toEqual(complaints.map((complaint) => expect.stringMatching(complaint)));
});

test.for<readonly [string, object, readonly RegExp[]]>([
  ["nothing in what is right", {}, []],
  ["a missing field", { sender: undefined }, [/must have required property 'sender'/]],
  ["a wrong action", { action: "burnt" }, [/action must be equal to one of the allowed values/]],
])("the check of a webhook notices %s", async ([, spoil, complaints]) => {
  await using sandbox = await startSandboxGitHub();
  sandbox.createRepository({ owner: "acme", name: "shop" });
  const problems: string[] = [];
  sandbox.on("announcement", (one) =>
    problems.push(...checker.checkAnnouncement({ ...one, payload: { ...one.payload, ...spoil } })),
  );
  sandbox.as("mona").openIssue({ title: "One" });
  expect(problems).toEqual(complaints.map((complaint) => expect.stringMatching(complaint)));
});
