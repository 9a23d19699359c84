import { isRecord, parseJson, parseXml, pick, textAt, type Parsed } from '#contract';

/** Fields as texts: XML knows nothing else, and JSON's flags and numbers are made texts. */
export type Fields = Readonly<Record<string, string>>;

export interface SalesforceRecord {
  /** `Opportunity`, `Lead`, … */
  readonly object: string;
  readonly fields: Fields;
}

/** One message; SessionId is left out on purpose, it would open a live session. */
export interface Message {
  readonly organizationId: string;
  readonly actionId: string | null;
  readonly test: boolean;
  readonly records: readonly SalesforceRecord[];
}

/** The 18-character form of an id: three letters that say which of the first fifteen are capitals. */
export function longId(id: string): string {
  if (id.length !== 15) return id;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  const tail = [0, 5, 10].map((start) => {
    const bits = id
      .slice(start, start + 5)
      .split('')
      .map((c, i) => (c >= 'A' && c <= 'Z' ? 2 ** i : 0));
    return alphabet[bits.reduce((sum, bit) => sum + bit, 0)] ?? 'A';
  });
  return id + tail.join('');
}

/** Sandboxes have hosts of their own. */
const SANDBOX = /^https:\/\/[^/]+\.sandbox\.my\.salesforce\.com(?:\/|$)/;

const asText = (value: unknown): string | undefined =>
  typeof value === 'boolean' || typeof value === 'number'
    ? String(value)
    : typeof value === 'string' && value.trim() !== ''
      ? value.trim()
      : undefined;

/** Nil elements are objects with attributes: no text, left out. */
function fieldsOf(value: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const found = asText(inner);
      return found === undefined || name.startsWith('@') || name === '__proto__'
        ? []
        : [[name, found] as const];
    }),
  );
}

/** A deleted record leaves an empty notification: nothing to read. */
function recordOf(notification: unknown): readonly SalesforceRecord[] {
  const found = pick(notification, 'sObject');
  if (!isRecord(found)) return [];
  const type = textAt(found, '@type') ?? '';
  const object = type.slice(type.indexOf(':') + 1);
  return object === '' ? [] : [{ object, fields: fieldsOf(found) }];
}

function soap(body: Buffer): Parsed<Message> {
  const parsed = parseXml(body);
  if (!parsed.ok) return parsed;
  const told = pick(parsed.value, 'Envelope.Body.notifications');
  const organizationId = textAt(told, 'OrganizationId');
  const list = pick(told, 'Notification');
  if (organizationId === undefined || list === undefined) return { ok: false, fault: 'malformed' };
  return {
    ok: true,
    value: {
      organizationId,
      actionId: textAt(told, 'ActionId') ?? null,
      test: SANDBOX.test(textAt(told, 'EnterpriseUrl') ?? ''),
      records: [list].flat().flatMap((one) => recordOf(one)),
    },
  };
}

/** The JSON that a Flow sends: `organizationId`, `object`, optional `test`, and the record's fields by API name. */
function flow(body: Buffer): Parsed<Message> {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  const organizationId = textAt(parsed.value, 'organizationId');
  const object = textAt(parsed.value, 'object');
  if (!isRecord(parsed.value) || organizationId === undefined || object === undefined) {
    return { ok: false, fault: 'malformed' };
  }
  const { organizationId: _org, object: _object, test, ...fields } = parsed.value;
  const records = [{ object, fields: fieldsOf(fields) }];
  return { ok: true, value: { organizationId, actionId: null, test: test === true, records } };
}

/** True for XML: the first byte that is no white space decides, not the declared type. */
export const isSoap = (body: Buffer): boolean => /^\s*</.test(body.toString('latin1', 0, 64));

const SESSION = /(<(?:[\w.-]+:)?SessionId(?:\s[^<>]*)?>)[^<]*/g;

/** The message without the live session that an administrator may have ticked: it opens the organization to who reads it. */
export const withoutSession = (body: Buffer): Buffer =>
  isSoap(body) ? Buffer.from(body.toString('latin1').replace(SESSION, '$1'), 'latin1') : body;

/** An Outbound Message (SOAP) or a Flow's JSON. Never throws. */
export const messageOf = (body: Buffer): Parsed<Message> =>
  isSoap(body) ? soap(body) : flow(body);
