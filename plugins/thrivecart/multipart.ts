import type { Form, Parsed } from '#contract';

const MAX_PARTS = 500;
const FIRST_LINE = /^--([!-~]{1,70})\r\n/;
const NAME = /^content-disposition:\s*form-data;\s*name="([^"\r\n]*)"\s*$/im;

const malformed = { ok: false, fault: 'malformed' } as const;

/** One part between two boundaries: its head, an empty line, its value. Files have no place here. */
function partOf(part: string): readonly [string, string] | undefined {
  const cut = part.indexOf('\r\n\r\n');
  const name = cut < 0 ? undefined : NAME.exec(part.slice(0, cut))?.[1];
  return name === undefined ? undefined : [name, part.slice(cut + 4)];
}

/** True when the bytes begin as a multipart body does: PHP's cURL sends arrays so. */
export const looksMultipart = (body: Buffer): boolean =>
  FIRST_LINE.test(body.toString('latin1', 0, 80));

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict UTF-8; undefined for other bytes. */
function textOf(body: Buffer): string | undefined {
  try {
    return strict.decode(body);
  } catch {
    return undefined;
  }
}

/** `multipart/form-data` without files to flat fields. The boundary is read from the first line. Never throws. */
export function parseMultipart(body: Buffer): Parsed<Form> {
  const text = textOf(body) ?? '';
  const boundary = FIRST_LINE.exec(text)?.[1];
  if (boundary === undefined) return malformed;
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`);
  const last = pieces.at(-1)?.trim();
  if (last !== '--') return malformed;
  const parts = pieces.slice(1, -1).map((piece) => partOf(piece.replace(/^\r\n/, '')));
  if (parts.length > MAX_PARTS) return { ok: false, fault: 'too-deep' };
  const fields = parts.filter((part) => part !== undefined);
  return fields.length === parts.length && fields.length > 0
    ? { ok: true, value: fields }
    : malformed;
}
