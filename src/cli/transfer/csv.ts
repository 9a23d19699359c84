import { failure } from '../program/exit.js';

const CELL = /^(?:("(?:[^"]|"")*")|([^",\r\n]*))(,|\r?\n|$)/;

interface Cell {
  readonly text: string;
  readonly length: number;
  /** Whether another one follows in this row. */
  readonly more: boolean;
}

function readCell(rest: string, row: number): Cell {
  const [whole, quoted, bare = '', end = ''] = CELL.exec(rest) ?? [];
  if (whole === undefined || whole === '')
    throw failure(`row ${row} is no CSV: a quote stands in a cell without quotes, or does not end`);
  const text = quoted === undefined ? bare : quoted.slice(1, -1).replaceAll('""', '"');
  return { text, length: whole.length, more: end === ',' };
}

/** Rows of CSV text (RFC 4180): quotes, doubled quotes, line breaks inside quotes, CRLF or LF. Empty rows are left out. */
export function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let more = false;
  while (at < text.length || more) {
    // A cell is sought near where it begins: the whole rest of a long file is not copied for each.
    const cell: Cell =
      at < text.length
        ? readCell(text.slice(at, at + MOST_CELL), rows.length + 1)
        : { text: '', length: 0, more: false };
    row.push(cell.text);
    at += cell.length;
    ({ more } = cell);
    if (more) continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** Characters of one cell, more than any member of an order may have. */
const MOST_CELL = 65_536;
