import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ApplicationFunction, createNodeMiddleware, Probot } from "probot";
import { afterEach, expect, test } from "vitest";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";

const SECRET = "a secret of this test";
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A real Probot app over node:http, pointed at the sandbox and receiving its webhooks. */
async function serve(sandbox: SandboxGitHub, app: ApplicationFunction): Promise<void> {
  const probot = new Probot({
    appId: sandbox.app.id,
    privateKey: sandbox.app.privateKey,
    secret: SECRET,
    baseUrl: `${sandbox.url}/api/v3`,
    logLevel: "fatal",
  });
  const middleware = await createNodeMiddleware(app, { probot, webhooksPath: "/hooks" });
  const server = createServer((request, response) => {
    // Probot's middleware calls `next` for what is not its own.
    void middleware(request, response, () => response.writeHead(404).end());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  sandbox.setWebhookTarget(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, SECRET);
}

test("a real Probot app hears of a new issue and comments on it as the App", async () => {
  const sandbox = await startSandboxGitHub({ app: { slug: "helper" } });
  closing.push(() => sandbox.close());
  sandbox.createRepository({ owner: "acme", name: "shop" });
  await serve(sandbox, (app) => {
    app.on("issues.opened", async (context) => {
      await context.octokit.rest.issues.createComment(
        context.issue({ body: `Thank you, ${context.payload.sender.login}` }),
      );
    });
  });

  const { number } = sandbox.as("mona").openIssue({ title: "It breaks" });
  const comment = await sandbox.until(() => sandbox.comments("acme/shop", number)[0], {
    what: "the App's answer",
  });
  await sandbox.settled();

  expect(comment.body).toBe("Thank you, mona");
  expect(comment.user).toMatchObject({ login: "helper[bot]", type: "Bot" });
  expect(comment.performed_via_github_app?.slug).toBe("helper");
  // Its own comment comes back to it as a webhook, as at GitHub.
  const heard = sandbox.deliveries().map(({ event, action, status }) => ({ event, action, status }));
  expect(heard).toEqual([
    { event: "issues", action: "opened", status: "OK" },
    { event: "issue_comment", action: "created", status: "OK" },
  ]);
});
