import type { Execution } from "../core/execution.ts";

/** Stands where executions name the App's installation: a job of GitHub Actions has none. */
export const noInstallation = 0;

/** Whether it runs in a job, where no button is heard, and nothing at all once it has ended. */
export function isInJob({ installation }: Pick<Execution, "installation">): boolean {
  return installation === noInstallation;
}
