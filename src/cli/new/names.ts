/** `big-shop` → `BigShop`, for class names. */
export const pascal = (name: string): string =>
  name
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** `big-shop` → `Big shop`, for labels. */
export const label = (name: string): string => {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** JSON as Prettier lays it out: short lists of texts stay on one line. */
export const json = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/\[\n\s+("[^"\n]*"(?:,\n\s+"[^"\n]*")*)\n\s+\]/g, (_list, items: string) => `[${items.replace(/,\n\s+/g, ', ')}]`)}\n`;

type Row = readonly string[];

/** A Markdown table with even columns; the first row is the head. */
export function table(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_cell, at) =>
    Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: Row): string =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
