import type { Collection, MongoStore } from '../../platform/mongo/mongo-store.js';
import type { At, Section, StoredObject } from '../stored-objects.js';
import type { ObjectDoc } from './sealing.js';

/** One object of a version: which of its states, and the version that brought it. */
export interface Entry {
  section: Section;
  id: string;
  /** `_id` of the `ObjectDoc`. */
  rev: string;
  version: number;
}

/** Who changed something. Never the key itself. */
export interface Who {
  id: string;
  name: string;
}

/** What happened to one object, fit for a screen: JSON texts with secrets masked. */
export interface Change {
  section: Section;
  id: string;
  before: string | null;
  after: string | null;
  /** Secrets were given, changed or taken away: masked they look alike. */
  secretsChanged: boolean;
}

/** One number of the configuration. Only appended: the unique `_id` is the compare-and-set. */
export interface VersionDoc {
  _id: number;
  /** Of the whole content, the file's included, on the replica that wrote it. */
  hash: string;
  at: Date;
  /** Absent in rows of older releases, which knew the file alone. */
  action?: 'file' | 'put' | 'remove' | 'apply' | 'revert' | 'credential';
  who?: Who;
  entries?: Entry[];
  changes?: Change[];
  /** Version whose objects this one took over. */
  revertOf?: number;
  /** The audit log has it. */
  audited?: boolean;
}

/** A stored object with its history's place. */
export interface Stored extends StoredObject {
  readonly rev: string;
  readonly version: number;
}

export const DUPLICATE_KEY = 11_000;

export const isDuplicate = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === DUPLICATE_KEY;

/** The collections of the configuration. */
export class ConfigStore {
  constructor(private readonly mongo: MongoStore) {}

  get versions(): Collection<VersionDoc> {
    return this.mongo.db.collection<VersionDoc>('config_versions');
  }

  get objects(): Collection<ObjectDoc> {
    return this.mongo.db.collection<ObjectDoc>('config_objects');
  }

  now(): number {
    return this.mongo.clock.now();
  }

  latest(): Promise<VersionDoc | null> {
    return this.versions.find().sort({ _id: -1 }).limit(1).next();
  }

  /** 0: none yet. */
  async latestNumber(): Promise<number> {
    const found = await this.versions
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .maxTimeMS(2000)
      .next();
    return found?._id ?? 0;
  }

  async objectsOf(entries: readonly Entry[]): Promise<ReadonlyMap<string, ObjectDoc>> {
    const revs = entries.map(({ rev }) => rev);
    const docs = revs.length === 0 ? [] : await this.objects.find({ _id: { $in: revs } }).toArray();
    return new Map(docs.map((doc) => [doc._id, doc]));
  }

  /** The last state that this id ever had, also of objects that are gone. */
  lastState(section: Section, id: string): Promise<ObjectDoc | null> {
    return this.objects.find({ section, id }).sort({ at: -1 }).limit(1).next();
  }

  /** False: somebody else was faster, nothing is stored. */
  async append(version: VersionDoc, objects: readonly ObjectDoc[]): Promise<boolean> {
    if (objects.length > 0) await this.objects.insertMany([...objects]);
    try {
      await this.versions.insertOne(version);
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await this.objects.deleteMany({ _id: { $in: objects.map(({ _id }) => _id) } });
      return false;
    }
  }
}

export type { At };
