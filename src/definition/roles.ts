/** The roles that ship, by the names that steps use; what each is told to do lives with the agents. */
export const shippedRoles = [
  { name: "bug-triage-agent", produces: null },
  { name: "project-manager", produces: null },
  { name: "coding-agent", produces: "pull_request" },
  { name: "code-reviewer", produces: null },
  { name: "qa-agent", produces: null },
  { name: "devops-agent", produces: null },
  { name: "release-manager", produces: null },
  { name: "scrum-master", produces: null },
  { name: "business-analyst", produces: null },
  { name: "security-agent", produces: null },
  { name: "performance-agent", produces: null },
  { name: "documentation-agent", produces: null },
  { name: "ui-ux-agent", produces: null },
  { name: "data-analyst", produces: null },
  { name: "support-agent", produces: null },
  { name: "architect", produces: null },
] as const satisfies readonly { readonly name: string; readonly produces: "pull_request" | null }[];
