import { createHash } from "node:crypto";
import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { unreachable } from "../../core/problem.ts";
import type {
  BlobStore,
  CarriedOut,
  SafeOutputs,
  SafeRequest,
  StepRequest,
  StepRunner,
} from "../../engine/ports/index.ts";
import { neutralise } from "../neutralise.ts";

/** Room is left for the marker below the text (GitHub takes 65,536 characters). */
const longestBody = 60_000;

/**
 * Carries out what agents ask for as actions of the same step, each with an effect key of its own, by the permissions of
 * the workflow. Texts are neutralised: they come from a model that has read strangers' texts.
 */
export function createSafeOutputs(actions: StepRunner, blobs: BlobStore): SafeOutputs {
  const recall = async (key: string) => {
    const kept = await blobs.get(blobKey(key), ownerOf(key));
    return kept === null ? null : (JSON.parse(kept.text) as Json);
  };
  return {
    recall,
    keep: async (key, answer) => {
      await blobs.put(blobKey(key), JSON.stringify(answer), ownerOf(key));
      return (await recall(key)) ?? answer;
    },
    carryOut: async (request, number, wanted, mayHaveHappened): Promise<CarriedOut> => {
      const result = await actions.run(asAction(request, number, wanted, mayHaveHappened));
      switch (result.type) {
        case "succeeded":
          return {
            type: "done",
            done: { type: wanted.type, url: pageOf(result.output) ?? subjectOf(request) },
            effects: result.effects,
          };
        case "failed":
          return result;
        case "parked":
          throw new Error(`${wanted.type} was parked`);
        default:
          return unreachable(result);
      }
    },
  };
}

/** The same step as if it were the action. What is `unique` for the step is its answer, not each thing done for it. */
function asAction(
  request: StepRequest,
  number: number,
  wanted: SafeRequest,
  mayHaveHappened: boolean,
): StepRequest {
  const { unique: _, ...run } = request.run;
  const { action, input } = actionOf(wanted);
  return {
    ...request,
    step: { ...request.step, kind: { kind: "action", action } },
    run,
    input,
    key: `${request.key}#${number}`,
    mayHaveHappened,
  };
}

function actionOf(wanted: SafeRequest): { readonly action: string; readonly input: JsonObject } {
  switch (wanted.type) {
    case "comment":
      return { action: "issues.createComment", input: { body: neutralise(wanted.body, longestBody) } };
    case "labels":
      return { action: "issues.addLabels", input: { labels: [...wanted.add] } };
    case "issue": {
      // Nothing in a title is read as markup or a mention.
      const title = wanted.title.replaceAll(/\s+/g, " ").trim().slice(0, 256);
      return { action: "issues.create", input: { title, body: neutralise(wanted.body, longestBody) } };
    }
    default:
      return unreachable(wanted);
  }
}

/** Labels have no page of their own, and of another subject only the number is known. */
function subjectOf({ run, execution }: StepRequest): string | null {
  return run.subject === undefined ? (execution.subject?.url ?? null) : null;
}

function pageOf(output: Json): string | null {
  const url = isObject(output) ? own(output, "html_url") : undefined;
  return typeof url === "string" ? url : null;
}

/** Blobs are otherwise named by the hash of what they hold; no text has this one's. */
/** The execution, with which every effect key begins. */
function ownerOf(key: string): string {
  return key.split("/", 1)[0] ?? key;
}

function blobKey(key: string): string {
  return createHash("sha256").update(`safe outputs of ${key}`).digest("hex");
}
