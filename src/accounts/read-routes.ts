import { EVENT_TYPES, type EventType } from '#contract';
import { nearest, suggestion } from '../platform/config/index.js';
import type { Route } from './model.js';
import { derivedId, specificityOf, type Filters } from './route-identity.js';
import { readSettings } from './plugin-settings.js';
import type { Members } from './reading.js';
import { lintTarget, type ReadTarget } from './read-targets.js';
import type { Scope } from './scope.js';

const MEMBERS = ['id', 'from', 'to', 'events', 'test', 'settings', 'offers', 'affiliates'];

/** Ids as written in the file, also of accounts and targets that have faults of their own. */
export interface KnownIds {
  readonly accounts: readonly string[];
  readonly targets: readonly string[];
}

function readFrom(
  scope: Scope,
  value: unknown,
  path: string,
  known: KnownIds,
): Route['from'] | undefined {
  const from = scope.reading.texts(value, path, { required: true, example: '"*"' });
  if (from === undefined) return undefined;
  if (from.includes('*')) {
    return from.length === 1
      ? '*'
      : scope.reading.fault(path, 'must be "*" alone, or a list of account ids');
  }
  for (const id of from.filter((one) => !known.accounts.includes(one))) {
    scope.reading.fault(
      path,
      `names the unknown account "${id}"; ${suggestion(id, known.accounts)}`,
    );
  }
  return from;
}

function readTo(
  scope: Scope,
  value: unknown,
  path: string,
  known: KnownIds,
): readonly string[] | undefined {
  const to = scope.reading.texts(value, path, { required: true, example: '[tracker]' });
  for (const id of (to ?? []).filter((one) => !known.targets.includes(one))) {
    scope.reading.fault(path, `names the unknown target "${id}"; ${suggestion(id, known.targets)}`);
  }
  return to;
}

const isEventType = (word: string): word is EventType => EVENT_TYPES.some((type) => type === word);

function readEvents(scope: Scope, value: unknown, path: string): readonly EventType[] | null {
  const words = scope.reading.texts(value, path, { example: '[SALE, REFUND]' }) ?? null;
  for (const word of (words ?? []).filter((one) => !isEventType(one))) {
    const meant = nearest(word, EVENT_TYPES);
    const hint = meant ? `did you mean ${meant}?` : `known: ${EVENT_TYPES.join(', ')}`;
    scope.reading.fault(path, `names the unknown event type "${word}"; ${hint}`, '[SALE, REFUND]');
  }
  return words?.filter(isEventType) ?? null;
}

/** A route that can never send anything is a mistake; a type that no target of the route takes is worth a line. */
function judgeEvents(
  scope: Scope,
  filters: Filters,
  targets: readonly ReadTarget[],
  path: string,
): void {
  const { events } = filters;
  if (events === null || events.length === 0) return;
  for (const { id, plugin } of targets) {
    if (!events.some((type) => plugin.accepts.includes(type))) {
      const rule = `lead to the target "${id}", which takes none of them; ${plugin.name} takes: ${plugin.accepts.join(', ')}`;
      scope.reading.fault(`${path}.events`, rule);
    }
  }
  for (const type of events) {
    if (
      targets.length === filters.to.length &&
      !targets.some(({ plugin }) => plugin.accepts.includes(type))
    ) {
      scope.warnings.push(`${path}.events: no target of this route takes ${type}`);
    }
  }
}

/** The target's settings with the route's laid over them, judged by the target's own class. */
function overridden(
  scope: Scope,
  target: ReadTarget,
  overrides: Members,
  path: string,
): object | undefined {
  const { faults } = scope.reading;
  const before = faults.length;
  const settings = readSettings(scope, target.plugin.settings, overrides, path, target.plain);
  if (settings) lintTarget(scope, target.plugin, settings, path);
  // One override meets several targets: say which of them objects.
  const objections = faults.splice(before);
  faults.push(
    ...objections.map((fault) => ({ ...fault, rule: `${fault.rule} (target "${target.id}")` })),
  );
  return settings;
}

function readSettingsFor(
  scope: Scope,
  overrides: Members,
  targets: readonly ReadTarget[],
  path: string,
): ReadonlyMap<string, object> {
  const none = Object.keys(overrides).length === 0;
  return new Map(
    targets.flatMap((target): [string, object][] => {
      const settings = none ? target.settings : overridden(scope, target, overrides, path);
      return settings ? [[target.id, settings]] : [];
    }),
  );
}

function readRoute(
  scope: Scope,
  members: Members,
  path: string,
  known: KnownIds,
  all: readonly ReadTarget[],
): Route | undefined {
  const { reading } = scope;
  const id = members['id'] === undefined ? undefined : reading.id(members['id'], `${path}.id`);
  const from = readFrom(scope, members['from'], `${path}.from`, known);
  const to = readTo(scope, members['to'], `${path}.to`, known);
  const filters: Filters = {
    from: from ?? '*',
    to: to ?? [],
    events: readEvents(scope, members['events'], `${path}.events`),
    test: reading.flag(members['test'], `${path}.test`, false),
    offers: reading.texts(members['offers'], `${path}.offers`) ?? null,
    affiliates: reading.texts(members['affiliates'], `${path}.affiliates`) ?? null,
  };
  const targets = all.filter((target) => filters.to.includes(target.id));
  const overrides = reading.map(members['settings'], `${path}.settings`);
  const settingsFor = readSettingsFor(scope, overrides, targets, `${path}.settings`);
  judgeEvents(scope, filters, targets, path);
  if (from === undefined || to === undefined) return undefined;
  return {
    id: id ?? derivedId(filters),
    ...filters,
    settingsFor,
    specificity: specificityOf(filters),
  };
}

/** Two routes without id that say the same are one too many, or want a name each. */
function judgeTwins(
  scope: Scope,
  routes: readonly (Route | undefined)[],
  named: readonly boolean[],
): void {
  routes.forEach((route, index) => {
    if (!route || named[index]) return;
    const first = routes.findIndex((other, at) => !named[at] && other?.id === route.id);
    if (first < index) {
      const rule = `says the same as routes[${first}]: remove one, or give both an id`;
      scope.reading.fault(`routes[${index}]`, rule);
    }
  });
}

/** Reads `routes`. `targets`: those without faults; `known`: every id that the file has. */
export function readRoutes(
  scope: Scope,
  value: unknown,
  known: KnownIds,
  targets: readonly ReadTarget[],
): readonly Route[] {
  const { reading } = scope;
  const items = reading
    .list(value, 'routes')
    .map((item, index) => reading.map(item, `routes[${index}]`, MEMBERS));
  const routes = items.map((members, index) =>
    readRoute(scope, members, `routes[${index}]`, known, targets),
  );
  const named = items.map((members) => members['id'] !== undefined);
  reading.unique(
    routes.map((route, index) => (named[index] ? route?.id : undefined)),
    (index) => `routes[${index}].id`,
  );
  judgeTwins(scope, routes, named);
  return routes.filter((route) => route !== undefined);
}
