import { expect, test } from "vitest";
import { issuerAt } from "../../../src/github/gateway/identify.ts";

test.for([
  [undefined, "https://token.actions.githubusercontent.com"],
  ["https://api.github.com", "https://token.actions.githubusercontent.com"],
  ["https://ghes.example/api/v3", "https://ghes.example/_services/token"],
] as const)("the jobs of the GitHub at %s have tokens of %s", ([baseUrl, issuer]) => {
  expect(issuerAt(baseUrl)).toBe(issuer);
});
