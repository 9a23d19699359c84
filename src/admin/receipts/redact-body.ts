import { MASK } from '../../contract/index.js';

/** What may be shown of a body. `null`: it holds fields to mask, in a form in which they cannot be found. */
export type Shown = { readonly encoding: 'text' | 'base64'; readonly data: string } | null;

/** Names without a dot mean a field wherever it stands; dotted ones a path from the root, through lists. */
class Fields {
  private readonly names = new Set<string>();
  private readonly paths = new Set<string>();

  constructor(redact: readonly string[]) {
    for (const one of redact) (one.includes('.') ? this.paths : this.names).add(one);
  }

  hides(path: readonly string[]): boolean {
    return this.hidesName(path.at(-1) ?? '') || this.paths.has(path.join('.'));
  }

  hidesName(name: string): boolean {
    return this.names.has(name);
  }

  /** In XML and in forms, the last part of a path is the field's name. */
  get anyName(): readonly string[] {
    return [...this.names, ...[...this.paths].map((path) => path.split('.').at(-1) ?? path)];
  }
}

function maskValue(value: unknown, path: readonly string[], fields: Fields): unknown {
  if (path.length > 0 && fields.hides(path)) return MASK;
  if (Array.isArray(value)) return value.map((item) => maskValue(item, path, fields));
  if (typeof value !== 'object' || value === null || isRaw(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskValue(inner, [...path, name], fields)]),
  );
}

// JSON.rawJSON and the source text of a number (ECMAScript proposal, in V8 since 11.4) keep ids beyond 2^53 exact.
const json = JSON as typeof JSON & {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
};
const isRaw = (value: unknown): boolean => json.isRawJSON(value);

const keepNumbers = (_name: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined ? json.rawJSON(context.source) : value;

function maskJson(text: string, fields: Fields): string | undefined {
  try {
    return JSON.stringify(maskValue(JSON.parse(text, keepNumbers), [], fields));
  } catch {
    return undefined;
  }
}

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
};

/** Masks the values of `name=value&…`, and leaves every other byte as it came. */
export function maskForm(text: string, redact: readonly string[]): string {
  const names = new Set(new Fields(redact).anyName);
  return text
    .split('&')
    .map((pair) => {
      const cut = pair.indexOf('=');
      const name = cut < 0 ? pair : pair.slice(0, cut);
      return cut >= 0 && names.has(decoded(name)) ? `${name}=${MASK}` : pair;
    })
    .join('&');
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function maskXml(text: string, fields: Fields): string {
  return fields.anyName.reduce(
    (masked, name) =>
      masked
        .replace(
          new RegExp(
            `(<(?:[\\w-]+:)?${escaped(name)}(?:\\s[^<>]*)?>)[\\s\\S]*?(</(?:[\\w-]+:)?${escaped(name)}\\s*>)`,
            'g',
          ),
          `$1${MASK}$2`,
        )
        .replace(
          new RegExp(`(\\s${escaped(name)}\\s*=\\s*)(?:"[^"]*"|'[^']*')`, 'g'),
          `$1"${MASK}"`,
        ),
    text,
  );
}

function masked(text: string, contentType: string, redact: readonly string[]): string | undefined {
  const fields = new Fields(redact);
  const start = text.trimStart().charAt(0);
  if (start === '{' || start === '[' || start === '"') return maskJson(text, fields);
  if (start === '<') return maskXml(text, fields);
  return contentType.startsWith('application/x-www-form-urlencoded')
    ? maskForm(text, redact)
    : undefined;
}

/** The text of these bytes when they are UTF-8 to the last one. */
function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/**
 * A stored body fit for a screen: the plugin's `redact` fields masked. What cannot be searched for them (multipart,
 * binary, broken JSON) is withheld whole as soon as the plugin names any.
 */
export function showBody(body: Buffer, contentType: string, redact: readonly string[]): Shown {
  const text = utf8(body);
  if (redact.length === 0)
    return text === undefined
      ? { encoding: 'base64', data: body.toString('base64') }
      : { encoding: 'text', data: text };
  if (text === undefined) return null;
  if (text === '') return { encoding: 'text', data: '' };
  const data = masked(text, contentType.toLowerCase(), redact);
  return data === undefined ? null : { encoding: 'text', data };
}
