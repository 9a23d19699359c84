import { createHash, randomBytes } from 'node:crypto';
import { safeEqual } from '../../contract/index.js';
import type { Clock } from '../../platform/clock/clock.js';
import { base32 } from '../../platform/ids/ids.js';
import type { MongoStore } from '../../platform/mongo/mongo-store.js';
import type { Caller } from './caller.js';
import { SCOPES, type Scope } from './scopes.js';

/** A key of the admin API: only the hash of its secret is kept. */
export interface AdminKeyDoc {
  _id: string;
  name: string;
  scopes: Scope[];
  /** SHA-256 of the whole key, hex. It has 256 random bits, so no slow hash is needed. */
  hash: string;
  createdAt: Date;
  createdBy: { id: string; name: string };
  expiresAt?: Date;
  lastUsedAt?: Date;
  revokedAt?: Date;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | undefined;
}

/** `wbk_<id>_<secret>`: scanners find it, and its row is found without trying all. */
const SHAPE = /^wbk_([a-z2-7]{16})_[A-Za-z0-9_-]{43}$/;
/** Written at most so often (milliseconds): every request would be a write. */
const USED_EVERY_MS = 60_000;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Keys made through the API. */
export class AdminKeys {
  constructor(
    private readonly mongo: MongoStore,
    private readonly clock: Clock,
  ) {}

  private get collection() {
    return this.mongo.db.collection<AdminKeyDoc>('admin_keys');
  }

  /** Whose key this is; undefined for none, an expired or a revoked one. Throws when MongoDB is away. */
  async identify(key: string): Promise<Caller | undefined> {
    const id = SHAPE.exec(key)?.[1];
    if (id === undefined) return undefined;
    const doc = await this.collection.findOne({ _id: id }, { maxTimeMS: 2000 });
    const now = this.clock.now();
    if (!doc || !safeEqual(hashOf(key), doc.hash) || !isLive(doc, now)) return undefined;
    if (now - (doc.lastUsedAt?.getTime() ?? 0) > USED_EVERY_MS) this.used(id, now);
    const scopes = doc.scopes.filter((scope) => SCOPES.includes(scope));
    return { id, name: doc.name, scopes };
  }

  /** Behind the request: nobody waits for it, and without it the key works all the same. */
  private used(id: string, now: number): void {
    void this.collection
      .updateOne({ _id: id }, { $max: { lastUsedAt: new Date(now) } })
      .catch(() => undefined);
  }

  /** The key itself is in the answer and nowhere else, ever. */
  async make(
    { name, scopes, expiresAt }: NewKey,
    by: Caller,
  ): Promise<{ key: string; doc: AdminKeyDoc }> {
    const id = base32(randomBytes(10));
    const key = `wbk_${id}_${randomBytes(32).toString('base64url')}`;
    const doc: AdminKeyDoc = {
      ...{ _id: id, name, scopes: [...scopes], hash: hashOf(key) },
      ...{ createdAt: new Date(this.clock.now()), createdBy: { id: by.id, name: by.name } },
      ...(expiresAt ? { expiresAt } : {}),
    };
    await this.collection.insertOne(doc);
    return { key, doc };
  }

  list(): Promise<AdminKeyDoc[]> {
    return this.collection
      .find()
      .sort({ createdAt: -1, _id: 1 })
      .limit(1000)
      .maxTimeMS(5000)
      .toArray();
  }

  find(id: string): Promise<AdminKeyDoc | null> {
    return this.collection.findOne({ _id: id });
  }

  /** False: it was revoked before. */
  async revoke(id: string): Promise<boolean> {
    const now = new Date(this.clock.now());
    const filter = { _id: id, revokedAt: { $exists: false } };
    return (
      (await this.collection.updateOne(filter, { $set: { revokedAt: now } })).modifiedCount > 0
    );
  }
}

const isLive = ({ revokedAt, expiresAt }: AdminKeyDoc, now: number): boolean =>
  revokedAt === undefined && (expiresAt === undefined || now < expiresAt.getTime());
