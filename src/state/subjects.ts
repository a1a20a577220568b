/**
 * How executions are found by what they are about: their column `subjects` is `|12|13|14|`, the subject itself first.
 * All numbers after a bar are found by ranges in an index: the first in the column itself, the second in `afterFirst`.
 * Those from the third on are rare, and looked through. It all reads the column, so rows of any release are found.
 */

const digits = "0123456789";

/** `|13|14|` of `|12|13|14|`, and `|` of `|12|`; in SQL that both databases take. */
export const afterFirst = `ltrim(ltrim(subjects, '|'), '${digits}')`;
/** `|14|` of `|12|13|14|`. */
export const afterSecond = `ltrim(ltrim(${afterFirst}, '|'), '${digits}')`;

/** Any number sorts after the bar alone: what partial indexes hold. */
export const hasMore = (rest: string) => `${rest} > '|'`;

/** Keys of a repository's executions that are about the number; both as they are bound, the number by `bound`. */
export function keysAbout(
  table: string,
  repository: string,
  number: number,
  bound: (value: string) => string,
): string {
  const from = bound(`|${number}|`);
  // The character after the bar, in the order of bytes, in which both databases keep the column.
  const until = bound(`|${number}}`);
  const keys = `SELECT key FROM ${table} WHERE repository = ${repository}`;
  // Says no more than the bar does; but of a range with two ends Postgres thinks that it is small, and of one with one
  // end that it is a third of the table, as it knows nothing of the values.
  const inRange = `${afterSecond} < '}'`;
  const begins = (text: string) => `${text} >= ${from} AND ${text} < ${until}`;
  return [
    `${keys} AND ${begins("subjects")}`,
    `${keys} AND ${hasMore(afterFirst)} AND ${begins(afterFirst)}`,
    `${keys} AND ${hasMore(afterSecond)} AND ${inRange} AND ${afterSecond} LIKE ${bound(`%|${number}|%`)}`,
  ].join(" UNION ALL ");
}
