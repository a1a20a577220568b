import type { Problem } from "../core/problem.ts";
import { type ModelPrice, priceOf } from "./model-price.ts";
import type { ModelProblem } from "./problems.ts";

export interface ModelConfig {
  readonly provider: "anthropic" | "openai" | "openai-compatible";
  /** The provider's own name of the model. */
  readonly model: string;
  /** Base of the API, with its version: `https://api.openai.com/v1`. */
  readonly url: string;
  readonly apiKey: string | null;
  /** The environment variable to set or correct when the key is refused. */
  readonly keyVariable: string;
  /** Null where nobody knows it. */
  readonly price: ModelPrice | null;
}

interface ProviderFacts {
  readonly provider: ModelConfig["provider"];
  readonly url: string | null;
  /** The variable that the provider's own tools read, or null. */
  readonly keyVariable: string | null;
  readonly example: string;
}

const providers: ReadonlyMap<string, ProviderFacts> = new Map(
  (
    [
      {
        provider: "anthropic",
        url: "https://api.anthropic.com/v1",
        keyVariable: "ANTHROPIC_API_KEY",
        example: "anthropic:claude-sonnet-4-5",
      },
      {
        provider: "openai",
        url: "https://api.openai.com/v1",
        keyVariable: "OPENAI_API_KEY",
        example: "openai:gpt-5-mini",
      },
      // Its key is never OPENAI_API_KEY: that would hand one company's secret to another's server.
      {
        provider: "openai-compatible",
        url: null,
        keyVariable: null,
        example: "openai-compatible:llama3.3:70b",
      },
    ] satisfies ProviderFacts[]
  ).map((facts) => [facts.provider, facts]),
);
const ownKey = "HISHAMOS_MODEL_API_KEY";
const forms = `Write ${[...providers.values()].map(({ example }) => example).join(", or ")}.`;

/**
 * Reads HISHAMOS_MODEL (`text`), HISHAMOS_MODEL_URL, HISHAMOS_MODEL_PRICE and the API key's variable. A wrong or missing
 * value gives a problem that names the variable and the right form.
 */
export function parseModel(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): ModelConfig | Problem {
  const colon = text.indexOf(":");
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const model = colon < 0 ? "" : text.slice(colon + 1).trim();
  const facts = providers.get(name);
  if (facts === undefined) {
    return problem("HOS641", `HISHAMOS_MODEL names the unknown provider "${name}".`, forms);
  }
  if (model === "" || /\s/.test(model)) {
    return problem("HOS641", `HISHAMOS_MODEL names no model of ${name}.`, `As ${facts.example}.`);
  }
  const url = readUrl(env["HISHAMOS_MODEL_URL"]?.trim() || facts.url, name);
  if (typeof url !== "string") return url;
  const keyVariables = [ownKey, ...(facts.keyVariable === null ? [] : [facts.keyVariable])];
  const keyVariable = keyVariables.find((variable) => env[variable]?.trim());
  const apiKey = keyVariable === undefined ? null : (env[keyVariable]?.trim() ?? null);
  if (apiKey === null && facts.keyVariable !== null) {
    const message = `HISHAMOS_MODEL is ${name}, and there is no API key for it.`;
    return problem("HOS643", message, `Set ${keyVariables.toReversed().join(" or ")}.`);
  }
  // A line break or an umlaut in a header is refused by fetch with an error that says nothing.
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey)) {
    return problem(
      "HOS643",
      `${keyVariable ?? ownKey} holds characters that no API key has.`,
      "Copy it again.",
    );
  }
  const price = priceOf(facts.provider, model, env["HISHAMOS_MODEL_PRICE"]);
  if (price !== null && "code" in price) return price;
  return { provider: facts.provider, model, url, apiKey, keyVariable: keyVariable ?? ownKey, price };
}

function readUrl(text: string | null, provider: string): string | Problem {
  const hint = "As http://localhost:11434/v1.";
  if (text === null)
    return problem("HOS642", `HISHAMOS_MODEL is ${provider}, so HISHAMOS_MODEL_URL is needed.`, hint);
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return problem("HOS642", "HISHAMOS_MODEL_URL is not an http or https address.", hint);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const message = "HISHAMOS_MODEL_URL must hold no user, password, query or fragment.";
    return problem("HOS642", message, `Put the key into ${ownKey}.`);
  }
  return url.href.replace(/\/+$/, "");
}

function problem(code: ModelProblem["code"], message: string, hint: string): Problem {
  return { code, message, hint };
}
