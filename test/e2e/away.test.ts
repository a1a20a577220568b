import { expect, test } from "vitest";
import { anAwaitedTriage, inWiredPostgres, triage, untilReady } from "./away.ts";
import { isShown } from "./stage.ts";

test("while Postgres is away webhooks are refused and the service says so; when it is back, it goes on by itself", async () => {
  const place = await inWiredPostgres();
  const { wire } = place;
  const stage = await anAwaitedTriage(place);
  const { sandbox } = stage;
  try {
    expect(await untilReady(stage, 200)).toMatchObject({ body: { status: "ready" } });
    wire.refuse();
    triage(stage);
    await sandbox.settled();
    const refused = sandbox.deliveries().filter(({ statusCode }) => statusCode === 503);
    expect(refused.map(({ event }) => event)).toContain("issue_comment");
    const { body } = await untilReady(stage, 503);
    expect(body).toMatchObject({ status: "unavailable", checks: { store: { ok: false } } });
    expect((await fetch(`${stage.url}/healthz`)).status).toBe(200);

    wire.restore();
    sandbox.redeliverFailed();
    await stage.until("the end", () => stage.said(1).some((said) => isShown(said, "completed")));
    await untilReady(stage, 200);

    // It never ended: a process that was started anew would have told its port again.
    expect(stage.lines.filter(({ msg }) => msg === "listening")).toHaveLength(1);
    expect(stage.service.errors).toBe("");
    expect(await stage.service.stop()).toBe(0);
    const stores = await place.open();
    expect((await stores.executions.list({})).executions).toMatchObject([
      { state: "completed", steps: { triage: { visits: 1 } } },
    ]);
    for (const { guid } of refused) {
      expect(await stores.deliveries.get(guid)).toMatchObject({ outcome: expect.any(String) });
    }
    await stores.close();
  } finally {
    await stage.close();
    await place.remove();
  }
});
