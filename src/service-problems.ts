import type { ProblemMeaning, ProblemOf } from "./core/problem.ts";

/** What can keep the service from starting; the documentation is made from it. */
export const serviceProblems = {
  HOS701: {
    title: "The configuration can't be used",
    help: "An environment variable is missing or has a value that it can't have; the message names it and its form. All mistakes are told at once. The README's table lists every variable.",
  },
  HOS702: {
    title: "The address can't be listened on",
    help: "PORT and HOST name where the service listens: an address of this machine, and a port that is free and that the user may use.",
  },
  HOS703: {
    title: "The stored App can't be used",
    help: "The setup page keeps the App's credentials in app.json in the data directory, and the file there can't be read or is not what the page wrote. Credentials in the environment (APP_ID, PRIVATE_KEY, WEBHOOK_SECRET) are used instead of it.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type ServiceProblem = ProblemOf<typeof serviceProblems>;
