import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import type { RunningRun } from "../../../src/core/execution.ts";
import { isObject, type Json } from "../../../src/core/json.ts";
import type { StepKind } from "../../../src/core/workflow.ts";
import type { Clock } from "../../../src/engine/ports/clock.ts";
import type { StepRequest } from "../../../src/engine/ports/runner.ts";
import { createClients } from "../../../src/github/clients.ts";
import { anExecution, aRun } from "../../support/execution.ts";
import { aWorkflow } from "../../support/workflow.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
export const repository = "/repos/octo-org/octo-repo";

/** A clock on which every wait is over at once; it keeps the lengths asked for. */
export function hastyClock(): Clock & { readonly waits: number[] } {
  let now = Date.UTC(2026, 0, 1);
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    at(at, call) {
      waits.push(at - now);
      now = Math.max(now, at);
      let cancelled = false;
      queueMicrotask(() => {
        if (!cancelled) call();
      });
      return () => {
        cancelled = true;
      };
    },
  };
}

/** GitHub at its own address, answered by nock, that hands out any token asked for. */
export function aGitHub(): nock.Scope {
  return nock("https://api.github.com")
    .post("/app/installations/1/access_tokens")
    .optionally()
    .reply(201, { token: "ghs_test", expires_at: "2999-01-01T00:00:00Z" });
}

export function testClients() {
  return createClients({ appId: 7, privateKey: pem });
}

export interface RequestSketch {
  readonly mayHaveHappened?: boolean;
  readonly signal?: AbortSignal;
  readonly execution?: Parameters<typeof anExecution>[0];
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
  readonly run?: Partial<RunningRun>;
  readonly secrets?: readonly string[];
  /** Headers that the workflow's own text gives secrets to; all of the input unless given. */
  readonly secretHeaders?: readonly string[];
  /** The effect key; the same for all unless given. */
  readonly key?: string;
}

/** A step's request for the action (or the kind), on issue 1 of octo-org/octo-repo. */
export function aRequest(
  action: string | StepKind,
  input: Json = {},
  sketch: RequestSketch = {},
): StepRequest {
  const kind = typeof action === "string" ? ({ kind: "action", action } as const) : action;
  const headers = isObject(input) && isObject(input["headers"]) ? Object.keys(input["headers"]) : [];
  const { secrets = [], secretHeaders = headers.map((name) => name.toLowerCase()) } = sketch;
  const workflow = aWorkflow([{ id: "act", kind, secrets, secretHeaders }], {
    permissions: sketch.permissions ?? { issues: "write" },
  });
  const [step] = workflow.steps.steps;
  if (!step) throw new Error("the workflow has one step");
  return {
    workflow,
    step,
    execution: anExecution(sketch.execution),
    run: aRun({ input, ...sketch.run }),
    path: "act",
    input,
    key: sketch.key ?? "execution-1/1/act/1",
    mayHaveHappened: sketch.mayHaveHappened ?? false,
    signal: sketch.signal ?? new AbortController().signal,
  };
}
