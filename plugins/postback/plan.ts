import { ALIASES, canonicalName } from './macro/names.js';
import type { MissingPolicy } from './macro/expand.js';
import type { Macro } from './macro/token.js';
import type { PostbackSettings } from './settings.js';
import { guessedType, readBody, type Body } from './macro/body.js';
import { readHeaders, type Headers } from './macro/headers.js';
import { readUrl, type UrlParts } from './macro/url.js';

/** Settings with every template parsed. */
export interface Plan {
  readonly url: UrlParts;
  readonly body: Body | undefined;
  readonly headers: Headers;
  readonly macros: readonly Macro[];
  readonly missing: ReadonlyMap<string, MissingPolicy>;
  readonly sendsPayout: boolean;
  /** A receiver can tell a refund from a sale by what the template sends. */
  readonly tellsTypes: boolean;
}

export interface Planned {
  /** Undefined when there is any fault: nothing may be sent then. */
  readonly plan: Plan | undefined;
  readonly faults: readonly string[];
}

const TELLING: ReadonlySet<string> = new Set([
  'event_type',
  'status',
  'reversal',
  'transaction_key',
  'native_type',
]);

const KIND_NAMES = ['event_type', 'status', 'reversal'].flatMap((name) => [
  name,
  ...(ALIASES[name] ?? []),
]);

/** `…&status=`, `"event":`: a fixed word of the template tells what the postback is about. */
const KIND_PARAMETER = new RegExp(`(?:^|[?&"])(?:${KIND_NAMES.join('|')})"?\\s*[=:]`, 'i');
const REVERSING = /refund|revers|charge-?back|cancel|declin|reject|return(?!=)|adjust|void/i;

const tells = (settings: PostbackSettings, macros: readonly Macro[]): boolean => {
  const templates = [settings.url, settings.body ?? ''];
  return (
    macros.some(({ name }) => TELLING.has(name)) ||
    templates.some((text) => KIND_PARAMETER.test(text) || REVERSING.test(text))
  );
};

const prefixed = (name: string, faults: readonly string[]): readonly string[] =>
  faults.map((fault) => `${name} ${fault}`);

function policies(missing: PostbackSettings['missing']): ReadonlyMap<string, MissingPolicy> {
  return new Map(
    Object.entries(missing ?? {}).map(([name, policy]) => [canonicalName(name) ?? name, policy]),
  );
}

function read(settings: PostbackSettings): Planned {
  const { delimiters = '{x}' } = settings;
  const url = readUrl(settings.url, delimiters);
  const { headers, faults: headerFaults } = readHeaders(settings.headers ?? {}, delimiters);
  const template = settings.body ?? '';
  const type = settings.bodyType ?? guessedType(template);
  const { body, faults: bodyFaults } =
    template === '' ? { body: undefined, faults: [] } : readBody(template, type, delimiters);
  const faults = [
    ...prefixed('url', url.faults),
    ...prefixed('headers', headerFaults),
    ...prefixed('body', bodyFaults),
  ];
  if (!url.parts || faults.length > 0) return { plan: undefined, faults };
  const macros = [...url.parts.macros, ...headers.macros, ...(body?.macros ?? [])];
  const plan: Plan = {
    url: url.parts,
    body,
    headers,
    macros,
    missing: policies(settings.missing),
    sendsPayout: macros.some(({ name }) => name === 'payout'),
    tellsTypes: tells(settings, macros),
  };
  return { plan, faults };
}

const known = new WeakMap<PostbackSettings, Planned>();

/** The templates of a target, parsed once per settings object. */
export function planned(settings: PostbackSettings): Planned {
  const found = known.get(settings) ?? read(settings);
  known.set(settings, found);
  return found;
}
