import { isObject, type Json, type JsonObject, own } from "../../../core/json.ts";
import { unreachable } from "../../../core/problem.ts";
import type { StepResult } from "../../../engine/ports/runner.ts";
import { failureOf, isRequestFailure } from "../errors.ts";
import { perform } from "../perform.ts";
import { type ActionContext, failed } from "../results.ts";
import { correlation, findRun, keyInput } from "./find.ts";
import { headOf } from "./head.ts";
import { dispatchEffect, endEffect, ledgerOf } from "./ledger.ts";
import { outputArtifact, resultsOf } from "./results.ts";

/** GitHub's clock and ours may differ by this much (ms) when a run of ours is looked for. */
const tolerance = 60_000;

interface Wanted {
  readonly workflow: string | number;
  readonly ref: string | null;
  /** As GitHub hands them on: every input of a dispatch is a text. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * `actions.run` {workflow, ref?, inputs?}: dispatches a workflow of GitHub Actions, parks, and when it is woken looks
 * whether the run is over. Output {run_id, url, conclusion, head_sha, results}. A run that did not succeed fails the
 * step as `run_CONCLUSION`, with the same output but `results`; a retry dispatches another one. Where it is cancelled
 * while it is parked, the run goes on.
 */
export async function runWorkflow(context: ActionContext): Promise<StepResult> {
  const { request, clock } = context;
  const { run, key, signal } = request;
  const wanted = readInput(request.input);
  if ("refusal" in wanted) return wanted.refusal;
  const { open, nextKey } = ledgerOf(run, key);
  const result = open
    ? await perform({
        effect: { class: "read" },
        mayHaveHappened: false,
        call: () => look(context, open.runId),
        find: async () => null,
        clock,
        signal,
      })
    : await perform({
        effect: { class: "findable", find: async () => null },
        mayHaveHappened: request.mayHaveHappened || run.attempt > 1,
        call: () => dispatch(context, wanted, nextKey),
        find: () => search(context, wanted, nextKey),
        clock,
        signal,
      });
  switch (result.outcome) {
    case "done":
      return result.data as StepResult;
    case "refused":
      return { type: "failed", ...failureOf(result.error, clock.now()), effects: [] };
    case "unknown":
      throw new Error("what is findable has no unknown outcome");
    default:
      return unreachable(result);
  }
}

function readInput(input: Json): Wanted | { readonly refusal: StepResult } {
  const given = isObject(input) ? input : {};
  const workflow = own(given, "workflow");
  const ref = own(given, "ref") ?? null;
  const inputs = own(given, "inputs") ?? {};
  const refusal = (message: string) => ({ refusal: failed("invalid_input", message) });
  // GitHub takes a file's name here, and people write its path.
  const name = typeof workflow === "string" ? workflow.replace(/^\.github\/workflows\//, "") : workflow;
  const named = typeof name === "number" || (typeof name === "string" && /^[\w.-]+$/.test(name));
  if (!named || name === "." || name === "..") {
    return refusal("actions.run needs `workflow`: the name of a file in .github/workflows, as deploy.yml.");
  }
  if (ref !== null && (typeof ref !== "string" || ref === "")) {
    return refusal("`ref` of actions.run must be a branch or a tag.");
  }
  if (!isObject(inputs)) return refusal("`inputs` of actions.run must be a map of names to values.");
  return { workflow: name, ref, inputs: asTexts(inputs) };
}

/** Null is left out, so that the workflow's default counts; lists and maps become JSON. */
function asTexts(inputs: JsonObject): Readonly<Record<string, string>> {
  const given = Object.entries(inputs).filter(([, value]) => value !== null);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

async function dispatch(context: ActionContext, wanted: Wanted, key: string): Promise<StepResult> {
  const ref = await refOf(context, wanted);
  if (typeof ref !== "string") return ref.refusal;
  const { runId, url } = await create(context, wanted, ref, key);
  return parked(key, runId, url);
}

/** The branch of the pull request it is about; where that is merged, the one it went to; else the default branch. */
async function refOf(
  context: ActionContext,
  wanted: Wanted,
): Promise<string | { readonly refusal: StepResult }> {
  if (wanted.ref !== null) return wanted.ref;
  const head = await headOf(context);
  if (!head) return defaultBranch(context);
  if (head.merged) return head.base;
  if (!head.isFork) return head.branch;
  return {
    refusal: failed(
      "fork_ref",
      `Pull request #${head.number} comes from a fork, and GitHub runs workflows only of branches of this repository. Give \`ref\`, as ${head.base}.`,
    ),
  };
}

/** With the key where the workflow takes it: GitHub refuses unknown inputs with 422, and then has done nothing. */
async function create(
  context: ActionContext,
  wanted: Wanted,
  ref: string,
  key: string,
): Promise<{ readonly runId: number; readonly url: string }> {
  const { octokit, request } = context;
  const { owner, name: repo } = request.execution.repository;
  const send = async (inputs: Wanted["inputs"]) => {
    const { data } = await octokit.request(
      "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
      {
        owner,
        repo,
        workflow_id: wanted.workflow,
        ref,
        inputs: { ...inputs },
        return_run_details: true,
        request: { retries: 0, signal: request.signal },
      },
    );
    const details = data as { readonly workflow_run_id: number; readonly html_url: string };
    return { runId: details.workflow_run_id, url: details.html_url };
  };
  try {
    return await send({ ...wanted.inputs, [keyInput]: correlation(key) });
  } catch (error) {
    const refused = isRequestFailure(error) && error.status === 422;
    if (!refused || own(wanted.inputs, keyInput) !== undefined) throw error;
    return await send(wanted.inputs);
  }
}

/** What an earlier attempt made: to be waited for; a question for a person where nothing tells; null: nothing. */
async function search(context: ActionContext, wanted: Wanted, key: string): Promise<StepResult | null> {
  const { octokit, request, slug } = context;
  const { execution, run, path, signal } = request;
  const found = await findRun({
    octokit,
    owner: execution.repository.owner,
    repo: execution.repository.name,
    workflow: wanted.workflow,
    key,
    slug: await slug(),
    since: run.enteredAt - tolerance,
    others: knownRuns(context),
    signal,
  });
  if ("mine" in found) return parked(key, found.mine.id, found.mine.html_url);
  if (found.maybe.length === 0) return null;
  const urls = found.maybe.map(({ html_url }) => html_url).join(", ");
  return failed(
    "outcome_unknown",
    `An earlier attempt may have dispatched ${wanted.workflow}, and these runs may be it: ${urls}. It is not dispatched again. If none is, \`/hishamos retry\`; if one is, \`/hishamos skip ${path}\` when it is over. Such a run is found by itself where the workflow declares an input ${keyInput} and shows it in its \`run-name\`.`,
  );
}

/** Runs that this execution has dispatched knowingly, in whatever step. */
function knownRuns({ request }: ActionContext): ReadonlySet<number> {
  const runs = Object.values(request.execution.steps).flatMap((step) => step.runs);
  const effects = [...runs, request.run].flatMap((run) => run.effects);
  return new Set(effects.filter(({ method }) => method === "actions.run").map(({ ref }) => Number(ref)));
}

async function defaultBranch({ octokit, request }: ActionContext): Promise<string> {
  const { owner, name: repo } = request.execution.repository;
  const { data } = await octokit.rest.repos.get({ owner, repo, request: { signal: request.signal } });
  return data.default_branch;
}

async function look(context: ActionContext, runId: number): Promise<StepResult> {
  const { octokit, request } = context;
  const { owner, name: repo } = request.execution.repository;
  const { signal, key } = request;
  const { data: run } = await octokit.rest.actions.getWorkflowRun({
    owner,
    repo,
    run_id: runId,
    request: { signal },
  });
  if (run.status !== "completed") {
    return { type: "parked", waiting: { for: "run", runId, url: run.html_url }, effects: [] };
  }
  const { head_sha, html_url: url } = run;
  const conclusion = run.conclusion ?? "unknown";
  const known = { run_id: runId, url, conclusion, head_sha };
  const ended = (code: string, message: string): StepResult => ({
    ...failed(code, message, known),
    effects: [endEffect(key, runId)],
  });
  if (conclusion !== "success") {
    return ended(`run_${conclusion}`, `The run of ${run.name ?? run.path} ended with ${conclusion}: ${url}`);
  }
  const read = await resultsOf({ octokit, owner, repo, runId, signal });
  if ("problem" in read) {
    const artifact = `its artifact ${outputArtifact} can't be used: ${read.problem}`;
    return ended("invalid_results", `The run succeeded, but ${artifact}. See ${url}`);
  }
  return { type: "succeeded", output: { ...known, results: read.results }, effects: [] };
}

function parked(key: string, runId: number, url: string): StepResult {
  return {
    type: "parked",
    waiting: { for: "run", runId, url },
    effects: [dispatchEffect(key, runId)],
  };
}
