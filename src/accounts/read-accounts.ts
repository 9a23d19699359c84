import { compact, fieldsOf, isRecord, type SourcePlugin } from '#contract';
import { suggestion } from '../platform/config/index.js';
import type { Account, Credential } from './model.js';
import type { Members } from './reading.js';
import { readSettings } from './plugin-settings.js';
import { readTime } from './read-time.js';
import type { Scope } from './scope.js';

const MEMBERS = ['id', 'source', 'credentials', 'settings', 'publicUrl', 'test', 'programme'];
const OWN = ['id', 'notBefore', 'notAfter'] as const;

/** Every credential is tried on each notification: more than a few would make forgeries costly to refuse. */
const MAX_CREDENTIALS = 5;

const defaultId = (index: number): string =>
  index === 0 ? 'current' : index === 1 ? 'previous' : `previous-${index}`;

function readCredential(
  scope: Scope,
  plugin: SourcePlugin,
  item: unknown,
  path: string,
  index: number,
): Credential | undefined {
  if (!isRecord(item)) return scope.reading.fault(path, 'must be a map of credentials');
  // A plugin's own member of the same name comes first.
  const taken = new Set(fieldsOf(plugin.credentials).map((field) => field.name));
  const ours = (name: (typeof OWN)[number]): unknown => (taken.has(name) ? undefined : item[name]);
  const data = Object.fromEntries(
    Object.entries(item).filter(([name]) => taken.has(name) || !OWN.some((own) => own === name)),
  );
  const value = readSettings(scope, plugin.credentials, data, path);
  const id =
    ours('id') === undefined ? defaultId(index) : scope.reading.id(ours('id'), `${path}.id`);
  const notBefore = readTime(scope.reading, ours('notBefore'), `${path}.notBefore`);
  const notAfter = readTime(scope.reading, ours('notAfter'), `${path}.notAfter`);
  if (notBefore !== undefined && notAfter !== undefined && notAfter <= notBefore) {
    return scope.reading.fault(`${path}.notAfter`, 'must be later than notBefore');
  }
  if (value === undefined || id === undefined) return undefined;
  return {
    id,
    value,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function readCredentials(
  scope: Scope,
  plugin: SourcePlugin,
  value: unknown,
  path: string,
): readonly Credential[] {
  if (!Array.isArray(value)) {
    const one = readCredential(scope, plugin, value ?? {}, path, 0);
    return one ? [one] : [];
  }
  if (value.length === 0) scope.reading.fault(path, 'must hold at least one set of credentials');
  if (value.length > MAX_CREDENTIALS) {
    scope.reading.fault(path, `must hold at most ${MAX_CREDENTIALS} sets of credentials`);
  }
  const read = value.map((item, index) =>
    readCredential(scope, plugin, item, `${path}[${index}]`, index),
  );
  scope.reading.unique(
    read.map((credential) => credential?.id),
    (index) => `${path}[${index}].id`,
  );
  return read.filter((credential) => credential !== undefined);
}

function readPublicUrl(scope: Scope, value: unknown, path: string): string | undefined {
  const text = scope.reading.text(value, path);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash;
  if (plain) return text.replace(/\/+$/, '');
  const rule = 'must be an absolute URL without user, query and #fragment';
  return scope.reading.fault(path, rule, 'https://hooks.example.com/in/stripe/shop');
}

function findSource(
  scope: Scope,
  name: string | undefined,
  path: string,
): SourcePlugin | undefined {
  if (name === undefined) return undefined;
  const plugin = scope.registry.source(name);
  if (plugin) return plugin;
  const hint = scope.registry.target(name) ? 'it is a target; ' : '';
  const known = suggestion(name, scope.registry.sourceNames());
  return scope.reading.fault(path, `names no source plugin; ${hint}${known}`);
}

function readAccount(scope: Scope, members: Members, path: string): Account | undefined {
  const { reading } = scope;
  const id = reading.id(members['id'], `${path}.id`, 'cb-main');
  const name = reading.text(members['source'], `${path}.source`, {
    required: true,
    example: 'clickbank',
  });
  const test = reading.flag(members['test'], `${path}.test`, false);
  const programme = reading.text(members['programme'], `${path}.programme`);
  const ownUrl = readPublicUrl(scope, members['publicUrl'], `${path}.publicUrl`);
  const source = findSource(scope, name, `${path}.source`);
  if (!source) return undefined;
  const credentials = readCredentials(scope, source, members['credentials'], `${path}.credentials`);
  const settings = readSettings(scope, source.settings, members['settings'], `${path}.settings`);
  if (id === undefined || settings === undefined || credentials.length === 0) return undefined;
  const fromBase = scope.publicUrl === '' ? '' : `${scope.publicUrl}/in/${source.name}/${id}`;
  const publicUrl = ownUrl ?? fromBase;
  return { id, source, credentials, settings, publicUrl, test, ...compact({ programme }) };
}

/** Reads `accounts`; an account with a fault is left out of the answer, its faults are noted. */
export function readAccounts(scope: Scope, value: unknown): readonly Account[] {
  const { reading } = scope;
  const items = reading
    .list(value, 'accounts')
    .map((item, index) => reading.map(item, `accounts[${index}]`, MEMBERS));
  reading.unique(idsOf(items), (index) => `accounts[${index}].id`);
  return items.flatMap((members, index) => readAccount(scope, members, `accounts[${index}]`) ?? []);
}

/** Ids as written, for the check of references: an account with another fault still exists. */
export const idsOf = (items: readonly unknown[]): readonly (string | undefined)[] =>
  items.map((item) => {
    const id = isRecord(item) ? item['id'] : undefined;
    return typeof id === 'string' || typeof id === 'number' ? String(id).trim() : undefined;
  });
