import type { MongoStore } from '../platform/mongo/mongo-store.js';

interface VersionDoc {
  _id: number;
  hash: string;
  at: Date;
}

const DUPLICATE_KEY = 11_000;

/** The number of the configuration in force, shared by all replicas: the same content has the same number. */
export class ConfigVersion {
  private version = 0;

  /** 0 until registered. */
  get current(): number {
    return this.version;
  }

  /** Finds or makes the number of this content. Two replicas that start at once agree through the unique `_id`. */
  async register(mongo: MongoStore, hash: string, now: number): Promise<number> {
    const versions = mongo.db.collection<VersionDoc>('config_versions');
    for (let tries = 0; tries < 10; tries += 1) {
      const latest = await versions.find().sort({ _id: -1 }).limit(1).next();
      if (latest?.hash === hash) return (this.version = latest._id);
      try {
        const next = (latest?._id ?? 0) + 1;
        await versions.insertOne({ _id: next, hash, at: new Date(now) });
        return (this.version = next);
      } catch (error) {
        if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
      }
    }
    throw new Error('the configuration version could not be registered');
  }
}
