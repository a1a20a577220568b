import { describe, expect, test } from "vitest";
import { BadArchive, readZip } from "../../../src/github/actions/run/zip.ts";
import { zipOf } from "../../../src/sandbox/github/zip.ts";

/**
 * Python's zipfile to a pipe, as uploads are streamed: sizes only in data descriptors and in the directory.
 * a.json stored, b/c.txt deflated, and a comment at the end.
 */
const streamed = Buffer.from(
  "UEsDBBQACAAAAAAAdl0AAAAAAAAAAAAAAAAGAAAAYS5qc29ueyJhIjoxfVBLBwivrBtWBwAAAAcAAABQSwMEFAAIAAgAAAB2XQAAAAAAAAAAAAAAAAcAAABiL2MudHh0y0jNyclXyBglR0mqkgBQSwcI8zGiDQ4AAABYAgAAUEsBAhQDFAAIAAAAAAB2Xa+sG1YHAAAABwAAAAYAAAAAAAAAAAAAAIABAAAAAGEuanNvblBLAQIUAxQACAAIAAAAdl3zMaINDgAAAFgCAAAHAAAAAAAAAAAAAACAATsAAABiL2MudHh0UEsFBgAAAAACAAIAaQAAAH4AAAAQAG1hZGUgYXMgYSBzdHJlYW0=",
  "base64",
);

function filesOf(archive: Buffer, maxBytes = 1_000): Record<string, string> {
  return Object.fromEntries(readZip(archive, maxBytes).map((entry) => [entry.name, entry.read().toString()]));
}

test.for([
  ["a stream's", streamed, { "a.json": '{"a":1}', "b/c.txt": "hello ".repeat(100) }],
  ["the stand-in's", zipOf({ "ä.json": "[]", empty: "" }), { "ä.json": "[]", empty: "" }],
  ["an empty", zipOf({}), {}],
] as const)("%s archive is read", ([, archive, files]) => {
  expect(filesOf(archive)).toEqual(files);
});

/** The archive with one byte or more written over, counted from where the text or signature stands. */
function spoilt(find: string | Buffer, offset: number, ...bytes: readonly number[]): Buffer {
  const copy = Buffer.from(zipOf({ "a.json": '{"a":1}' }));
  copy.set(bytes, copy.indexOf(find) + offset);
  return copy;
}
const directory = Buffer.from("PK\x01\x02");

describe("what is not as the directory says is refused", () => {
  test.for<readonly [string, Buffer, RegExp]>([
    ["no archive", Buffer.from("hello, this is no archive at all"), /no ZIP/],
    ["nothing", Buffer.alloc(0), /no ZIP/],
    ["its end alone", streamed.subarray(0, 100), /no ZIP/],
    ["an encrypted file", spoilt(directory, 8, 1), /encrypted/],
    ["another method", spoilt(directory, 10, 12), /method 12/],
    ["a wrong checksum", spoilt(directory, 16, 0), /damaged/],
    ["a wrong size", spoilt(directory, 24, 3), /damaged/],
    ["a size over the limit", spoilt(directory, 24, 0, 0, 1), /more than 1000/],
    ["a place outside", spoilt(directory, 42, 255, 255), /not where/],
    ["content that breaks off", spoilt(directory, 20, 255, 255), /breaks off/],
    ["broken content", spoilt("a.json", 6, 255, 255, 255), /unpacked/],
    ["a broken directory", spoilt(directory, 0, 0), /directory/],
    ["a count that lies", spoilt(Buffer.from("PK\x05\x06"), 10, 9), /directory/],
    ["ZIP64's count", spoilt(Buffer.from("PK\x05\x06"), 10, 255, 255), /ZIP64/],
  ])("%s", ([, archive, message]) => {
    expect(() => filesOf(archive)).toThrow(BadArchive);
    expect(() => filesOf(archive)).toThrow(message);
  });

  test("a bomb whose directory lies about its size is not unpacked", () => {
    const bomb = Buffer.from(zipOf({ "a.json": "0".repeat(10_000_000) }));
    bomb.writeUInt32LE(5, bomb.indexOf(directory) + 24);
    expect(() => filesOf(bomb)).toThrow(/can't be unpacked/);
  });

  test("no archive of random bytes makes it throw anything else", () => {
    let seed = 1;
    for (let round = 0; round < 2_000; round++) {
      const copy = Buffer.from(streamed);
      for (let n = 0; n < 3; n++) {
        seed = (seed * 48_271) % 2_147_483_647;
        copy[seed % copy.length] = (seed >> 8) & 255;
      }
      try {
        filesOf(copy);
      } catch (error) {
        expect(error).toBeInstanceOf(BadArchive);
      }
    }
  });
});
