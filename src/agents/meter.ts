import type { Spending } from "../core/execution.ts";
import type { AgentDefinition, Limits } from "../core/workflow.ts";
import { failure } from "./engine.ts";
import { type ModelPrice, priceVariable } from "./model-price.ts";

/** One answer's length: what the smallest of today's large models takes; more is refused by their APIs. */
const maxAnswerTokens = 16_384;
const million = 1_000_000;

/** What one attempt at an agent's work has used so far, failures included, beside what the agent may use. */
export class Meter {
  readonly #agent: AgentDefinition;
  readonly #price: ModelPrice | null;
  #tokens = 0;
  /** In millionths of a dollar, so that whole prices add up exactly. */
  #cost = 0;
  /** Whether it was the price that bounded the last answer. */
  #boundByCost = false;

  constructor(agent: AgentDefinition, price: ModelPrice | null) {
    this.#agent = agent;
    this.#price = price;
  }

  /** Without a known price the cost is 0. */
  get spending(): Pick<Spending, "tokens" | "costUsd"> {
    return { tokens: this.#tokens, costUsd: Math.round(this.#cost * 1_000) / (1_000 * million) };
  }

  add(input: number, output: number, total = input + output): void {
    this.#tokens += total;
    if (this.#price === null) return;
    // What is neither (a provider's own count of thought) costs as output does.
    const rest = Math.max(0, total - input - output);
    this.#cost += input * this.#price.inputUsd + (output + rest) * this.#price.outputUsd;
  }

  get isSpent(): boolean {
    return this.#tokens >= (this.#agent.limits.tokens ?? Infinity) || this.#cost >= this.#mostCost;
  }

  get #mostCost(): number {
    return (this.#agent.limits.costUsd ?? Infinity) * million;
  }

  /** How long the next answer may be, at least 1 token. */
  bound(): number {
    const left = this.#mostCost - this.#cost;
    const affordable = this.#price?.outputUsd ? left / this.#price.outputUsd : Infinity;
    const allowed = Math.min((this.#agent.limits.tokens ?? Infinity) - this.#tokens, maxAnswerTokens);
    this.#boundByCost = affordable < allowed;
    return Math.max(1, Math.floor(Math.min(affordable, allowed)));
  }

  /** The failed attempt of an agent that has used up what it may use. */
  overLimit(): ReturnType<typeof failure> {
    const { name, limits } = this.#agent;
    const words = (used: string, key: string) =>
      `agent "${name}" used up the ${used} before it had answered. Raise limits.${key}.`;
    if (this.#tokens >= (limits.tokens ?? Infinity)) {
      return failure("token_limit", words(`${limits.tokens} tokens`, "tokens"));
    }
    if (this.#boundByCost || this.#cost >= this.#mostCost) {
      return failure("cost_limit", words(`$${limits.costUsd} it may cost`, "cost_usd"));
    }
    const used = limits.tokens ?? `${maxAnswerTokens}`;
    const more = limits.tokens === null ? " an answer may have" : "";
    return failure("token_limit", words(`${used} tokens${more}`, "tokens"));
  }
}

/** The failed attempt where a limit in dollars can't be held because nobody knows the price, else null. */
export function unknownPrice(
  agent: AgentDefinition,
  limits: Limits,
  price: ModelPrice | null,
  model: string,
): ReturnType<typeof failure> | null {
  if (price !== null || (agent.limits.costUsd === null && limits.costUsd === null)) return null;
  const whose = agent.limits.costUsd === null ? "the workflow" : `agent "${agent.name}"`;
  return failure(
    "unknown_price",
    `${whose} has limits.cost_usd, and the price of ${model} is not known. Set ${priceVariable}=INPUT:OUTPUT on the ` +
      "server, in US dollars per million tokens, or limit tokens instead.",
  );
}
