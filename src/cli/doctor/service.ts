import { tryModel } from "../../agents/index.ts";
import type { Config } from "../../config.ts";
import { systemClock } from "../../engine/clock/system.ts";
import { counted, type Finding, ok, problem, reasonOf, skipped } from "./finding.ts";

const timeoutMs = 5_000;
const modelMs = 60_000;

/** What `/readyz` of a running service tells of itself. */
interface Ready {
  readonly status?: string;
  readonly checks?: Readonly<Record<string, { readonly ok: boolean; readonly error?: string }>>;
  readonly sweep?: { readonly at?: number; readonly error?: string | null } | null;
  readonly members?: number | null;
}

/** Whether a service answers, at HISHAMOS_URL or else on this machine. */
export async function checkService({ api, http }: Pick<Config, "api" | "http">): Promise<Finding> {
  const { host } = http;
  const local = ["0.0.0.0", "::"].includes(host) ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const base = api.publicUrl ?? `http://${local}:${http.port}`;
  let answer: Response;
  try {
    answer = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const message = `Nothing answers at ${base}: ${reasonOf(error)}.`;
    if (api.publicUrl === null) return skipped("service", `${message} It may not have been started yet.`);
    const wayOut = "Start the service, and see what stands between it and HISHAMOS_URL.";
    return problem("service", message, wayOut);
  }
  const ready = (await answer.json().catch(() => null)) as Ready | null;
  if (ready?.status === undefined) {
    const wayOut = "Set PORT or HISHAMOS_URL to where the service listens.";
    return problem("service", `What answers at ${base} is not this service (HTTP ${answer.status}).`, wayOut);
  }
  if (ready.status !== "ready") {
    const bad = Object.entries(ready.checks ?? {}).filter(([, check]) => !check.ok);
    const told = bad.map(([name, { error }]) => `${name}: ${error ?? "no answer"}`).join(", ");
    return problem("service", `The service at ${base} is not ready: ${told}.`, "Its log says more.");
  }
  const { sweep, members } = ready;
  if (typeof sweep?.error === "string") {
    const message = `The service at ${base} could not look for webhooks that it missed: ${sweep.error}.`;
    return problem("service", message, "Its log says more; it tries again by itself.");
  }
  const swept =
    typeof sweep?.at === "number"
      ? ` It last looked for missed webhooks at ${new Date(sweep.at).toISOString()}.`
      : "";
  const processes =
    typeof members === "number" && members > 1 ? `, ${counted(members, "process", "processes")}` : "";
  return ok("service", `The service at ${base} is ready${processes}.${swept}`);
}

/** What agents think with; the model itself is asked only where that is wanted, as it may cost something. */
export async function checkModel(model: Config["model"], ask: boolean): Promise<Finding> {
  if (model === null) return ok("model", "None is configured: people are asked instead.");
  const name = `${model.provider}:${model.model}`;
  if (!ask) return ok("model", `${name} is configured; --model asks it one word.`);
  const wrong = await tryModel(model, systemClock, AbortSignal.timeout(modelMs));
  return wrong === null
    ? ok("model", `${name} answers.`)
    : problem("model", `The model does not answer: ${wrong}`, "Set HISHAMOS_MODEL and its key.");
}
