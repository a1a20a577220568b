import type { Execution } from "../../core/execution.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { parseCommands } from "../../github/commands/parse.ts";
import { closedIssues } from "../../github/links.ts";
import { labelNames, listAt, numberAt, objectAt, textAt, valueAt } from "../../github/payload.ts";
import { waitingSteps } from "../../github/pending.ts";
import type { Job } from "../job.ts";
import type { News } from "./happened.ts";
import type { Pages } from "./polled.ts";

export interface LookOptions {
  readonly pages: Pages;
  readonly job: Job;
  /** What happened before this (ms) is no news. */
  readonly since: number;
  /** Id of the comment that started the job, which is heard already. */
  readonly heard: number | null;
}

/**
 * What has happened since the last look to the issues and pull requests of these executions, oldest first: comments,
 * reviews, pull requests that were opened, closed or pushed to, issues closed or labeled, checks and runs that moved.
 */
export function createLook({ pages, job, since, heard }: LookOptions) {
  const { repository } = job;
  /** By what it is of, the state that was seen last. */
  const states = new Map<string, string>();
  let moves = 0;
  const iso = new Date(since).toISOString();

  function changed(key: string, state: string, before?: string): boolean {
    const last = states.get(key) ?? before;
    states.set(key, state);
    return last !== undefined && last !== state;
  }

  async function comments(number: number): Promise<News[]> {
    const listed = (await pages.readAll(`/issues/${number}/comments?since=${iso}`)).filter(isObject);
    const fresh = listed.filter(
      (comment) => timeOf(comment, "created_at") >= since && !startsAnother(comment),
    );
    if (fresh.length === 0) return [];
    const about = (await pages.read(`/issues/${number}`))?.data ?? { number };
    return fresh.flatMap((comment) => {
      const id = numberAt(comment, "id");
      if (id === null || id === heard) return [];
      const payload = { action: "created", issue: about, comment, sender: userOf(comment) };
      return [{ id: `comment-${id}`, event: "issue_comment", payload, at: timeOf(comment, "created_at") }];
    });
  }

  async function issue(number: number): Promise<News[]> {
    const data = (await pages.read(`/issues/${number}`))?.data;
    if (!isObject(data) || data["pull_request"]) return [];
    const at = timeOf(data, "updated_at");
    const told = async (action: string, label?: string): Promise<News> => ({
      id: `issue-${number}-${action}${label === undefined ? "" : `-${label}`}-${at}`,
      event: "issues",
      payload: {
        action,
        issue: data,
        sender: await doerOf(number, action, label),
        ...(label !== undefined && { label: { name: label } }),
      },
      at,
    });
    const news: News[] = [];
    const state = textAt(data, "state") ?? "";
    if (changed(`issue ${number}`, state)) news.push(await told(state === "closed" ? "closed" : "reopened"));
    const labels = labelNames(listAt(data, "labels"));
    const before = states.get(`labels ${number}`);
    states.set(`labels ${number}`, JSON.stringify(labels));
    if (before === undefined) return news;
    const last = JSON.parse(before) as readonly string[];
    for (const name of labels.filter((each) => !last.includes(each))) news.push(await told("labeled", name));
    for (const name of last.filter((each) => !labels.includes(each)))
      news.push(await told("unlabeled", name));
    return news;
  }

  /** Who did it last: what a workflow does itself does not cancel it. */
  async function doerOf(number: number, action: string, label?: string): Promise<JsonObject> {
    const events = await pages.readAll(`/issues/${number}/events`);
    const last = events.findLast(
      (event) =>
        textAt(event, "event") === action &&
        (label === undefined || textAt(event, "label", "name") === label),
    );
    return objectAt(last, "actor") ?? { login: "ghost", type: "User" };
  }

  async function pull(number: number, known: string | undefined): Promise<News[]> {
    const data = (await pages.read(`/pulls/${number}`))?.data;
    if (!isObject(data)) return [];
    const news = await reviews(number, data);
    const head = textAt(data, "head", "sha") ?? "";
    const at = timeOf(data, "updated_at");
    const told = (action: string, sender: JsonObject): News => ({
      id: `pull-${number}-${action}-${head}-${at}`,
      event: "pull_request",
      payload: { action, number, pull_request: data, sender },
      at,
    });
    const [knownState, knownHead] = known?.split(" ") ?? [];
    if (changed(`head ${number}`, head, knownHead)) news.push(told("synchronize", userOf(data)));
    const state = textAt(data, "state") ?? "";
    if (changed(`pull ${number}`, state, knownState)) {
      const action = state === "closed" ? "closed" : "reopened";
      news.push(told(action, objectAt(data, "merged_by") ?? (await doerOf(number, action))));
    }
    return news;
  }

  async function reviews(number: number, pull_request: JsonObject): Promise<News[]> {
    const listed = (await pages.readAll(`/pulls/${number}/reviews`)).filter(isObject);
    return listed.flatMap((review) => {
      const at = timeOf(review, "submitted_at");
      if (!(at >= since)) return [];
      const payload = {
        action: "submitted",
        review: { ...review, state: (textAt(review, "state") ?? "").toLowerCase() },
        pull_request,
        sender: userOf(review),
      };
      return [{ id: `review-${numberAt(review, "id")}`, event: "pull_request_review", payload, at }];
    });
  }

  /** Pull requests that say that they close one of these issues. */
  async function opened(issues: ReadonlySet<number>): Promise<News[]> {
    const page = await pages.read("/pulls?state=all&sort=created&direction=desc&per_page=30");
    const listed = Array.isArray(page?.data) ? (page.data as readonly Json[]).filter(isObject) : [];
    const found: News[] = [];
    for (const one of listed) {
      const at = timeOf(one, "created_at");
      const number = numberAt(one, "number");
      const text = `${textAt(one, "title") ?? ""}\n${textAt(one, "body") ?? ""}`;
      if (
        number === null ||
        !(at >= since) ||
        !closedIssues(text, repository).some((each) => issues.has(each))
      )
        continue;
      // A list tells less of each than a webhook does.
      const pull_request = (await pages.read(`/pulls/${number}`))?.data ?? one;
      const payload = { action: "opened", number, pull_request, sender: userOf(one) };
      found.push({ id: `opened-${number}`, event: "pull_request", payload, at });
    }
    return found;
  }

  /** GitHub tells of a check when it moves; here it is seen that one has. */
  async function checks(sha: string): Promise<News[]> {
    const runs = (await pages.read(`/commits/${sha}/check-runs?per_page=100`))?.data ?? null;
    const statuses = (await pages.read(`/commits/${sha}/statuses?per_page=100`))?.data ?? null;
    const state = JSON.stringify([
      listAt(runs, "check_runs").map((run) =>
        ["name", "status", "conclusion"].map((key) => textAt(run, key)),
      ),
      Array.isArray(statuses) ? statuses.map((status: Json) => numberAt(status, "id")) : [],
    ]);
    // Also at first: one may have moved between the step's own look and this one.
    if (!changed(`checks ${sha}`, state, "")) return [];
    moves += 1;
    const payload = { action: "completed", check_suite: { head_sha: sha, pull_requests: [] } };
    return [{ id: `checks-${sha}-${moves}`, event: "check_suite", payload, at: since }];
  }

  async function outside(execution: Execution): Promise<News[]> {
    const news: News[] = [];
    for (const waiting of waitingSteps(execution).values()) {
      if (waiting.for === "run") {
        const run = (await pages.read(`/actions/runs/${waiting.runId}`))?.data;
        if (!isObject(run) || textAt(run, "status") !== "completed") continue;
        const payload = {
          action: "completed",
          workflow_run: run,
          sender: userOf({ user: valueAt(run, "actor") ?? null }),
        };
        const at = timeOf(run, "updated_at");
        news.push({ id: `run-${waiting.runId}-${at}`, event: "workflow_run", payload, at });
      }
      if (waiting.for === "checks" && waiting.headSha !== null) news.push(...(await checks(waiting.headSha)));
    }
    return news;
  }

  return async (executions: readonly Execution[]): Promise<readonly News[]> => {
    const issues = new Set<number>();
    const pulls = new Map<number, string | undefined>();
    for (const { subject, linked, steps } of executions) {
      if (subject?.type === "pull_request") pulls.set(subject.number, undefined);
      else if (subject) issues.add(subject.number);
      for (const each of linked)
        pulls.set(each.number, `${each.state === "open" ? "open" : "closed"} ${each.head_sha}`);
      for (const { runs: all } of Object.values(steps)) {
        const number = all.at(-1)?.subject;
        if (number !== undefined && !pulls.has(number)) issues.add(number);
      }
    }
    const news = await Promise.all([
      ...[...issues, ...pulls.keys()].map(comments),
      ...[...issues].map(issue),
      ...[...pulls].map(([number, known]) => pull(number, known)),
      ...executions.map(outside),
      ...(issues.size > 0 ? [opened(issues)] : []),
    ]);
    return news.flat().toSorted((a, b) => a.at - b.at);
  };
}

/** A job runs one workflow: what would start another is for a service. */
function startsAnother(comment: JsonObject): boolean {
  return parseCommands(textAt(comment, "body") ?? "").some(
    (each) => each.kind === "command" && each.name === "run",
  );
}

function userOf(object: JsonObject): JsonObject {
  return objectAt(object, "user") ?? { login: "ghost", type: "User" };
}

function timeOf(object: JsonObject, key: string): number {
  return Date.parse(textAt(object, key) ?? "");
}
