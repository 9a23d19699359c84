import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { ArchiveError } from './archive-error.js';

/** A BSON document says its own length first, in four bytes; MongoDB keeps none beyond 16 MiB and a little. */
const LENGTH_BYTES = 4;
const MAX_DOCUMENT = 17 * 1024 * 1024;
/** Documents are handed to the compressor in pieces of about this size. */
const CHUNK = 256 * 1024;

async function* inChunks(documents: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const document of documents) {
    // The driver's buffer is a view of a whole answer, which would be kept alive.
    held.push(Uint8Array.from(document));
    size += document.length;
    if (size < CHUNK) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}

/**
 * Writes raw BSON documents one behind the other, gzipped: what `mongodump --gzip` writes, too. `over`: an earlier try may
 * be there; otherwise the file must not exist. Mode 0600.
 */
export async function writeBsonFile(
  file: string,
  documents: AsyncIterable<Uint8Array>,
  over = false,
): Promise<void> {
  const gzip = createGzip({ level: 1 });
  const out = createWriteStream(file, { flags: over ? 'w' : 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.from(inChunks(documents)), gzip, out);
}

/** The raw documents of such a file. Throws `ArchiveError` where it is cut off or no BSON. */
export async function* readBsonFile(file: string): AsyncGenerator<Buffer> {
  const plain = createReadStream(file).pipe(createGunzip());
  let held: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of plain) {
      held = held.length === 0 ? (chunk as Buffer) : Buffer.concat([held, chunk as Buffer]);
      let at = 0;
      while (held.length - at >= LENGTH_BYTES) {
        const length = held.readInt32LE(at);
        if (length < 5 || length > MAX_DOCUMENT) throw new Error('a document has no length');
        if (held.length - at < length) break;
        yield held.subarray(at, at + length);
        at += length;
      }
      held = held.subarray(at);
    }
  } catch (error) {
    throw new ArchiveError('WB_RESTORE_BROKEN', `${file}: ${(error as Error).message}`, error);
  }
  if (held.length > 0) throw new ArchiveError('WB_RESTORE_BROKEN', `${file} is cut off`);
}

/** SHA-256 of a whole file, hex. */
export async function fileHash(file: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(file)) sum.update(chunk as Buffer);
  return sum.digest('hex');
}
