const textOid = 25;
const headerBytes = 20;

/**
 * A `text[]` parameter in Postgres' binary form (array_recv in its source: dimensions, has nulls, element
 * type, then length and lower bound, then each element's length and bytes). As text, every quote of every
 * JSON document would be escaped here and unescaped there, which costs more than the statement.
 */
export function textArray(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const total = lengths.reduce((sum, length) => sum + 4 + length, headerBytes);
  const buffer = Buffer.allocUnsafe(total);
  let offset = 0;
  const int = (value: number) => {
    offset = buffer.writeInt32BE(value, offset);
  };
  for (const value of [1, 0, textOid, texts.length, 1]) int(value);
  for (const [index, text] of texts.entries()) {
    int(lengths[index] ?? 0);
    offset += buffer.write(text, offset);
  }
  return buffer;
}
