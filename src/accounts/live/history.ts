import type { ConfigStore, VersionDoc } from './config-store.js';
import type { LiveConfiguration } from './live-configuration.js';
import { rewrapped } from './sealing.js';
import type { Canaries } from './canary.js';
import { ChangeError } from './change-error.js';
import type { Edit } from './edits.js';

/** Reads of the numbers that the configuration has had. */
export class ConfigHistory {
  constructor(
    private readonly store: ConfigStore,
    private readonly live: LiveConfiguration,
    private readonly canaries: Canaries,
  ) {}

  /** Newest first, below the number `before`. */
  list(before: number | undefined, limit: number): Promise<VersionDoc[]> {
    const filter = before === undefined ? {} : { _id: { $lt: before } };
    return this.store.versions
      .find(filter)
      .sort({ _id: -1 })
      .limit(limit)
      .maxTimeMS(5000)
      .toArray();
  }

  one(version: number): Promise<VersionDoc | null> {
    return this.store.versions.findOne({ _id: version });
  }

  /** The objects of an earlier number, secrets included. */
  revertEdit(version: number): Edit {
    return async () => {
      const doc = await this.one(version);
      if (!doc) throw new ChangeError('WB_CONFIG_MISSING', `there is no version ${version}`);
      return (await this.live.headOf(doc)).stored;
    };
  }

  /** Which key-encryption keys stored secrets are under, those of earlier versions included. */
  async keys(): Promise<readonly { id: string; objects: number; here: boolean }[]> {
    const used = await this.store.objects
      .aggregate<{ _id: string; objects: number }>([
        { $match: { 'key.kek': { $exists: true } } },
        { $group: { _id: '$key.kek', objects: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    const { ring } = this.canaries;
    return used.map(({ _id, objects }) => ({
      id: _id,
      objects,
      here: ring.find(_id) !== undefined,
    }));
  }

  /** Wraps every data key under the newest key-encryption key. Safe to repeat, and on several replicas at once. */
  async rewrap(): Promise<{ key: string; rewrapped: number }> {
    const { ring } = this.canaries;
    await this.canaries.place();
    const newest = ring.newest().id;
    let count = 0;
    for await (const doc of this.store.objects.find({
      'key.kek': { $exists: true, $ne: newest },
    })) {
      const key = rewrapped(doc, ring);
      if (!key || !doc.key) continue;
      const filter = { _id: doc._id, 'key.kek': doc.key.kek };
      count += (await this.store.objects.updateOne(filter, { $set: { key } })).modifiedCount;
    }
    await this.canaries.keepOnly(newest);
    return { key: newest, rewrapped: count };
  }
}
