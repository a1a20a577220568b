import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

/** Debian's Chromium, or the one that CHROMIUM names; null where there is none. */
export const chromiumPath =
  [process.env["CHROMIUM"], "/usr/bin/chromium"].find((path) => path && existsSync(path)) ?? null;

if (chromiumPath === null) {
  console.warn(
    "\n!!! There is no Chromium: the page is NOT tested in a browser. Install Debian's chromium, or set CHROMIUM. !!!\n",
  );
}

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** A browser with nothing in it and nothing to do but the page. */
export async function openBrowser(path: string): Promise<Browser> {
  const directory = await mkdtemp(join(tmpdir(), "hishamos-browser-"));
  const context = await chromium.launchPersistentContext(directory, {
    executablePath: path,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  context.setDefaultTimeout(5_000);
  return {
    context,
    async close() {
      await context.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
