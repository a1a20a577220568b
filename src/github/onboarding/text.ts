/** The library's workflow that a repository begins with, and the label that starts it. */
export const firstWorkflow = {
  path: ".hishamos/bug-lifecycle.yml",
  source: new URL("../../../workflows-library/bug-lifecycle.yml", import.meta.url),
  label: "bug",
} as const;

export const onboardingTitle = "Try a first workflow: a bug from its report to the close";

/** What the pull request says; `hasLabel`: whether the repository has the label that starts the workflow. */
export function onboardingBody(hasLabel: boolean): string {
  const { label, path } = firstWorkflow;
  const start = hasLabel
    ? `Label an open issue \`${label}\`, or open one with that label.`
    : `Make the label \`${label}\`, which this repository does not have yet (or change \`labels:\` in the file), and label an open issue with it.`;
  return `This adds one file, \`${path}\`: it takes a bug from the report through triage, fix, review and QA to the deployment, and closes the issue at the end. Nothing runs before it is merged; the check of this pull request draws it and says what it would do.

### Try it

1. Merge this pull request.
2. ${start}
3. A comment on the issue shows where it is and who is asked for what. Answer there; nothing waits for a model where none is configured.

\`/hishamos help\` in a comment lists the commands, \`/hishamos cancel\` ends a run. The file is yours: change who is asked, how long, and what happens then.

### Not for you?

Close this pull request: it is not opened again, and without files in \`.hishamos/\` nothing happens in this repository.
`;
}
