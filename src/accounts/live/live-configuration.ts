import { ConfigError } from '../../platform/config/index.js';
import type { Log } from '../../platform/log/log.js';
import type { Configuration } from '../configuration.js';
import type { ConfigurationReader } from '../load-configuration.js';
import type { Canaries } from './canary.js';
import { ChangeError } from './change-error.js';
import type { ConfigStore, Entry, Stored, VersionDoc } from './config-store.js';
import { openObject } from './sealing.js';
import { STORED_SECTIONS } from '../stored-objects.js';

const POLL_MS = 1000;
/** A content that could not be taken is tried again after so many looks: a missing variable may be there then. */
const RETRY_LOOKS = 10;

/** The newest number and the objects that belong to it, secrets in clear. */
export interface Head {
  readonly version: number;
  readonly stored: readonly Stored[];
  readonly entries: readonly Entry[];
  readonly hash: string;
}

export interface LiveParts {
  readonly store: ConfigStore;
  readonly canaries: Canaries;
  readonly reader: ConfigurationReader;
  /** The one object that every room asks. */
  readonly configuration: Configuration;
  readonly log: Log;
  /** References are read again after so many milliseconds. */
  readonly renewMs: number;
}

/**
 * Keeps the configuration of this process what MongoDB says it is: the file's objects and those made through the admin
 * API, under one number that all replicas share. A content that does not pass the check here is not taken; the present
 * one stays, loudly.
 */
export class LiveConfiguration {
  private readonly opened = new Map<string, Stored>();
  private fileIds: ReadonlySet<string> = new Set();
  private looks = 0;
  private refused = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewing: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(readonly parts: LiveParts) {
    this.fileIds = idsIn(parts.configuration);
    parts.configuration.awaitStored();
  }

  /** The configuration file (or the environment) holds this id: the admin API only reads it. */
  ownedByFile(section: string, id: string): boolean {
    return this.fileIds.has(`${section}|${id.toLowerCase()}`);
  }

  /** One after the other: changes of this process, and looks. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.running.then(work, work);
    this.running = done.catch(() => undefined);
    return done;
  }

  /** The newest number with its objects. Throws `SealError` when one does not open. */
  async head(): Promise<Head> {
    const latest = await this.parts.store.latest();
    if (!latest) return { version: 0, stored: [], entries: [], hash: '' };
    const kept = new Set(latest.entries?.map(({ rev }) => rev));
    for (const rev of this.opened.keys()) if (!kept.has(rev)) this.opened.delete(rev);
    return this.headOf(latest);
  }

  async headOf({ _id, entries = [], hash }: VersionDoc): Promise<Head> {
    return { version: _id, stored: await this.open(entries), entries, hash };
  }

  private async open(entries: readonly Entry[]): Promise<readonly Stored[]> {
    const fresh = entries.filter(({ rev }) => !this.opened.has(rev));
    const docs = await this.parts.store.objectsOf(fresh);
    return entries.map((entry) => {
      const known = this.opened.get(entry.rev);
      if (known) return { ...known, version: entry.version };
      const doc = docs.get(entry.rev);
      if (!doc)
        throw new Error(`the state ${entry.rev} of ${entry.section} ${entry.id} is missing`);
      const stored = {
        ...openObject(doc, this.parts.canaries.ring),
        rev: entry.rev,
        version: entry.version,
      };
      this.opened.set(entry.rev, stored);
      return stored;
    });
  }

  /**
   * First look after the start: keys, stored objects, and a number for what the file says now. Two replicas that start at
   * once agree through the unique number.
   * @throws SecretKeyError when the keys are not those of the other replicas; ChangeError when the whole does not pass.
   */
  join(): Promise<void> {
    return this.alone(async () => {
      const { store, canaries, reader, configuration } = this.parts;
      await canaries.check(await this.keysInUse());
      for (;;) {
        const head = await this.head();
        const next = await this.checked(head, () => reader.read(head.stored));
        if (head.version > 0 && next.hash === head.hash) return this.take(head, next);
        const version: VersionDoc = {
          ...{ _id: head.version + 1, hash: next.hash, at: new Date(store.now()) },
          ...{ action: 'file', entries: [...head.entries], changes: [], audited: true },
        };
        if (await store.append(version, [])) return configuration.adopt(next, version._id);
      }
    });
  }

  private async keysInUse(): Promise<readonly string[]> {
    const latest = await this.parts.store.latest();
    const docs = await this.parts.store.objectsOf(latest?.entries ?? []);
    return [...new Set([...docs.values()].flatMap(({ key }) => key?.kek ?? []))];
  }

  private async checked<T>({ version }: Head, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ConfigError) this.refuse(version, error);
      throw error instanceof ConfigError
        ? new ChangeError('WB_CONFIG_NOT_APPLIED', error.message, error.faults)
        : error;
    }
  }

  private refuse(version: number, { faults }: ConfigError): void {
    const sentences = faults.map(({ path, rule }) => `${path}: ${rule}`);
    this.parts.configuration.troubled(
      sentences.map((one) => `configuration ${version} cannot be taken here: ${one}`),
    );
    if (this.refused === version) return;
    this.refused = version;
    this.parts.log.error(
      { code: 'WB_CONFIG_NOT_APPLIED', version, faults: sentences.slice(0, 50) },
      'the configuration of the other replicas does not pass the check here; the present one stays',
    );
  }

  /** Never back to an older number. */
  private take(head: Head, next: Configuration): void {
    const { configuration, log } = this.parts;
    if (configuration.whole && head.version <= configuration.version) return;
    const before = configuration.version;
    configuration.adopt(next, head.version);
    if (before > 0) log.info({ version: head.version, before }, 'the configuration has changed');
  }

  /** What this process has just written itself. */
  wrote(version: number, next: Configuration): void {
    const { configuration, log } = this.parts;
    configuration.adopt(next, version);
    log.info({ version }, 'the configuration has changed');
  }

  /** One look: takes a newer content. Throws when MongoDB is away. */
  look(): Promise<void> {
    return this.alone(async () => {
      const { store, configuration, reader } = this.parts;
      const number = await store.latestNumber();
      const due = number > configuration.version || !configuration.whole;
      this.looks += 1;
      if (!due || (number === this.refused && this.looks % RETRY_LOOKS !== 0)) return;
      const head = await this.head();
      this.take(head, await this.checked(head, () => reader.read(head.stored)));
    });
  }

  /**
   * Asks for every reference again, and works by what is there now. Where one cannot be had the present values stay,
   * loudly. Throws when MongoDB is away.
   */
  renew(): Promise<void> {
    return this.alone(async () => {
      const { configuration, reader, log } = this.parts;
      const head = await this.head();
      // A newer content is taken by `look`, and that reads its references.
      if (!configuration.whole || head.version !== configuration.version) return;
      try {
        const next = await reader.renewed(head.stored);
        if (next.hash === configuration.hash) return;
        configuration.adopt(next, head.version);
        log.info({ version: head.version }, 'a referenced secret has changed');
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const faults = error.faults.slice(0, 50).map(({ path, rule }) => `${path}: ${rule}`);
        log.warn(
          { code: 'WB_SECRET_STALE', faults },
          'references cannot be read anew; the values read before stay in use',
        );
      }
    });
  }

  /** Looks once a second from now on, and renews the references at their interval. */
  follow(): void {
    if (this.stopped) return;
    this.renewing ??= setInterval(() => void this.renew().catch(this.unseen), this.parts.renewMs);
    this.renewing.unref();
    this.timer = setTimeout(() => {
      void this.look()
        .catch(this.unseen)
        .then(() => this.follow());
    }, POLL_MS).unref();
  }

  private readonly unseen = (error: unknown): void => {
    const err = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
    this.parts.log.debug({ err }, 'the configuration could not be looked at');
  };

  /** By Nest: before the stores close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    clearInterval(this.renewing);
    await this.running;
  }
}

function idsIn(configuration: Configuration): ReadonlySet<string> {
  return new Set(
    STORED_SECTIONS.flatMap((section) =>
      configuration[section].map(({ id }) => `${section}|${id.toLowerCase()}`),
    ),
  );
}
