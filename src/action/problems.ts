import type { ProblemMeaning, ProblemOf } from "../core/problem.ts";

/** What a step of the GitHub Action can fail by, besides what it checks; the documentation is made from it. */
export const actionProblems = {
  HOS901: {
    title: "An input of the action can't be used",
    help: "What stands under `with:` is missing or has a form that it can't have; the message names the input and its form. All mistakes are told at once. The README's table lists every input.",
  },
  HOS902: {
    title: "The action is not in a job of GitHub Actions",
    help: "It reads the repository, the event and the run from the environment that GitHub's runner sets. On a machine of your own use the command `hishamos`.",
  },
  HOS903: {
    title: "The job may not show who it is",
    help: "`command: start` speaks to the service with an OpenID Connect token, which GitHub gives a job with `permissions: id-token: write`. A pull request from a fork never gets one.",
  },
  HOS904: {
    title: "The service can't be reached",
    help: "The address in `url` did not answer in time, again and again. It must be the service's HISHAMOS_URL, and the runner must be able to reach it.",
  },
  HOS905: {
    title: "The service has refused the start",
    help: "The message says why. Not found: the App must be installed on the repository, and the workflow's file must be valid on the default branch. Not known: `url` must be exactly the service's HISHAMOS_URL.",
  },
  HOS906: {
    title: "The execution did not complete",
    help: "It failed or was cancelled; the message names the step and the reason. `/hishamos retry` on the issue or pull request, or the page's button, continues it on a service; in a job the job is run again.",
  },
  HOS907: {
    title: "The execution still goes on",
    help: "The step has waited for as long as `timeout` says, or may no longer watch. The execution goes on where it runs. A longer `timeout` waits longer; `wait: false` ends the step once the execution has begun.",
  },
  HOS908: {
    title: "The workflow can't be run in this job",
    help: "`command: run` runs a workflow of the default branch, by its file's name without the ending: it has to be there, valid and `status: active`, and the subject has to exist. The message says which of these is not so.",
  },
  HOS909: {
    title: "The job has ended before the execution",
    help: "The time of the input `timeout` is over, or the job was cancelled; the execution was cancelled with it, as all its state is in the job. Raise `timeout`, or start workflows that wait for people for days on a service: `command: start`.",
  },
  HOS910: {
    title: "The job's token lacks a permission",
    help: "What the workflow shows on GitHub (comments, check runs) and hears from it needs `permissions:` of the job; the message has the line. The run goes on without: only a step that needs it fails. For a pull request from a fork GitHub lets every job only read.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type ActionProblem = ProblemOf<typeof actionProblems>;
