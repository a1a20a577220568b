import {
  type Input,
  isObject,
  oneOf,
  optionalList,
  optionalNumber,
  optionalText,
  requiredText,
} from "../input.ts";
import type { CheckAction, CheckAnnotation, CheckRun, CheckSuite, Doer, Repository } from "../model.ts";
import { forbidden, invalid, invalidRequest } from "../refusal.ts";
import { checkRunInPayload, checkSuiteJson, suiteState } from "../serialize/check.ts";
import { announce } from "../webhooks/announce.ts";
import type { World } from "../world.ts";
import { suiteFor } from "./commits.ts";

// GitHub's limits on a check run (REST documentation, "Create a check run").
const TEXT_LIMIT = 65_535;
const ANNOTATIONS_PER_REQUEST = 50;
const ACTIONS = 3;
const ACTION_LIMITS = { label: 20, description: 40, identifier: 20 } as const;

const STATUSES = ["queued", "in_progress", "completed"] as const;
const CONCLUSIONS = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "timed_out",
] as const;
const LEVELS = ["notice", "warning", "failure"] as const;

interface Output {
  readonly title: string;
  readonly summary: string;
  readonly text: string | null;
  readonly annotations: readonly CheckAnnotation[];
}

function limited(value: string, limit: number): string {
  if (value.length > limit)
    throw invalidRequest(`Only ${limit} characters are allowed; ${value.length} were supplied.`);
  return value;
}

function readAnnotation(value: unknown): CheckAnnotation {
  if (!isObject(value)) throw invalidRequest("For 'properties/annotations', an item is not an object.");
  const startLine = optionalNumber(value, "start_line");
  const endLine = optionalNumber(value, "end_line");
  const level = oneOf(value, "annotation_level", LEVELS, "CheckAnnotation");
  if (startLine === undefined || endLine === undefined || level === undefined) {
    throw invalidRequest('"start_line", "end_line", "annotation_level" weren\'t supplied.');
  }
  return {
    path: requiredText(value, "path", "CheckAnnotation"),
    start_line: startLine,
    end_line: endLine,
    start_column: optionalNumber(value, "start_column") ?? null,
    end_column: optionalNumber(value, "end_column") ?? null,
    annotation_level: level,
    message: requiredText(value, "message", "CheckAnnotation"),
    title: optionalText(value, "title") ?? null,
    raw_details: optionalText(value, "raw_details") ?? null,
  };
}

function readOutput(input: Input, former: CheckRun | undefined): Output | undefined {
  const output = input["output"];
  if (output === undefined || output === null) return undefined;
  if (!isObject(output)) throw invalidRequest("For 'properties/output', it is not an object.");
  const title = optionalText(output, "title") ?? former?.title ?? undefined;
  const summary = optionalText(output, "summary") ?? former?.summary ?? undefined;
  if (title === undefined) throw invalidRequest('"title" wasn\'t supplied.');
  if (summary === undefined) throw invalidRequest('"summary" wasn\'t supplied.');
  const annotations = optionalList(output, "annotations") ?? [];
  if (annotations.length > ANNOTATIONS_PER_REQUEST) {
    throw invalidRequest(
      `No more than ${ANNOTATIONS_PER_REQUEST} items are allowed; ${annotations.length} were supplied.`,
    );
  }
  const text = optionalText(output, "text") ?? former?.text ?? null;
  return {
    title,
    summary: limited(summary, TEXT_LIMIT),
    text: text === null ? null : limited(text, TEXT_LIMIT),
    annotations: annotations.map(readAnnotation),
  };
}

function readActions(input: Input): CheckAction[] | undefined {
  const actions = optionalList(input, "actions");
  if (actions === undefined) return undefined;
  if (actions.length > ACTIONS)
    throw invalidRequest(`No more than ${ACTIONS} items are allowed; ${actions.length} were supplied.`);
  return actions.map((action) => {
    if (!isObject(action)) throw invalidRequest("For 'properties/actions', an item is not an object.");
    const field = (name: keyof typeof ACTION_LIMITS) =>
      limited(requiredText(action, name, "CheckRun"), ACTION_LIMITS[name]);
    return { label: field("label"), description: field("description"), identifier: field("identifier") };
  });
}

function readTime(input: Input, field: string): number | undefined {
  const text = optionalText(input, field);
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalidRequest(`For 'properties/${field}', ${text} is not a valid date-time.`);
  return at;
}

interface Progress {
  readonly status: CheckRun["status"];
  readonly conclusion: string | null;
  readonly completedAt: number | null;
}

/** A conclusion completes a run; a completed run must have one; any other status takes it back. */
function readProgress(world: World, input: Input, former: CheckRun | undefined): Progress {
  const conclusion = oneOf(input, "conclusion", CONCLUSIONS, "CheckRun");
  const stated = oneOf(input, "status", STATUSES, "CheckRun");
  const status = conclusion !== undefined ? "completed" : (stated ?? former?.status ?? "queued");
  if (status !== "completed") return { status, conclusion: null, completedAt: null };
  const final = conclusion ?? former?.conclusion ?? undefined;
  if (final === undefined) throw invalid("CheckRun", "conclusion", "missing_field");
  return {
    status,
    conclusion: final,
    completedAt: readTime(input, "completed_at") ?? former?.completedAt ?? world.now(),
  };
}

function announceRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: string,
  by: Doer,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const payload = { check_run: checkRunInPayload(world, repository, run), ...more };
  announce(world, { event: "check_run", action, repository, by, payload });
  if (action === "completed") announceSuite(world, repository, run.suite, by);
}

/** With the last of its runs the suite is completed too. */
function announceSuite(world: World, repository: Repository, suite: CheckSuite, by: Doer): void {
  if (suiteState(repository, suite).status !== "completed") return;
  const payload = { check_suite: checkSuiteJson(world, repository, suite) };
  announce(world, { event: "check_suite", action: "completed", repository, by, payload });
}

function applyOutput(run: CheckRun, output: Output | undefined): void {
  if (output === undefined) return;
  run.title = output.title;
  run.summary = output.summary;
  run.text = output.text;
  run.annotations = [...run.annotations, ...output.annotations];
}

/** `suite`: the App's own at that commit unless given. */
export function createCheckRun(
  world: World,
  repository: Repository,
  by: Doer,
  input: Input,
  suite?: CheckSuite,
): CheckRun {
  const name = requiredText(input, "name", "CheckRun");
  const sha = requiredText(input, "head_sha", "CheckRun");
  if (!repository.git.commits.has(sha)) throw invalidRequest(`No commit found for SHA: ${sha}`);
  const output = readOutput(input, undefined);
  const progress = readProgress(world, input, undefined);
  const actions = readActions(input) ?? [];
  const run: CheckRun = {
    id: world.nextId(),
    suite: suite ?? suiteFor(world, repository, sha, null, null, by.app ?? world.app).suite,
    headSha: sha,
    name,
    externalId: optionalText(input, "external_id") ?? null,
    detailsUrl: optionalText(input, "details_url") ?? null,
    ...progress,
    startedAt: readTime(input, "started_at") ?? world.now(),
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions,
  };
  applyOutput(run, output);
  repository.checkRuns.set(run.id, run);
  announceRun(world, repository, run, "created", by);
  if (run.status === "completed") announceRun(world, repository, run, "completed", by);
  return run;
}

/** Annotations are appended; every other field is replaced where given. */
export function updateCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  by: Doer,
  input: Input,
): void {
  if (by.app !== run.suite.app)
    throw forbidden(
      "Invalid app_id `" +
        (by.app?.id ?? "") +
        "` - check run can only be modified by the GitHub App that created it.",
    );
  const output = readOutput(input, run);
  const progress = readProgress(world, input, run);
  const actions = readActions(input);
  const wasCompleted = run.status === "completed";
  Object.assign(run, progress);
  run.name = optionalText(input, "name") ?? run.name;
  run.externalId = optionalText(input, "external_id") ?? run.externalId;
  run.detailsUrl = optionalText(input, "details_url") ?? run.detailsUrl;
  run.startedAt = readTime(input, "started_at") ?? run.startedAt;
  run.actions = actions ?? run.actions;
  applyOutput(run, output);
  world.changed();
  if (run.status === "completed" && !wasCompleted) announceRun(world, repository, run, "completed", by);
}

/** The "Re-run" button: it asks the App for another run and changes nothing by itself. */
export function rerequestRun(world: World, repository: Repository, run: CheckRun, by: Doer): void {
  announceRun(world, repository, run, "rerequested", by);
}

/** A click on one of the run's own buttons, which GitHub shows once the run is completed. */
export function requestAction(
  world: World,
  repository: Repository,
  run: CheckRun,
  by: Doer,
  identifier: string,
): void {
  announceRun(world, repository, run, "requested_action", by, { requested_action: { identifier } });
}
