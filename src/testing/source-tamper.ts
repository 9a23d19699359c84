import {
  fieldsOf,
  type Field,
  type Notification,
  type SealModule,
  type SourcePlugin,
} from '../contract/index.js';
import { draftListFaults } from './draft-rules.js';
import { check, meaning, messageOf, type Check, type Faults } from './fault.js';
import type { SourceCase } from './fixtures.js';
import { readSource, sourceInput, summary, type SourceInput } from './source-run.js';

/**
 * Flips tried on one body; longer bodies are sampled evenly. The first cases of a plugin are flipped byte by byte, the
 * others sampled: they run through the same verifier.
 */
const EFFORT = { whole: 9_000, sample: 450, glance: 45 } as const;

const BITS = [0x01, 0x20, 0x80];

/** What a tampered copy came to, as text: a refusal, a meaning, or a throw. */
function attempt(
  plugin: SourcePlugin,
  input: SourceInput,
): { readonly text: string; readonly faults: Faults } {
  try {
    const reading = readSource(plugin, input);
    if ('rejected' in reading) return { text: 'rejected', faults: [] };
    const list = reading.normalized;
    return {
      text: meaning(summary(reading)),
      faults: 'notUnderstood' in list ? [] : draftListFaults(list),
    };
  } catch (error) {
    return { text: 'threw', faults: [`threw ${messageOf(error)}`] };
  }
}

const strip = (golden: SourceCase['golden']): string => {
  const { acknowledge: _told, ...rest } = golden;
  return meaning(rest);
};

/** Another text of the same shape: one character in the middle changed within its class. */
export function otherText(text: string): string {
  const at = Math.floor(text.length / 2);
  const here = text[at] ?? '';
  const wheels = ['0123456789', 'abcdef', 'ABCDEF', 'ghijklmnopqrstuvwxyz', 'GHIJKLMNOPQRSTUVWXYZ'];
  const wheel = wheels.find((one) => here !== '' && one.includes(here)) ?? `${here}x`;
  return (
    text.slice(0, at) +
    (wheel[(wheel.indexOf(here) + 1) % wheel.length] ?? 'x') +
    text.slice(at + 1)
  );
}

/** Copies of a structure, each with one of the given texts changed. */
function withOtherText(value: unknown, secret: string): unknown {
  if (typeof value === 'string') return value === secret ? otherText(value) : value;
  if (Array.isArray(value)) return value.map((inner) => withOtherText(inner, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withOtherText(inner, secret)]),
  );
}

function wrongValues(field: Field, value: unknown): readonly unknown[] {
  if ((field.kind === 'secret' || field.kind === 'text') && typeof value === 'string')
    return [otherText(value)];
  const secrets = field.kind === 'structured' ? (field.secretsIn?.(value) ?? []) : [];
  return secrets.map((secret) => withOtherText(value, secret));
}

function credentialFaults({ plugin, golden }: Forgery, input: SourceInput, trust: string): Faults {
  const { prototype } = plugin.credentials as { prototype: object };
  return fieldsOf(plugin.credentials).flatMap((field) => {
    const value = (input.credentials as Record<string, unknown>)[field.name];
    return wrongValues(field, value).flatMap((wrong) => {
      const blank = Object.create(prototype) as object;
      const credentials = Object.assign(blank, input.credentials, { [field.name]: wrong });
      const { text, faults } = attempt(plugin, { ...input, credentials });
      if (faults.length > 0) return faults;
      // An optional credential may serve look-ups only; a required one is what proves the sender.
      const harmless = (field.optional || trust === 'unauthenticated') && text === golden;
      return text === 'rejected' || harmless ? [] : [`accepted with a wrong ${field.name}`];
    });
  });
}

type Forgery = {
  readonly plugin: SourcePlugin;
  readonly golden: string;
  readonly authentic: boolean;
};

/**
 * A copy without one part. Accepting it is harmless only while the rest still proves itself: where a missing signature
 * means "allowed", dropping it changes nothing yet, but then anyone may change the body.
 */
function withoutFaults(forgery: Forgery, input: SourceInput, part: string): Faults {
  const { text, faults } = attempt(forgery.plugin, input);
  if (faults.length > 0) return faults.map((fault) => `without ${part}: ${fault}`);
  if (text === 'rejected') return [];
  if (text !== forgery.golden)
    return forgery.authentic ? [`without ${part} it means something else`] : [];
  const open = forgery.authentic && flipFaults(forgery, input, EFFORT.glance).length > 0;
  return open ? [`without ${part} anyone may change the body`] : [];
}

function headerFaults(forgery: Forgery, input: SourceInput): Faults {
  return Object.keys(input.notification.headers).flatMap((name) => {
    const { [name]: _dropped, ...headers } = input.notification.headers;
    return withoutFaults(forgery, withNotification(input, { headers }), `header ${name}`);
  });
}

const withNotification = (input: SourceInput, change: Partial<Notification>): SourceInput => ({
  ...input,
  notification: { ...input.notification, ...change },
});

/** Form bodies carry their signature as a field like any other. */
function fieldFaults(forgery: Forgery, input: SourceInput): Faults {
  const text = input.notification.body.toString('latin1');
  if (!forgery.authentic || !/^[^\s{}<>"]*=[^\s{}<>"]*$/.test(text)) return [];
  const pairs = text.split('&');
  return pairs.flatMap((pair, at) => {
    const body = Buffer.from(pairs.filter((_pair, index) => index !== at).join('&'), 'latin1');
    return withoutFaults(forgery, withNotification(input, { body }), `field ${pair.split('=')[0]}`);
  });
}

function emptyFaults(plugin: SourcePlugin, input: SourceInput): Faults {
  const { body, query } = input.notification;
  if (body.length === 0 && query === '') return [];
  const inQuery = body.length === 0;
  const empty = withNotification(input, inQuery ? { query: '' } : { body: Buffer.alloc(0) });
  const { text, faults } = attempt(plugin, empty);
  return text === 'rejected'
    ? []
    : [...faults, `an empty ${inQuery ? 'query' : 'body'} is ${text}`];
}

/** The first flip, if any, that makes the plugin throw, break the contract, or accept another meaning. */
function flipFaults(
  { plugin, golden, authentic }: Forgery,
  input: SourceInput,
  tries: number,
): Faults {
  const { body } = input.notification;
  const stride = Math.max(1, Math.ceil((body.length * BITS.length) / tries));
  for (let at = 0; at < body.length; at += stride) {
    for (const bit of BITS) {
      const flipped = Buffer.from(body);
      flipped[at] = (flipped[at] ?? 0) ^ bit;
      const { text, faults } = attempt(plugin, withNotification(input, { body: flipped }));
      const where = `byte ${at} flipped by ${bit}`;
      if (faults.length > 0) return faults.map((fault) => `${where}: ${fault}`);
      if (authentic && text !== 'rejected' && text !== golden) {
        return [`${where}: accepted with another meaning`];
      }
    }
  }
  return [];
}

/** Checks that a forger meets. Rejected cases are forgeries already: there only throws count. */
export function tamperChecks(
  plugin: SourcePlugin,
  one: SourceCase,
  seal: SealModule,
  whole: boolean,
): readonly Check[] {
  const input = (): SourceInput => sourceInput(plugin, one, seal);
  const golden = strip(one.golden);
  const tries = whole ? EFFORT.whole : EFFORT.sample;
  const named = (what: string, run: () => Faults): Check => check(`${one.name}: ${what}`, run);
  if (one.golden.rejected !== undefined) {
    const lax = { plugin, golden, authentic: false };
    return [named('flipped bits never make it throw', () => flipFaults(lax, input(), tries))];
  }
  const trust = one.golden.trust ?? trustOf(plugin, one, seal);
  // A shared secret or no secret proves the sender, not the bytes: there any change must still give lawful events.
  const forgery = { plugin, golden, authentic: trust === 'signed' || trust === 'encrypted' };
  return [
    named('each credential wrong is refused', () => credentialFaults(forgery, input(), trust)),
    named('each header dropped is refused or harmless', () => headerFaults(forgery, input())),
    named('each form field dropped is refused or harmless', () => fieldFaults(forgery, input())),
    named('nothing in it is refused', () => emptyFaults(plugin, input())),
    named('flipped bits are refused or harmless', () => flipFaults(forgery, input(), tries)),
  ];
}

function trustOf(plugin: SourcePlugin, one: SourceCase, seal: SealModule): string {
  try {
    const reading = readSource(plugin, sourceInput(plugin, one, seal));
    return 'rejected' in reading ? '' : reading.trust;
  } catch {
    // The golden check reports the throw; here the stricter rules apply.
    return 'signed';
  }
}
