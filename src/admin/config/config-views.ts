import { isRecord } from '../../contract/index.js';
import type { Configuration } from '../../accounts/configuration.js';
import type { LiveConfiguration } from '../../accounts/live/live-configuration.js';
import type { Change, VersionDoc } from '../../accounts/live/config-store.js';
import { secretPlaces, shownData, type Surroundings } from '../../accounts/live/secret-places.js';
import { STORED_SECTIONS, type Section, type StoredObject } from '../../accounts/stored-objects.js';
import type { Masking } from '../masking.js';

/** An object of the configuration as the admin API shows it, in the form in which it may be sent back. */
export interface ShownObject {
  readonly section: Section;
  readonly id: string;
  readonly owner: 'file' | 'api';
  /** That brought it; null for the file's. */
  readonly version: number | null;
  readonly data: unknown;
}

const parsed = (text: string | null): unknown =>
  text === null ? null : (JSON.parse(text) as unknown);

/** The configuration fit for a screen: references as they are written, secrets masked. */
export class ConfigViews {
  /** Ids of the file's objects by their place; routes without one have an id that was made. */
  private readonly fileIds: ReadonlyMap<Section, readonly string[]>;

  constructor(
    private readonly live: LiveConfiguration,
    configuration: Configuration,
    private readonly masking: Masking,
  ) {
    this.fileIds = new Map(
      STORED_SECTIONS.map((section) => [section, configuration[section].map(({ id }) => id)]),
    );
  }

  async all(): Promise<{ readonly version: number; readonly objects: readonly ShownObject[] }> {
    const head = await this.live.alone(() => this.live.head());
    const stored = head.stored.map((one) => this.shown(one, 'api', one.version));
    return { version: head.version, objects: [...this.ofFile(), ...stored] };
  }

  async one(section: Section, id: string): Promise<ShownObject | undefined> {
    const { objects } = await this.all();
    return objects.find((one) => one.section === section && one.id === id);
  }

  private ofFile(): readonly ShownObject[] {
    const { reader } = this.live.parts;
    const around: Surroundings = {
      registry: reader.registry,
      pluginOf: (id) => this.live.parts.configuration.target(id)?.plugin.name,
    };
    return STORED_SECTIONS.flatMap((section) =>
      reader.fileItems(section).flatMap((data, index) => {
        const id = this.fileIds.get(section)?.[index];
        if (id === undefined || !isRecord(data)) return [];
        const secrets = secretPlaces(section, data, around);
        return [this.shown({ section, id, data, secrets }, 'file', null)];
      }),
    );
  }

  /** The net goes over what is no declared secret: a URL of the file may hold what a reference gave elsewhere. */
  private shown(
    object: StoredObject,
    owner: ShownObject['owner'],
    version: number | null,
  ): ShownObject {
    const { section, id, data, secrets } = object;
    const hidden = shownData(data, secrets);
    const shown = owner === 'file' ? this.masking.deep(hidden) : hidden;
    return { section, id, owner, version, data: shown };
  }
}

export const shownChange = ({ section, id, before, after, secretsChanged }: Change) => ({
  ...{ section, id, secretsChanged },
  how: before === null ? 'made' : after === null ? 'removed' : 'changed',
  before: parsed(before),
  after: parsed(after),
});

/** One number of the history, as it stands in lists. */
export const versionLine = (doc: VersionDoc) => ({
  version: doc._id,
  at: doc.at.toISOString(),
  action: doc.action ?? 'file',
  who: doc.who ? { id: doc.who.id, name: doc.who.name } : null,
  revertOf: doc.revertOf ?? null,
  changes: (doc.changes ?? []).map(shownChange),
});

export const versionDetail = (doc: VersionDoc) => ({
  ...versionLine(doc),
  objects: (doc.entries ?? []).map(({ section, id, version }) => ({ section, id, version })),
});
