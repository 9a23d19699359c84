import { ConfigStore, type VersionDoc } from '../../accounts/live/config-store.js';
import type { Log } from '../../platform/log/log.js';
import type { AuditLog } from './audit-log.js';

const TICK_MS = 5000;
/** The process that made the change is about to write its row itself. */
const GRACE_MS = 10_000;

/** The fact under which a version has its one row. */
export const factOf = (version: number): string => `config:${version}`;

/** What the audit log says of a change of the configuration: no values, these stand in the version. */
export const deedOf = ({ _id, action = 'file', changes = [], revertOf }: VersionDoc) => ({
  deed: `config-${action}`,
  what: {
    version: _id,
    ...(revertOf === undefined ? {} : { revertOf }),
    objects: changes.map(({ section, id, before, after, secretsChanged }) => ({
      ...{ section, id, secretsChanged },
      how: before === null ? 'made' : after === null ? 'removed' : 'changed',
    })),
  },
});

/** A process that died between a change and its audit row leaves a gap: any replica fills it. */
export class Unaudited {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: ConfigStore,
    private readonly audit: AuditLog,
    private readonly log: Log,
  ) {}

  /** By Nest, once the application is up. */
  onApplicationBootstrap(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.tick().catch((error: unknown) => {
        const err = error instanceof Error ? error.message : 'unknown';
        this.log.debug({ err }, 'the audit log could not be looked after');
      });
      void this.running.then(() => this.onApplicationBootstrap());
    }, TICK_MS).unref();
  }

  /** By Nest: before the stores close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Writes the rows that are missing. */
  async tick(): Promise<void> {
    const before = new Date(this.store.now() - GRACE_MS);
    const left = await this.store.versions
      .find({ audited: false, changes: { $exists: true }, at: { $lt: before } })
      .sort({ _id: 1 })
      .limit(100)
      .maxTimeMS(2000)
      .toArray();
    for (const version of left) {
      const who = version.who ?? { id: '', name: '' };
      await this.audit.append({ ...deedOf(version), who, caller: '', fact: factOf(version._id) });
      await this.mark(version._id);
    }
  }

  async mark(version: number): Promise<void> {
    await this.store.versions.updateOne({ _id: version }, { $set: { audited: true } });
  }
}
