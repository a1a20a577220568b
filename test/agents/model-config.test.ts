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
