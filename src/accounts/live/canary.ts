import { SealError, seal, unseal, type Sealed } from '../../platform/secrets/envelope.js';
import type { KeyRing, RingKey } from '../../platform/secrets/key-ring.js';
import type { Log } from '../../platform/log/log.js';
import type { MongoStore } from '../../platform/mongo/mongo-store.js';
import { isDuplicate } from './config-store.js';

interface CanaryDoc {
  _id: string;
  sealed: Sealed;
}

const WORD = Buffer.from('waybill');

/** The keys of this process do not open what is stored. The gateway must not run: it would serve half a configuration. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
  readonly code = 'WB_SECRET_KEY';

  constructor(what: string) {
    super(
      `WB_SECRET_KEY: ${what}. Give every replica the same WAYBILL_SECRET_KEYS (id:base64,…, newest first) under which the secrets were stored; without that variable put the file secret-keys back into the data directory.`,
    );
  }
}

const opens = ({ key, id }: RingKey, sealed: Sealed): boolean => {
  try {
    return unseal(key, sealed, ['canary', id, 'word']).equals(WORD);
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
};

/** One known word per key-encryption key, encrypted under it: tells at the start whether the keys are the right ones. */
export class Canaries {
  constructor(
    private readonly mongo: MongoStore,
    readonly ring: KeyRing,
    private readonly log: Log,
  ) {}

  private get collection() {
    return this.mongo.db.collection<CanaryDoc>('secret_canaries');
  }

  /** Throws `SecretKeyError`. `used`: ids of the keys that stored objects need. */
  async check(used: readonly string[]): Promise<void> {
    const { ring } = this;
    const docs = await this.collection.find().toArray();
    const ours = docs.filter(({ _id }) => ring.find(_id));
    const wrong = ours.find(({ _id, sealed }) => {
      const key = ring.find(_id);
      return key && !opens(key, sealed);
    });
    if (wrong)
      throw new SecretKeyError(
        `the key "${wrong._id}" is not the one that secrets were stored under`,
      );
    const missing = used.filter((id) => !ring.find(id));
    if (missing.length > 0)
      throw new SecretKeyError(
        `secrets are stored under the key "${missing.join('", "')}", which this process has not`,
      );
    if (docs.length > 0 && ours.length === 0)
      throw new SecretKeyError('this process has none of the keys that the other replicas use');
    if (ring.shared && ring.ids.length > 0) await this.place();
  }

  /** Leaves the word under the newest key, if it is not there. */
  async place(): Promise<void> {
    const { key, id } = this.ring.newest();
    const sealed = seal(key, WORD, ['canary', id, 'word']);
    try {
      await this.collection.insertOne({ _id: id, sealed });
    } catch (error) {
      if (isDuplicate(error)) return;
      throw error;
    }
    if (!this.ring.shared)
      this.log.warn(
        { code: 'WB_SECRET_KEY_LOCAL', key: id },
        'stored secrets are encrypted under a key made here, in the file secret-keys of the data directory: keep a copy of it; further replicas need WAYBILL_SECRET_KEYS',
      );
  }

  /** Nothing is stored under other keys any more. */
  async keepOnly(id: string): Promise<void> {
    await this.collection.deleteMany({ _id: { $ne: id } });
  }
}
