import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { mostAtOnce, onboardingBranch } from "../../../src/github/onboarding/onboard.ts";
import { firstWorkflow } from "../../../src/github/onboarding/text.ts";
import type { RepositorySetup } from "../../../src/sandbox/github/index.ts";
import { openShop, type Shop } from "../shop.ts";

const library = readFileSync("workflows-library/bug-lifecycle.yml", "utf8");

async function installed(
  setups: readonly Partial<RepositorySetup>[],
  onboarding = true,
): Promise<Shop & { readonly installation: number }> {
  const shop = await openShop({ onboarding });
  setups.forEach((setup, at) => {
    shop.github.createRepository({
      owner: "solo",
      name: `r${at}`,
      installed: false,
      labels: ["bug"],
      ...setup,
    });
  });
  const installation = shop.github.install({ account: "solo", announce: true });
  await shop.settled();
  return { ...shop, installation };
}

function offersTo(shop: Shop, name: string) {
  return shop.github.pullRequests(name).filter(({ head }) => head.ref === onboardingBranch);
}

/** As a person who takes the repository out of the installation and in again. */
async function again(
  shop: Shop & { readonly installation: number },
  ...names: readonly string[]
): Promise<void> {
  shop.github.changeSelection(shop.installation, "removed", names);
  shop.github.changeSelection(shop.installation, "added", names);
  await shop.settled();
}

test("a repository without workflows gets the library's file by a pull request that says how to try it", async () => {
  const shop = await installed([{}]);
  const [offer] = offersTo(shop, "solo/r0");
  expect(offer).toMatchObject({ state: "open", user: { login: "hishamos[bot]" }, base: { ref: "main" } });
  expect(offer?.body).toContain("Label an open issue `bug`");
  expect(offer?.body).toContain("Close this pull request: it is not opened again");
  expect(shop.github.file("solo/r0", ".hishamos/bug-lifecycle.yml", onboardingBranch)).toBe(library);
  expect(shop.github.file("solo/r0", ".hishamos/bug-lifecycle.yml")).toBeUndefined();
  expect(await shop.outcomes("installation.created")).toEqual([
    `processed: a first workflow is offered to solo/r0 by #${offer?.number}`,
  ]);
});

test("a label that the repository does not have is spoken of", async () => {
  const shop = await installed([{ labels: [] }]);
  expect(offersTo(shop, "solo/r0")[0]?.body).toContain("Make the label `bug`");
});

test("the label of the text is the one that starts the workflow", () => {
  const { on } = parse(library) as { on: { issues: { labels: string[] } } };
  expect(on.issues.labels).toContain(firstWorkflow.label);
});

test("a repository that joins later is offered it too", async () => {
  const shop = await installed([{}]);
  shop.github.createRepository({ owner: "solo", name: "late", installed: false });
  shop.github.changeSelection(shop.installation, "added", ["solo/late"]);
  await shop.settled();
  expect(offersTo(shop, "solo/late")).toHaveLength(1);
});

describe("never twice", () => {
  test("not while it is open", async () => {
    const shop = await installed([{}]);
    await again(shop, "solo/r0");
    expect(offersTo(shop, "solo/r0")).toHaveLength(1);
  });

  test("not after it was closed and its branch deleted", async () => {
    const shop = await installed([{ collaborators: { mona: "admin" } }]);
    const [offer] = offersTo(shop, "solo/r0");
    const solo = shop.github.as("mona");
    solo.closeIssue({ repo: "solo/r0", number: offer?.number ?? 0 });
    solo.deleteBranch({ repo: "solo/r0", branch: onboardingBranch });
    await again(shop, "solo/r0");
    expect(offersTo(shop, "solo/r0").map(({ state }) => state)).toEqual(["closed"]);
  });
});

test.for([
  { what: "with .hishamos/ already", setup: { files: { ".hishamos/own.yml": "name: Own\n" } } },
  { what: "that is archived", setup: { archived: true } },
  { what: "that is empty", setup: { empty: true } },
])("a repository $what is left alone", async ({ setup }) => {
  const shop = await installed([setup, {}]);
  expect(offersTo(shop, "solo/r0")).toEqual([]);
  expect(offersTo(shop, "solo/r1")).toHaveLength(1);
});

test("a fork is left alone", async () => {
  const shop = await openShop({ onboarding: true });
  shop.github.fork("acme/shop", "mona");
  shop.github.install({ account: "mona", announce: true });
  await shop.settled();
  expect(offersTo(shop, "mona/shop")).toEqual([]);
  expect(await shop.outcomes("installation.created")).toEqual(["ignored: it concerns no workflow"]);
});

test("HISHAMOS_ONBOARDING=off offers nothing", async () => {
  const shop = await installed([{}], false);
  expect(offersTo(shop, "solo/r0")).toEqual([]);
});

test(`one installation brings ${mostAtOnce} pull requests at most`, async () => {
  const shop = await installed(Array.from({ length: mostAtOnce + 2 }, () => ({})));
  const offers = Array.from({ length: mostAtOnce + 2 }, (_, at) => offersTo(shop, `solo/r${at}`).length);
  expect(offers.filter((count) => count === 1)).toHaveLength(mostAtOnce);
  expect((await shop.outcomes("installation.created"))[0]).toContain("and to no more");
});

const writes = [
  { method: "POST", path: /\/git\/refs$/ },
  { method: "PUT", path: /\/contents\// },
  { method: "POST", path: /\/pulls$/ },
] as const;

describe("after a failure at any of its writes the delivery is done again, and nothing is there twice", () => {
  for (const drop of ["before", "after"] as const) {
    test.for(writes)(`$method $path, cut ${drop}`, async (write) => {
      const shop = await openShop({ onboarding: true });
      shop.github.createRepository({ owner: "solo", name: "r0", installed: false });
      shop.github.failNext({ ...write, drop });
      shop.github.install({ account: "solo", announce: true });
      await shop.settled();
      // The inbox waits before it tries again.
      shop.clock.advance(10 * 60_000);
      await shop.settled();
      expect(offersTo(shop, "solo/r0")).toHaveLength(1);
      expect(shop.github.file("solo/r0", ".hishamos/bug-lifecycle.yml", onboardingBranch)).toBe(library);
    });
  }
});

test("one repository that refuses does not keep the others from theirs", async () => {
  const shop = await openShop({ onboarding: true });
  for (const name of ["r0", "r1"]) shop.github.createRepository({ owner: "solo", name, installed: false });
  shop.github.failNext({
    method: "POST",
    path: /solo\/r0\/git\/refs$/,
    status: 403,
    message: "a rule forbids it",
  });
  shop.github.install({ account: "solo", announce: true });
  await shop.settled();
  expect(offersTo(shop, "solo/r0")).toEqual([]);
  expect(offersTo(shop, "solo/r1")).toHaveLength(1);
  expect((await shop.outcomes("installation.created"))[0]).toContain(
    "solo/r0 takes no pull request: a rule forbids it",
  );
});
