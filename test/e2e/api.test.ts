import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inDirectory, REPO, Stage } from "./stage.ts";

const workflow = `name: Small
inputs: { note: { type: string, default: hello } }
agents:
  judge:
    instructions: Judge it.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer, maximum: 5 } } }
steps:
  - { id: judge, agent: judge, timeout: 1d }
  - { id: go, approval: { from: ["role:write"] }, timeout: 1d }
`;

interface Body {
  readonly workflows?: readonly { readonly id: string }[];
  readonly execution?: { readonly id: string };
}

test("over the API a workflow is started, watched and brought to its end by people with tokens of their own", async () => {
  const place = await inDirectory();
  const collaborators = { maya: "write", quinn: "write" } as const;
  const stage = await Stage.open(place, { files: { ".hishamos/small.yml": workflow }, collaborators });
  try {
    await stage.start();
    const url = `${stage.url}/api/v1/workflows`;
    const ask = async (login: string, path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${stage.sandbox.tokenFor(login)}`);
      const answer = await fetch(`${url}${path}`, { ...init, headers });
      return { status: answer.status, body: (await answer.json()) as Body };
    };
    const post = (login: string, path: string, body: object) =>
      ask(login, path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });

    const { body: listed } = await ask("maya", `/?repository=${REPO}`);
    const id = listed.workflows?.[0]?.id;
    expect(await post("maya", `/${id}/execute/`, { inputs: { note: 5 } })).toMatchObject({ status: 422 });
    const started = await post("maya", `/${id}/execute/`, {});
    expect(started).toMatchObject({ status: 202, body: { result: "created" } });
    const execution = started.body.execution?.id;

    const over = new AbortController();
    const events = await fetch(`${url}/executions/${execution}/events/`, {
      headers: { authorization: `Bearer ${stage.sandbox.tokenFor("quinn")}` },
      signal: over.signal,
    });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    const hears = async (what: string) => {
      while (!heard.includes(what)) heard += (await reader?.read())?.value ?? "";
    };
    await hears('"waits_for":"person"');
    const answer = { step: "judge", values: { severity: 9 } };
    expect(await post("maya", `/executions/${execution}/done/`, answer)).toMatchObject({ status: 422 });
    expect(await post("maya", `/executions/${execution}/done/`, { values: { severity: 4 } })).toMatchObject({
      status: 202,
    });
    await hears('"waits_for":"approval"');
    expect(await post("maya", `/executions/${execution}/approve/`, {})).toMatchObject({ status: 403 });
    expect(await post("eve", `/executions/${execution}/approve/`, {})).toMatchObject({ status: 403 });
    expect(await post("quinn", `/executions/${execution}/approve/`, {})).toMatchObject({ status: 202 });
    await hears('"state":"completed"');
    over.abort();

    // The operator's token was made at the start, and sees all.
    const token = readFileSync(join(place.env["HISHAMOS_DATA_DIR"] ?? "", "api-token"), "utf8").trim();
    const all = await fetch(`${url}/executions/`, { headers: { authorization: `Bearer ${token}` } });
    expect(await all.json()).toMatchObject({ executions: [{ id: execution, state: "completed" }] });
  } finally {
    await stage.close();
    await place.remove();
  }
});
