import { Readable } from 'node:stream';
import type { mongo } from 'mongoose';
import type { Columns } from './columns.js';
import { csvLine } from './csv.js';

export const FORMATS = ['ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Rows go out in pieces of about so many characters. */
const PIECE = 32_768;

/** How documents become lines. `view`: as the API shows them. */
export interface Shape<D, T> {
  readonly format: Format;
  readonly columns: Columns<T>;
  readonly view: (doc: D) => T;
}

function lines<D, T extends object>({ format, columns, view }: Shape<D, T>) {
  if (format === 'ndjson') return { head: '', line: (doc: D) => `${JSON.stringify(view(doc))}\n` };
  const cells = Object.values(columns);
  const line = (doc: D): string => {
    const row = view(doc);
    return csvLine(cells.map((cell) => cell(row)));
  };
  return { head: csvLine(Object.keys(columns)), line };
}

async function* pieces<D, T extends object>(
  cursor: mongo.FindCursor<D>,
  shape: Shape<D, T>,
): AsyncGenerator<string> {
  const { head, line } = lines(shape);
  let piece = head;
  try {
    for await (const doc of cursor) {
      piece += line(doc);
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    if (piece !== '') yield piece;
  } finally {
    await cursor.close();
  }
}

/**
 * All documents of a cursor as text. The next batch is read only when the reader has taken the last one, so neither many
 * rows nor a slow reader cost memory. Rejects when the first rows cannot be read: an error can still be answered then.
 */
export async function exportStream<D, T extends object>(
  cursor: mongo.FindCursor<D>,
  shape: Shape<D, T>,
): Promise<Readable> {
  try {
    await cursor.hasNext();
  } catch (error) {
    await cursor.close();
    throw error;
  }
  return Readable.from(pieces(cursor, shape), { objectMode: false });
}
