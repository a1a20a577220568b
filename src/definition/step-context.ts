import type { RetryPolicy } from "../core/workflow.ts";
import type { ActionContext } from "./actions/index.ts";
import type { Agents } from "./agent-files.ts";
import type { Children } from "./children.ts";
import type { Expressions } from "./expressions.ts";
import type { Outline } from "./outline.ts";
import type { Problems } from "./problems.ts";
import type { Sites } from "./sites.ts";

/** What steps are read with: the file's problems and expressions, and what the workflow sets for all of them. */
export interface StepContext {
  readonly problems: Problems;
  readonly expressions: Expressions;
  readonly agents: Agents;
  readonly actions: Omit<ActionContext, "problems">;
  readonly children: Children;
  readonly outline: Outline;
  readonly sites: Sites;
  readonly defaults: { readonly retry: RetryPolicy; readonly timeoutMs: number | null };
}
