import { isRecord, type Fault } from '#contract';
import type { Env } from '../platform/config/index.js';
import { joined } from './reading.js';

const PREFIX = 'WAYBILL__';

/** The data with the overrides in it, and which variable set which path. */
export interface Overridden {
  readonly data: unknown;
  readonly origins: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
}

type Slot = Record<string, unknown> | unknown[];

const isSlot = (value: unknown): value is Slot => isRecord(value) || Array.isArray(value);

/** Shells allow no `-` in the name of a variable: the id `cb-main` is written `cb_main`. */
const shellName = (id: unknown): string => String(id).replaceAll('-', '_').toLowerCase();

/** Place in a list by number or by the item's id; the number one past the end adds an item. */
function placeIn(list: readonly unknown[], segment: string): number | undefined {
  if (/^\d{1,4}$/.test(segment))
    return Number(segment) <= list.length ? Number(segment) : undefined;
  const byId = list.findIndex(
    (item) =>
      isRecord(item) && Object.hasOwn(item, 'id') && shellName(item['id']) === shellName(segment),
  );
  return byId < 0 ? undefined : byId;
}

/** Own properties only, also for `__proto__`. */
function put(slot: Slot, key: string | number, value: unknown): void {
  Object.defineProperty(slot, key, { value, enumerable: true, configurable: true, writable: true });
}

const own = (slot: Slot, key: string | number): unknown =>
  Object.hasOwn(slot, key) ? (slot as Record<string | number, unknown>)[key] : undefined;

/** Sections that are lists; a new one is made as such. */
const LISTS: ReadonlySet<string> = new Set([
  'accounts',
  'targets',
  'routes',
  'offers',
  'programmes',
  'plugins',
]);

/** A member that is not there yet: a list where the next segment is a number or the section is one, else a map. */
const fresh = (section: string, next: string): Slot =>
  /^\d+$/.test(next) || LISTS.has(section) ? [] : {};

/** Walks to the place and sets it; answers the path, or a sentence. */
function setAt(
  root: Slot,
  segments: readonly string[],
  value: string,
): { path: string } | { rule: string } {
  let slot = root;
  let path = '';
  for (const [index, segment] of segments.entries()) {
    const key = Array.isArray(slot) ? placeIn(slot, segment) : segment;
    if (key === undefined) {
      return {
        rule: `finds no item "${segment}" in ${path}: give an item's id, or its number counted from 0`,
      };
    }
    path = typeof key === 'number' ? `${path}[${key}]` : joined(path, key);
    const next = segments[index + 1];
    if (next === undefined) {
      put(slot, key, value);
      return { path };
    }
    const inner = own(slot, key);
    if (!isSlot(inner) && inner !== undefined && inner !== null) {
      return { rule: `goes below ${path}, which is a single value` };
    }
    if (!isSlot(inner)) put(slot, key, fresh(index === 0 ? segment : '', next));
    slot = own(slot, key) as Slot;
  }
  return { rule: 'names nothing' };
}

/**
 * Lays environment overrides over the file: `WAYBILL__targets__tracker__settings__url=…`. Segments are names, numbers
 * from 0, or ids; the value is always a text (readers turn `true` and `8` into what the member wants). A variable
 * set to nothing is passed over. Variables apply in the order of their names, so the outcome does not depend on the shell.
 */
export function applyOverrides(data: unknown, env: Env): Overridden {
  const faults: Fault[] = [];
  const origins = new Map<string, string>();
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name]?.trim());
  if (names.length === 0) return { data, origins, faults };
  const root = structuredClone(data ?? {});
  if (!isRecord(root)) return { data, origins, faults };
  for (const name of names.toSorted()) {
    const segments = name.slice(PREFIX.length).split('__');
    const done = segments.includes('')
      ? { rule: 'has an empty part; write WAYBILL__section__item__member' }
      : setAt(root, segments, env[name] ?? '');
    if ('path' in done) origins.set(done.path, name);
    else
      faults.push({
        path: name,
        rule: done.rule,
        example: 'WAYBILL__targets__tracker__settings__url',
      });
  }
  return { data: root, origins, faults };
}
