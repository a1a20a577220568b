import { atWork } from "../../core/draft.ts";
import type { Execution } from "../../core/execution.ts";
import type { Workflow } from "../../core/workflow.ts";
import { cell, code } from "../neutralise.ts";
import { type WaitingStep, waitingSteps, waitingWords } from "./waiting.ts";

/** A child execution, as it is told in the table of the one above it. */
export interface ShownChild {
  readonly workflow: Workflow;
  readonly execution: Execution;
  /** Where it last asked somebody, or null where it has not. */
  readonly askedAt: string | null;
}

/** By execution id, those of children too. */
export type Children = ReadonlyMap<string, ShownChild>;

export const noChildren: Children = new Map();
/** Of many items at once, these are told; the others by their ids. */
const mostChildren = 20;
const namedAtOnce = 3;

/** What a step waits for, as the end of "it waits for"; a child by its name, with a link and what it does. Safe text. */
export function waitInWords({ waiting }: Pick<WaitingStep, "waiting">, children: Children): string {
  if (waiting.for !== "child") return cell(waitingWords(waiting));
  const child = children.get(waiting.execution);
  return child ? childInWords(child, children) : cell(waitingWords(waiting));
}

/** As `[qa](https://…): test waits for a person's answer (qa-agent)`. */
function childInWords(child: ShownChild, children: Children): string {
  const name = code(child.execution.workflow.stem).replaceAll("|", "\\|");
  const url = linkOf(child);
  return `${url === null ? name : `[${name}](${url})`}: ${nowInWords(child, children)}`;
}

/** Where it asked, while it waits for people; else what it is about. */
function linkOf({ workflow, execution, askedAt }: ShownChild): string | null {
  const asks = waitingSteps(workflow, execution).some(
    ({ waiting }) => waiting.for === "person" || waiting.for === "approval",
  );
  const url = (asks ? askedAt : null) ?? execution.subject?.url ?? null;
  return url !== null && /^https?:\/\/[^\s()<>|]+$/.test(url) ? url : null;
}

function nowInWords({ workflow, execution }: ShownChild, children: Children): string {
  if (execution.state !== "running") return execution.state;
  const waits = waitingSteps(workflow, execution).map(
    (one) => `${code(one.path)} waits for ${waitInWords(one, children)}`,
  );
  const working = atWork({ workflow, execution }).filter(({ run }) => run.waiting === null);
  const all = [...waits, ...working.map(({ at }) => `${code(at.path)} is at work`)];
  const more = all.length > namedAtOnce ? [`… and ${all.length - namedAtOnce} more`] : [];
  return [...all.slice(0, namedAtOnce), ...more].join("; ") || "running";
}

/** The children that it waits for, and theirs, the first ones; `read` gives null for one that is not there. */
export async function childrenOf(
  top: Pick<ShownChild, "workflow" | "execution">,
  read: (id: string) => Promise<ShownChild | null>,
): Promise<Children> {
  const found = new Map<string, ShownChild>();
  const look = async ({ workflow, execution }: Pick<ShownChild, "workflow" | "execution">): Promise<void> => {
    if (workflow.children.size === 0) return;
    for (const { waiting } of waitingSteps(workflow, execution)) {
      if (waiting.for !== "child" || found.size >= mostChildren || found.has(waiting.execution)) continue;
      const child = await read(waiting.execution);
      if (child === null) continue;
      found.set(waiting.execution, child);
      await look(child);
    }
  };
  await look(top);
  return found;
}
