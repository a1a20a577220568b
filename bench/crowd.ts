import { Child } from "./children.ts";
import type { CrowdFound, CrowdGiven } from "./crowd-child.ts";
import { type GroundName, groundNames } from "./ground.ts";
import { makeHome } from "./home.ts";

/** Many executions at once in one process. */
export interface CrowdRow extends CrowdFound {
  readonly ground: GroundName;
  readonly executions: number;
  readonly active: number;
}

export type CrowdSize = Omit<CrowdGiven, "home">;

export async function measureCrowd(size: CrowdSize): Promise<readonly CrowdRow[]> {
  const rows: CrowdRow[] = [];
  for (const ground of groundNames) {
    const place = await makeHome(ground);
    const child = new Child("crowd-child.ts", { ...size, home: place.home } satisfies CrowdGiven);
    try {
      rows.push({ ground, ...size, ...((await child.said()) as CrowdFound) });
    } finally {
      await child.end();
      await place.remove();
    }
  }
  return rows;
}
