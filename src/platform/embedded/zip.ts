import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Reads one member of a zip archive held in memory, checked against its checksum.
 * Enough for Python wheels (stored or deflated, no ZIP64, no encryption); anything else is refused.
 */
export async function readZipMember(archive: Buffer, wanted: RegExp): Promise<Buffer> {
  const entry = listEntries(archive).find(({ name }) => wanted.test(name));
  if (!entry) throw new Error(`the archive has no member like ${String(wanted)}`);
  const data = await unpack(archive, entry);
  if (data.length !== entry.size || crc32(data) !== entry.crc) {
    throw new Error(`the archive's member ${entry.name} is damaged`);
  }
  return data;
}

function listEntries(archive: Buffer): Entry[] {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new Error('ZIP64 archives are not supported');
  const entries: Entry[] = [];
  for (let i = 0; i < count; i += 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push(readEntry(archive, at, nameLength));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function readEntry(archive: Buffer, at: number, nameLength: number): Entry {
  if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) {
    throw new Error('the zip directory is damaged');
  }
  return {
    name: archive.toString('utf8', at + 46, at + 46 + nameLength),
    method: archive.readUInt16LE(at + 10),
    crc: archive.readUInt32LE(at + 16),
    packed: archive.readUInt32LE(at + 20),
    size: archive.readUInt32LE(at + 24),
    offset: archive.readUInt32LE(at + 42),
  };
}

function findEnd(archive: Buffer): number {
  // The record is 22 bytes plus a comment of at most 65,535, at the very end.
  const stop = Math.max(0, archive.length - 22 - 0xffff);
  for (let at = archive.length - 22; at >= stop; at -= 1) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('not a zip archive');
}

async function unpack(archive: Buffer, entry: Entry): Promise<Buffer> {
  if (archive.readUInt32LE(entry.offset) !== LOCAL_ENTRY) {
    throw new Error('the zip directory is damaged');
  }
  // The local header's own name and extra lengths differ from the directory's: only these find the data.
  const names = archive.readUInt16LE(entry.offset + 26) + archive.readUInt16LE(entry.offset + 28);
  const start = entry.offset + 30 + names;
  const packed = archive.subarray(start, start + entry.packed);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Error(`zip method ${entry.method} is not supported`);
  return inflate(packed, { maxOutputLength: Math.max(1, entry.size) });
}
