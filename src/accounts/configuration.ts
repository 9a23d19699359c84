import { inspect } from 'node:util';
import {
  allSecrets,
  contentHash,
  deepMap,
  maskSecrets,
  plainParts,
  type ConfigurationParts,
} from './configuration-content.js';
import type { Account, Offer, Programme, Route, Target } from './model.js';

export { maskSecrets, type ConfigurationParts };

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]));

/** One checked content; never changes. */
class Content {
  readonly secrets: readonly string[];
  readonly hash: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly targets: ReadonlyMap<string, Target>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly offers: ReadonlyMap<string, Offer>;
  readonly programmes: ReadonlyMap<string, Programme>;

  constructor(readonly parts: ConfigurationParts) {
    this.secrets = allSecrets(parts);
    this.hash = contentHash(parts, this.secrets);
    this.accounts = byId(parts.accounts);
    this.targets = byId(parts.targets);
    this.routes = byId(parts.routes);
    this.offers = byId(parts.offers);
    this.programmes = byId(parts.programmes);
    Object.freeze(this);
  }
}

/**
 * The checked configuration in force. Every room holds this one object and asks it each time: a change swaps the whole
 * content between two questions, never a part of it. Prints and serialises without secrets.
 */
export class Configuration {
  #content: Content;
  #version = 0;
  #whole = true;
  #trouble: readonly string[] = [];
  readonly #listeners: (() => void)[] = [];

  constructor(parts: ConfigurationParts) {
    this.#content = new Content(parts);
    Object.freeze(this);
  }

  /** A gateway without accounts and targets: it starts and says what to do next. */
  static empty(): Configuration {
    const none = { accounts: [], targets: [], routes: [], offers: [], programmes: [], plugins: [] };
    return new Configuration({ ...none, referenced: [], warnings: [] });
  }

  get accounts(): readonly Account[] {
    return this.#content.parts.accounts;
  }

  get targets(): readonly Target[] {
    return this.#content.parts.targets;
  }

  get routes(): readonly Route[] {
    return this.#content.parts.routes;
  }

  get offers(): readonly Offer[] {
    return this.#content.parts.offers;
  }

  get programmes(): readonly Programme[] {
    return this.#content.parts.programmes;
  }

  get plugins(): readonly string[] {
    return this.#content.parts.plugins;
  }

  /** Sentences for the start-up log and the health page: of the content, and why a newer one could not be taken. */
  get warnings(): readonly string[] {
    return [...this.#content.parts.warnings, ...this.#trouble];
  }

  /** SHA-256 (hex) of the content: equal for the same meaning, other when any value changes, also a secret. */
  get hash(): string {
    return this.#content.hash;
  }

  /** Number of the content, the same on all replicas; 0 until the first is known. Only grows. */
  get version(): number {
    return this.#version;
  }

  /** False: what is stored beside the file is not known yet, so an id that is not here may exist all the same. */
  get whole(): boolean {
    return this.#whole;
  }

  account(id: string): Account | undefined {
    return this.#content.accounts.get(id);
  }

  target(id: string): Target | undefined {
    return this.#content.targets.get(id);
  }

  route(id: string): Route | undefined {
    return this.#content.routes.get(id);
  }

  /** Takes the content of another one, under its number. Listeners are told when content or number changed. */
  adopt(next: Configuration, version: number): void {
    const changed = next.hash !== this.hash || version !== this.#version;
    this.#content = next.#content;
    this.#version = version;
    this.#whole = true;
    this.#trouble = [];
    if (changed) for (const listener of this.#listeners) listener();
  }

  /** Only the file is known so far. */
  awaitStored(): void {
    this.#whole = false;
  }

  /** Why a newer content could not be taken; the present one stays. */
  troubled(sentences: readonly string[]): void {
    this.#trouble = sentences;
  }

  /** Called after every change, in the same tick. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  offer(id: string): Offer | undefined {
    return this.#content.offers.get(id);
  }

  programme(id: string): Programme | undefined {
    return this.#content.programmes.get(id);
  }

  /** Every secret text of credentials, settings and references, longest first; for the masking of logs. */
  secrets(): readonly string[] {
    return this.#content.secrets;
  }

  /** Plain data fit for a screen: every secret masked, also inside longer texts. */
  describe(): Record<string, unknown> {
    const mask = (text: string): string => maskSecrets(text, this.secrets());
    return deepMap(plainParts(this.#content.parts, true), mask) as Record<string, unknown>;
  }

  toJSON(): Record<string, unknown> {
    return this.describe();
  }

  [inspect.custom](): Record<string, unknown> {
    return this.describe();
  }
}
