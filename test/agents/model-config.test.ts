import { describe, expect, test } from "vitest";
import { parseModel } from "../../src/agents/index.ts";

type Env = Readonly<Record<string, string>>;

describe("HISHAMOS_MODEL is taken", () => {
  test.for<[text: string, env: Env, config: object]>([
    [
      "anthropic:claude-sonnet-4-5",
      { ANTHROPIC_API_KEY: "k", OPENAI_API_KEY: "other" },
      {
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        url: "https://api.anthropic.com/v1",
        apiKey: "k",
        keyVariable: "ANTHROPIC_API_KEY",
      },
    ],
    [
      " openai : gpt-5-mini ",
      { OPENAI_API_KEY: " k\n" },
      { provider: "openai", model: "gpt-5-mini", url: "https://api.openai.com/v1", apiKey: "k" },
    ],
    [
      "openai:m",
      { HISHAMOS_MODEL_API_KEY: "own", OPENAI_API_KEY: "k", HISHAMOS_MODEL_URL: "https://proxy.example/v1/" },
      { url: "https://proxy.example/v1", apiKey: "own", keyVariable: "HISHAMOS_MODEL_API_KEY" },
    ],
    [
      "openai-compatible:llama3.3:70b",
      { HISHAMOS_MODEL_URL: "http://localhost:11434/v1", OPENAI_API_KEY: "must not leave" },
      { model: "llama3.3:70b", apiKey: null, keyVariable: "HISHAMOS_MODEL_API_KEY" },
    ],
  ])("%s", ([text, env, config]) => {
    expect(parseModel(text, env)).toMatchObject(config);
  });
});

describe("HISHAMOS_MODEL is refused with the right form", () => {
  const forms = "Write anthropic:claude-sonnet-4-5, or openai:gpt-5-mini, or openai-compatible:llama3.3:70b.";
  const local = { HISHAMOS_MODEL_URL: "http://localhost:1/v1" };
  test.for<[text: string, env: Env, problem: string]>([
    ["gpt-5", {}, `HOS641 HISHAMOS_MODEL names the unknown provider "gpt-5". ${forms}`],
    ["azure:x", {}, `HOS641 HISHAMOS_MODEL names the unknown provider "azure". ${forms}`],
    ["constructor:x", {}, `HOS641 HISHAMOS_MODEL names the unknown provider "constructor". ${forms}`],
    ["openai:", {}, "HOS641 HISHAMOS_MODEL names no model of openai. As openai:gpt-5-mini."],
    ["openai", {}, "HOS641 HISHAMOS_MODEL names no model of openai. As openai:gpt-5-mini."],
    [
      "openai-compatible:m",
      {},
      "HOS642 HISHAMOS_MODEL is openai-compatible, so HISHAMOS_MODEL_URL is needed. As http://localhost:11434/v1.",
    ],
    [
      "openai-compatible:m",
      { HISHAMOS_MODEL_URL: "localhost:11434" },
      "HOS642 HISHAMOS_MODEL_URL is not an http or https address. As http://localhost:11434/v1.",
    ],
    [
      "openai-compatible:m",
      { HISHAMOS_MODEL_URL: "https://u:p@h/v1" },
      "HOS642 HISHAMOS_MODEL_URL must hold no user, password, query or fragment. Put the key into HISHAMOS_MODEL_API_KEY.",
    ],
    [
      "openai:m",
      {},
      "HOS643 HISHAMOS_MODEL is openai, and there is no API key for it. Set OPENAI_API_KEY or HISHAMOS_MODEL_API_KEY.",
    ],
    [
      "anthropic:m",
      { OPENAI_API_KEY: "k" },
      "HOS643 HISHAMOS_MODEL is anthropic, and there is no API key for it. Set ANTHROPIC_API_KEY or HISHAMOS_MODEL_API_KEY.",
    ],
    [
      "openai-compatible:m",
      { ...local, HISHAMOS_MODEL_API_KEY: "a b" },
      "HOS643 HISHAMOS_MODEL_API_KEY holds characters that no API key has. Copy it again.",
    ],
  ])("%s %j", ([text, env, problem]) => {
    const result = parseModel(text, env);
    expect("code" in result && `${result.code} ${result.message} ${result.hint}`).toBe(problem);
  });
});

describe("the price of a model", () => {
  const priced = (text: string, price?: string) => {
    const env = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", HISHAMOS_MODEL_URL: "http://localhost:1/v1" };
    return parseModel(text, price === undefined ? env : { ...env, HISHAMOS_MODEL_PRICE: price });
  };

  test.for<[text: string, price: string | undefined, expected: readonly [number, number] | null]>([
    ["anthropic:claude-sonnet-4-5", undefined, [3, 15]],
    ["anthropic:claude-sonnet-4-5-20250929", undefined, [3, 15]],
    ["openai:gpt-5-mini", undefined, [0.25, 2]],
    ["openai:gpt-5-2025-08-07", undefined, [1.25, 10]],
    ["openai:gpt-5-pro", undefined, null],
    ["anthropic:claude-sonnet-9", undefined, null],
    ["openai-compatible:gpt-5-mini", undefined, null],
    ["openai-compatible:llama3.3:70b", "0:0", [0, 0]],
    ["openai:gpt-5-mini", " 0.2:1.75 ", [0.2, 1.75]],
    ["openai:gpt-5-mini", "", [0.25, 2]],
  ])("%s with HISHAMOS_MODEL_PRICE %j: %j", ([text, price, expected]) => {
    const [inputUsd, outputUsd] = expected ?? [];
    expect(priced(text, price)).toMatchObject({ price: expected && { inputUsd, outputUsd } });
  });

  test.for(["3", "3/15", "-1:2", "1e3:2", "3:15:1", "$3:$15", "3:", "1".repeat(1_000) + ":1"])(
    "HISHAMOS_MODEL_PRICE=%.20s is refused with the right form",
    (price) => {
      expect(priced("openai:gpt-5-mini", price)).toMatchObject({
        code: "HOS644",
        hint: "It takes US dollars per million tokens, INPUT:OUTPUT, as 3:15; 0:0 for a model that costs nothing.",
      });
    },
  );
});
