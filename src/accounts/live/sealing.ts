import {
  newDataKey,
  SealError,
  seal,
  unseal,
  unwrap,
  wrap,
  type Sealed,
  type WrappedKey,
} from '../../platform/secrets/envelope.js';
import type { KeyRing } from '../../platform/secrets/key-ring.js';
import type { At, Section, StoredObject } from '../stored-objects.js';
import { mapLeaves } from './secret-places.js';

/** One state of an object, as MongoDB holds it. Never changes, except that its data key may be wrapped anew. */
export interface ObjectDoc {
  _id: string;
  section: Section;
  id: string;
  /** Source or target plugin. */
  plugin?: string;
  test?: boolean;
  /** JSON; `null` where a secret was. As a text, since names of members may hold dots and dollars. */
  data: string;
  secrets: { at: string; sealed: Sealed }[];
  /** Only with secrets. */
  key?: WrappedKey;
  at: Date;
}

type SealedParts = Pick<ObjectDoc, 'data' | 'secrets' | 'key'>;

/** Encrypts every secret under a fresh data key, bound to section, id and place. */
export function sealObject(
  { section, id, data, secrets }: StoredObject,
  ring: () => KeyRing,
): SealedParts {
  if (secrets.length === 0) return { data: JSON.stringify(data), secrets: [] };
  const dataKey = newDataKey();
  const hidden = new Set(secrets.map((at) => JSON.stringify(at)));
  const sealed: ObjectDoc['secrets'] = [];
  const rest = mapLeaves(data, (text, at) => {
    const place = JSON.stringify(at);
    if (!hidden.has(place)) return text;
    const plain = Buffer.from(text, 'utf8');
    sealed.push({ at: place, sealed: seal(dataKey, plain, [section, id, place]) });
    return null;
  });
  const key = wrap(ring().newest(), dataKey, section, id);
  return { data: JSON.stringify(rest), secrets: sealed, key };
}

function put(data: unknown, at: At, text: string): void {
  let slot = data as Record<string | number, unknown>;
  for (const part of at.slice(0, -1)) slot = slot[part] as Record<string | number, unknown>;
  const last = at.at(-1);
  if (last !== undefined)
    Object.defineProperty(slot, last, {
      value: text,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

/** Throws `SealError` when a key is missing or anything was changed or moved. */
export function openObject(doc: ObjectDoc, ring: KeyRing): StoredObject {
  const { section, id } = doc;
  const data = JSON.parse(doc.data) as Record<string, unknown>;
  if (doc.secrets.length === 0) return { section, id, data, secrets: [] };
  if (!doc.key) throw new SealError(`${section} ${id} has no data key`);
  const dataKey = unwrap(ring, doc.key, section, id);
  const places = doc.secrets.map(({ at, sealed }) => {
    const place = JSON.parse(at) as At;
    put(data, place, unseal(dataKey, sealed, [section, id, at]).toString('utf8'));
    return place;
  });
  return { section, id, data, secrets: places };
}

/** The same data key under the newest key-encryption key; undefined when it is that already. */
export function rewrapped(doc: ObjectDoc, ring: KeyRing): WrappedKey | undefined {
  const newest = ring.newest();
  if (!doc.key || doc.key.kek === newest.id) return undefined;
  return wrap(newest, unwrap(ring, doc.key, doc.section, doc.id), doc.section, doc.id);
}
