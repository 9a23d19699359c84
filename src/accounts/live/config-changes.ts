import { ConfigError } from '../../platform/config/index.js';
import { randomId } from '../../platform/ids/ids.js';
import type { Configuration } from '../configuration.js';
import { textAt, type StoredObject } from '../stored-objects.js';
import { ChangeError } from './change-error.js';
import { ChangeRules } from './change-rules.js';
import { isTest, type Changed, type ChangeRequest, type Difference } from './change.js';
import type { Change, Entry, Stored, VersionDoc } from './config-store.js';
import { keyOf, type Wanted } from './edits.js';
import type { Head, LiveConfiguration } from './live-configuration.js';
import { secretPlaces, secretsAsTexts, shownData, type Surroundings } from './secret-places.js';
import { sealObject, type ObjectDoc } from './sealing.js';

/** Another replica was faster so often in a row. */
const MAX_TRIES = 200;

/** Members in another order say the same. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** The texts that are hidden on a screen, for comparison alone. */
const hiddenTexts = (one: StoredObject | undefined): string =>
  canonical(one?.secrets.map((at) => textAt(one.data, at)).toSorted() ?? []);

function changeOf({ before, after }: Difference): Change {
  const shown = (one: StoredObject | undefined): string | null =>
    one === undefined ? null : JSON.stringify(shownData(one.data, one.secrets));
  const { section = 'accounts', id = '' } = after ?? before ?? {};
  return {
    ...{ section, id, before: shown(before), after: shown(after) },
    secretsChanged: hiddenTexts(before) !== hiddenTexts(after),
  };
}

/** Every change of what the admin API stores: checked as a whole, appended as one number, never half. */
export class ConfigChanges {
  private readonly rules: ChangeRules;

  constructor(private readonly live: LiveConfiguration) {
    this.rules = new ChangeRules(live);
  }

  /** Throws `ChangeError`; then nothing was stored. */
  change(request: ChangeRequest): Promise<Changed> {
    return this.live.alone(async () => {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const done = await this.attempt(request);
        if (done) return done;
      }
      throw new ChangeError('WB_CONFIG_BUSY', 'others changed the configuration all the time');
    });
  }

  private async attempt(request: ChangeRequest): Promise<Changed | undefined> {
    const head = await this.live.head();
    const objects = this.complete(await request.edit(head));
    const differences = differencesOf(head.stored, objects);
    await this.rules.judge(differences, request, head, this.around(objects));
    const next = await this.read(objects);
    const changes = differences.map(changeOf);
    if (request.dryRun === true || differences.length === 0)
      return { version: head.version, changes, warnings: next.warnings };
    const version = await this.append(request, head, objects, differences, next.hash);
    if (version === undefined) return undefined;
    this.live.wrote(version, next);
    return { version, changes, warnings: next.warnings };
  }

  private around(objects: readonly Wanted[]): Surroundings {
    const { reader, configuration } = this.live.parts;
    const stored = new Map(
      objects
        .filter(({ section }) => section === 'targets')
        .map(({ id, data }) => [id, data['target']]),
    );
    return {
      registry: reader.registry,
      pluginOf: (id) =>
        stored.has(id) ? String(stored.get(id)) : configuration.target(id)?.plugin.name,
    };
  }

  /** Finds what must be encrypted. */
  private complete(wanted: readonly Wanted[]): readonly StoredObject[] {
    const around = this.around(wanted);
    return wanted.map(({ section, id, data: given }) => {
      const data = secretsAsTexts(section, given, around);
      return { section, id, data, secrets: secretPlaces(section, data, around) };
    });
  }

  private async read(objects: readonly StoredObject[]): Promise<Configuration> {
    try {
      return await this.live.parts.reader.read(objects);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ChangeError('WB_CONFIG_INVALID', 'the configuration breaks rules', error.faults);
    }
  }

  private async append(
    { action, author, revertOf }: ChangeRequest,
    head: Head,
    objects: readonly StoredObject[],
    differences: readonly Difference[],
    hash: string,
  ): Promise<number | undefined> {
    const { store, canaries } = this.live.parts;
    const at = new Date(store.now());
    const number = head.version + 1;
    const fresh = new Map(
      differences.flatMap(({ after }) => (after ? [[keyOf(after), this.docOf(after, at)]] : [])),
    );
    if ([...fresh.values()].some(({ key }) => key)) await canaries.place();
    const known = new Map(head.entries.map((entry) => [keyOf(entry), entry]));
    const entries = objects.flatMap((object): Entry[] => {
      const doc = fresh.get(keyOf(object));
      const { section, id } = object;
      const kept = known.get(keyOf(object));
      return doc ? [{ section, id, rev: doc._id, version: number }] : kept ? [kept] : [];
    });
    const version: VersionDoc = {
      ...{ _id: number, hash, at, action, who: { id: author.id, name: author.name } },
      ...{ entries, changes: differences.map(changeOf), audited: false },
      ...(revertOf === undefined ? {} : { revertOf }),
    };
    return (await store.append(version, [...fresh.values()])) ? number : undefined;
  }

  private docOf(object: StoredObject, at: Date): ObjectDoc {
    const { section, id, data } = object;
    const plugin = data['source'] ?? data['target'];
    return {
      _id: randomId(),
      section,
      id,
      ...(typeof plugin === 'string' ? { plugin } : {}),
      ...(section === 'accounts' || section === 'targets' ? { test: isTest(data) } : {}),
      ...sealObject(object, () => this.live.parts.canaries.ring),
      at,
    };
  }
}

function differencesOf(
  before: readonly Stored[],
  after: readonly StoredObject[],
): readonly Difference[] {
  const old = new Map(before.map((one) => [keyOf(one), one]));
  const now = new Set(after.map(keyOf));
  const changed = after.flatMap((one): Difference[] => {
    const earlier = old.get(keyOf(one));
    const same = earlier && canonical(earlier.data) === canonical(one.data);
    return same ? [] : [{ before: earlier, after: one }];
  });
  const gone = before.filter((one) => !now.has(keyOf(one)));
  return [...changed, ...gone.map((one) => ({ before: one, after: undefined }))];
}
