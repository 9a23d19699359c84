/** Texts of networks and partners end on a terminal: control characters would let them rewrite what is shown there. */
export const printable = (text: string): string => text.replace(/\p{C}+/gu, ' ');

/** At most so many characters, in one line. */
export function shortened(text: string, most: number): string {
  const flat = printable(text).replace(/\s+/g, ' ').trim();
  return flat.length > most ? `${flat.slice(0, Math.max(1, most - 1))}…` : flat;
}

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string | null | undefined;
  /** Dresses the padded text: colour. */
  readonly dress?: (text: string, row: T) => string;
  /** At most so many characters. */
  readonly most?: number;
}

const NOTHING = '–';

/** Lines of a table: a head, then one line per row, columns two blanks apart. */
export function tableLines<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
): readonly string[] {
  const cells = rows.map((row) =>
    columns.map(({ of, most = 60 }) => shortened(of(row) || NOTHING, most)),
  );
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)),
  );
  const last = columns.length - 1;
  const padded = (text: string, at: number): string =>
    at === last ? text : text.padEnd(widths[at] ?? 0);
  const head = columns.map(({ title }, at) => padded(title, at)).join('  ');
  const body = rows.map((row, y) =>
    columns
      .map(({ dress }, at) => {
        const text = padded(cells[y]?.[at] ?? '', at);
        return dress ? dress(text, row) : text;
      })
      .join('  '),
  );
  return [head, ...body].map((line) => line.trimEnd());
}

/** `name    value` lines, names as wide as the widest. */
export function pairLines(
  pairs: readonly (readonly [name: string, value: string | null | undefined])[],
): readonly string[] {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${printable(value ?? '')}`);
}
