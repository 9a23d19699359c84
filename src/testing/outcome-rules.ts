import type { HttpRequest, Outcome } from '../contract/index.js';
import type { Faults } from './fault.js';

const MEMBERS: Readonly<Record<Outcome['kind'], readonly string[]>> = {
  delivered: ['kind', 'proof', 'attributed', 'remoteIds', 'note'],
  duplicate: ['kind', 'ours', 'remoteIds', 'note'],
  retry: ['kind', 'afterMs', 'note'],
  refused: ['kind', 'reason'],
  misconfigured: ['kind', 'who'],
  skipped: ['kind', 'reason'],
};

const SKIPS = ['no-attribution', 'consent', 'unmapped', 'test', 'parent-not-delivered'];

/** Shape of each kind's own members. */
const SHAPES: Readonly<Record<string, (outcome: Readonly<Record<string, unknown>>) => boolean>> = {
  delivered: ({ proof, attributed }) =>
    ['confirmed', 'accepted', 'read-back'].includes(String(proof)) &&
    ['yes', 'no', 'unknown'].includes(String(attributed)),
  duplicate: ({ ours }) => typeof ours === 'boolean',
  retry: ({ afterMs }) =>
    afterMs === undefined || (Number.isFinite(afterMs) && Number(afterMs) >= 0),
  refused: ({ reason }) => typeof reason === 'string' && reason !== '',
  misconfigured: ({ who }) => typeof who === 'string' && who !== '',
  skipped: ({ reason }) => SKIPS.includes(String(reason)),
};

/** What makes a value no outcome of the list. */
export function outcomeFaults(value: unknown): Faults {
  if (typeof value !== 'object' || value === null) return [`${String(value)} is no outcome`];
  const outcome = value as Readonly<Record<string, unknown>>;
  const kind = String(outcome['kind']);
  const members: readonly string[] | undefined = Object.hasOwn(MEMBERS, kind)
    ? MEMBERS[kind as Outcome['kind']]
    : undefined;
  if (!members) return [`${kind} is no outcome`];
  const stray = Object.keys(outcome).filter((name) => !members.includes(name));
  const faults = stray.map((name) => `${kind} has no member ${name}`);
  return SHAPES[kind]?.(outcome) === true
    ? faults
    : [...faults, `${kind} has a wrong shape: ${JSON.stringify(value)}`];
}

export const isSkipReason = (reason: unknown): boolean => SKIPS.includes(String(reason));

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function urlFaults(text: string): Faults {
  if (!URL.canParse(text)) return [`url ${text} is no absolute URL`];
  const url = new URL(text);
  const faults: string[] = [];
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    faults.push(`url ${text} is not http(s)`);
  if (url.username !== '' || url.password !== '')
    faults.push('the URL holds a user name or password');
  if (/[\s{}]/.test(text)) faults.push(`url ${text} holds white space or an unfilled macro`);
  return faults;
}

/** Tab and Latin-1 without control characters: what a header value may hold. */
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

function headerFaults([name, value]: readonly [string, string]): Faults {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return [`header name "${name}" is not lawful`];
  return HEADER_VALUE.test(value)
    ? []
    : [`header ${name} holds a control character or one beyond Latin-1`];
}

/** What makes a request one that the gateway would not send. */
export function requestFaults(request: HttpRequest): Faults {
  const faults = [
    ...urlFaults(request.url),
    ...Object.entries(request.headers ?? {}).flatMap(headerFaults),
  ];
  if (!METHODS.includes(request.method)) faults.push(`method ${request.method} is unknown`);
  if (request.method === 'GET' && request.body !== undefined) faults.push('a GET carries a body');
  return faults;
}
