/** A place in the aligned lists: both where they agree, one where only that list has something. */
export interface Row<L, R> {
  readonly left: L | null;
  readonly right: R | null;
}

/** Longer lists are compared place by place: the table of the usual way grows with the product of the lengths. */
const longest = 2_000;

/** The two lists side by side, with as many places in common as can be (a longest common subsequence). */
export function aligned<L, R>(
  left: readonly L[],
  right: readonly R[],
  equal: (left: L, right: R) => boolean,
): readonly Row<L, R>[] {
  if (left.length > longest || right.length > longest) return placeByPlace(left, right, equal);
  const width = right.length + 1;
  // best[i * width + j]: how many places left[i…] and right[j…] can have in common.
  const best = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      best[i * width + j] = equal(left[i] as L, right[j] as R)
        ? (best[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
    }
  }
  const rows: Row<L, R>[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const l = left[i];
    const r = right[j];
    if (l !== undefined && r !== undefined && equal(l, r)) {
      rows.push({ left: l, right: r });
      i += 1;
      j += 1;
    } else if (
      l !== undefined &&
      (r === undefined || (best[(i + 1) * width + j] ?? 0) >= (best[i * width + j + 1] ?? 0))
    ) {
      rows.push({ left: l, right: null });
      i += 1;
    } else {
      rows.push({ left: null, right: r ?? null });
      j += 1;
    }
  }
  return rows;
}

function placeByPlace<L, R>(
  left: readonly L[],
  right: readonly R[],
  equal: (left: L, right: R) => boolean,
): readonly Row<L, R>[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const l = left[index] ?? null;
    const r = right[index] ?? null;
    return l !== null && r !== null && equal(l, r)
      ? [{ left: l, right: r }]
      : [
          { left: l, right: null },
          { left: null, right: r },
        ];
  })
    .flat()
    .filter((row) => row.left !== null || row.right !== null);
}
