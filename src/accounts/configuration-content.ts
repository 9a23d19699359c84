import { createHash } from 'node:crypto';
import { MASK, redactSettings, secretsOf } from '#contract';
import type { Account, Offer, Programme, Route, Target } from './model.js';

/** The parts of a configuration, already checked. */
export interface ConfigurationParts {
  readonly accounts: readonly Account[];
  readonly targets: readonly Target[];
  readonly routes: readonly Route[];
  readonly offers: readonly Offer[];
  readonly programmes: readonly Programme[];
  /** Packages or directories of outside plugins named in the file. */
  readonly plugins: readonly string[];
  /** Values that references gave. */
  readonly referenced: readonly string[];
  /** Sentences for the start-up log; none stops the start, none holds a secret. */
  readonly warnings: readonly string[];
}

/** Shorter texts are not masked inside other texts: they would make holes everywhere and hide nothing. */
const MIN_MASKED = 4;

/** Replaces every secret inside a text. `secrets` longest first. A text that is a secret as a whole is masked whatever its length. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => {
    if (masked === secret) return MASK;
    return secret.length < MIN_MASKED ? masked : masked.replaceAll(secret, MASK);
  }, text);
}

/** Every secret text of credentials, settings and references, longest first. */
export function allSecrets({
  accounts,
  targets,
  routes,
  referenced,
}: ConfigurationParts): readonly string[] {
  const found = [
    ...referenced,
    ...accounts.flatMap(({ source, credentials, settings }) => [
      ...credentials.flatMap(({ value }) => secretsOf(source.credentials, value)),
      ...secretsOf(source.settings, settings),
    ]),
    ...targets.flatMap(({ id, plugin, settings }) => [
      ...secretsOf(plugin.settings, settings),
      ...routes.flatMap((route) => secretsOf(plugin.settings, route.settingsFor.get(id) ?? {})),
    ]),
  ];
  return [...new Set(found)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}

export type Plain = Omit<ConfigurationParts, 'referenced' | 'warnings'>;

/** The same content as maps and lists; with `redact` the plugins' secret fields are masked already. */
export function plainParts(parts: Plain, redact: boolean): Record<string, unknown> {
  const view = redact ? redactSettings : (_cls: unknown, value: object): object => ({ ...value });
  return {
    accounts: parts.accounts.map(({ source, credentials, settings, ...rest }) => ({
      ...rest,
      source: source.name,
      credentials: credentials.map((one) => ({
        ...one,
        value: view(source.credentials, one.value),
      })),
      settings: view(source.settings, settings),
    })),
    targets: parts.targets.map(({ id, plugin, settings, options }) => ({
      id,
      target: plugin.name,
      settings: view(plugin.settings, settings),
      options,
    })),
    routes: parts.routes.map(({ settingsFor, ...rest }) => ({
      ...rest,
      settingsFor: Object.fromEntries(
        parts.targets.flatMap(({ id, plugin, settings }) => {
          const own = settingsFor.get(id);
          return own === undefined || own === settings ? [] : [[id, view(plugin.settings, own)]];
        }),
      ),
    })),
    offers: parts.offers,
    programmes: parts.programmes,
    plugins: parts.plugins,
  };
}

/** Copies plain data with every text replaced, keys in alphabetical order, undefined members left out. */
export function deepMap(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => deepMap(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, deepMap(inner, text)]),
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * SHA-256 (hex) of the content. Secrets go in as their own digest, so the text that is hashed could be kept without holding one.
 */
export function contentHash(parts: ConfigurationParts, secrets: readonly string[]): string {
  const digest = (text: string): string =>
    secrets.some((secret) => text.includes(secret)) ? `sha256:${sha256(text)}` : text;
  return sha256(JSON.stringify(deepMap(plainParts(parts, false), digest)));
}
