import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
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

/** The checked configuration, frozen. Built by `loadConfiguration`; prints and serialises without secrets. */
export class Configuration {
  readonly accounts: readonly Account[];
  readonly targets: readonly Target[];
  readonly routes: readonly Route[];
  readonly offers: readonly Offer[];
  readonly programmes: readonly Programme[];
  readonly plugins: readonly string[];
  readonly warnings: readonly string[];
  /** SHA-256 (hex) of the content: equal for the same meaning, other when any value changes, also a secret. */
  readonly hash: string;
  readonly #secrets: readonly string[];
  readonly #accountsById: ReadonlyMap<string, Account>;
  readonly #targetsById: ReadonlyMap<string, Target>;
  readonly #routesById: ReadonlyMap<string, Route>;
  readonly #offersById: ReadonlyMap<string, Offer>;
  readonly #programmesById: ReadonlyMap<string, Programme>;

  constructor(parts: ConfigurationParts) {
    this.accounts = parts.accounts;
    this.targets = parts.targets;
    this.routes = parts.routes;
    this.offers = parts.offers;
    this.programmes = parts.programmes;
    this.plugins = parts.plugins;
    this.warnings = parts.warnings;
    this.#secrets = allSecrets(parts);
    this.#accountsById = new Map(parts.accounts.map((account) => [account.id, account]));
    this.#targetsById = new Map(parts.targets.map((target) => [target.id, target]));
    this.#routesById = new Map(parts.routes.map((route) => [route.id, route]));
    this.#offersById = new Map(parts.offers.map((offer) => [offer.id, offer]));
    this.#programmesById = new Map(parts.programmes.map((one) => [one.id, one]));
    this.hash = contentHash(parts, this.#secrets);
    Object.freeze(this);
  }

  /** A gateway without accounts and targets: it starts and says what to do next. */
  static empty(): Configuration {
    const none = { accounts: [], targets: [], routes: [], offers: [], programmes: [], plugins: [] };
    return new Configuration({ ...none, referenced: [], warnings: [] });
  }

  account(id: string): Account | undefined {
    return this.#accountsById.get(id);
  }

  target(id: string): Target | undefined {
    return this.#targetsById.get(id);
  }

  route(id: string): Route | undefined {
    return this.#routesById.get(id);
  }

  offer(id: string): Offer | undefined {
    return this.#offersById.get(id);
  }

  programme(id: string): Programme | undefined {
    return this.#programmesById.get(id);
  }

  /** Every secret text of credentials, settings and references, longest first; for the masking of logs. */
  secrets(): readonly string[] {
    return this.#secrets;
  }

  /** Plain data fit for a screen: every secret masked, also inside longer texts. */
  describe(): Record<string, unknown> {
    const mask = (text: string): string => maskSecrets(text, this.#secrets);
    return deepMap(plainParts(this, true), mask) as Record<string, unknown>;
  }

  toJSON(): Record<string, unknown> {
    return this.describe();
  }

  [inspect.custom](): Record<string, unknown> {
    return this.describe();
  }
}

/** Replaces every secret inside a text. `secrets` longest first. A text that is a secret as a whole is masked whatever its length. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => {
    if (masked === secret) return MASK;
    return secret.length < MIN_MASKED ? masked : masked.replaceAll(secret, MASK);
  }, text);
}

function allSecrets({
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

type Plain = Omit<ConfigurationParts, 'referenced' | 'warnings'>;

/** The same content as maps and lists; with `redact` the plugins' secret fields are masked already. */
function plainParts(parts: Plain, redact: boolean): Record<string, unknown> {
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
function deepMap(value: unknown, text: (value: string) => string): unknown {
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

/** Secrets go in as their own digest, so the text that is hashed could be kept without holding one. */
function contentHash(parts: ConfigurationParts, secrets: readonly string[]): string {
  const digest = (text: string): string =>
    secrets.some((secret) => text.includes(secret)) ? `sha256:${sha256(text)}` : text;
  return sha256(JSON.stringify(deepMap(plainParts(parts, false), digest)));
}
