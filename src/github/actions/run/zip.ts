import { crc32, inflateRawSync } from "node:zlib";

/** Why an archive could not be read. */
export class BadArchive extends Error {
  override readonly name = "BadArchive";
}

export interface ZipEntry {
  readonly name: string;
  /** Unpacks it; throws BadArchive where it is not what the directory says. */
  read(): Buffer;
}

const endSignature = 0x0605_4b50;
const entrySignature = 0x0201_4b50;
const localSignature = 0x0403_4b50;
const stored = 0;
const deflated = 8;
const encryptedFlag = 1;
const longestComment = 0xff_ff;
const mostEntries = 1_000;

/**
 * The files of a ZIP archive by its central directory (PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16):
 * what actions/upload-artifact writes. Sizes come from the directory, so archives written as a stream are read too;
 * ZIP64, encryption and other methods than deflate are refused. A file larger than `maxBytes` is not unpacked.
 * Throws BadArchive.
 */
export function readZip(archive: Buffer, maxBytes: number): readonly ZipEntry[] {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count > mostEntries) throw new BadArchive(`it has more than ${mostEntries} files, or is ZIP64`);
  const entries: ZipEntry[] = [];
  for (let n = 0; n < count; n++) {
    if (at + 46 > end || archive.readUInt32LE(at) !== entrySignature) {
      throw new BadArchive("its directory is broken");
    }
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const entry = at;
    entries.push({ name, read: () => unpack(archive, entry, name, maxBytes) });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** Where the end record is: the last thing but for a comment of up to 65,535 bytes. */
function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - 22 - longestComment);
  for (let at = archive.length - 22; at >= first; at--) {
    if (archive.readUInt32LE(at) === endSignature) return at;
  }
  throw new BadArchive("it is no ZIP archive");
}

function unpack(archive: Buffer, entry: number, name: string, maxBytes: number): Buffer {
  const flags = archive.readUInt16LE(entry + 8);
  const method = archive.readUInt16LE(entry + 10);
  const checksum = archive.readUInt32LE(entry + 16);
  const packed = archive.readUInt32LE(entry + 20);
  const size = archive.readUInt32LE(entry + 24);
  const local = archive.readUInt32LE(entry + 42);
  if (flags & encryptedFlag) throw new BadArchive(`${name} is encrypted`);
  if (size > maxBytes) throw new BadArchive(`${name} has ${size} bytes, more than ${maxBytes}`);
  if (local + 30 > archive.length || archive.readUInt32LE(local) !== localSignature) {
    throw new BadArchive(`${name} is not where the directory says`);
  }
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  if (start + packed > archive.length) throw new BadArchive(`${name} breaks off`);
  const content = archive.subarray(start, start + packed);
  const plain = method === stored ? content : method === deflated ? inflate(content, name, maxBytes) : null;
  if (plain === null) throw new BadArchive(`${name} is packed by method ${method}`);
  if (plain.length !== size || crc32(plain) !== checksum) throw new BadArchive(`${name} is damaged`);
  return plain;
}

function inflate(content: Buffer, name: string, maxBytes: number): Buffer {
  try {
    // The limit holds against an archive whose directory lies about the size.
    return inflateRawSync(content, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw new BadArchive(`${name} can't be unpacked`, { cause });
  }
}
