import { type Input, oneOf, optionalText, requiredText } from "../input.ts";
import type { Milestone } from "../model.ts";
import { createMilestone, deleteMilestone, editMilestone } from "../operations/milestones.ts";
import { listed } from "../pagination.ts";
import { invalid } from "../refusal.ts";
import { idParameter, type RepositoryCall, type Route, read, write } from "../router.ts";
import { milestoneJson } from "../serialize/milestone.ts";
import { found } from "../world.ts";
import { bodyOf } from "./issues.ts";

const ISSUES = ["issues", "pull_requests"];

function milestoneOf(call: RepositoryCall): Milestone {
  return found(call.repository.milestones.get(idParameter(call, "milestone_number")));
}

function dueOf(input: Input): number | undefined {
  const text = optionalText(input, "due_on");
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid("Milestone", "due_on", "invalid");
  return at;
}

function edited(input: Input) {
  return {
    description: bodyOf({ body: input["description"] }),
    state: oneOf(input, "state", ["open", "closed"], "Milestone"),
    dueAt: dueOf(input),
  };
}

export const milestoneRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/milestones", ISSUES, (call) => {
    const state = call.query.get("state") ?? "open";
    const fitting = [...call.repository.milestones.values()].filter(
      (one) => state === "all" || one.state === state,
    );
    return listed(call, fitting, (one) => milestoneJson(call.world, call.repository, one));
  }),
  write("POST /repos/{owner}/{repo}/milestones", ISSUES, "triage", (call) => {
    const { world, repository, by, input } = call;
    const title = requiredText(input, "title", "Milestone");
    const milestone = createMilestone(world, repository, by, { title, ...edited(input) });
    return { status: 201, body: milestoneJson(world, repository, milestone) };
  }),
  read("GET /repos/{owner}/{repo}/milestones/{milestone_number}", ISSUES, (call) => ({
    status: 200,
    body: milestoneJson(call.world, call.repository, milestoneOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/milestones/{milestone_number}", ISSUES, "triage", (call) => {
    const { world, repository, by, input } = call;
    const milestone = milestoneOf(call);
    const title = optionalText(input, "title");
    editMilestone(world, repository, milestone, by, { title, ...edited(input) });
    return { status: 200, body: milestoneJson(world, repository, milestone) };
  }),
  write("DELETE /repos/{owner}/{repo}/milestones/{milestone_number}", ISSUES, "triage", (call) => {
    deleteMilestone(call.world, call.repository, milestoneOf(call), call.by);
    return { status: 204 };
  }),
];
