import type { ConfigFault } from '../../platform/config/index.js';
import { pathOf, type StoredObject } from '../stored-objects.js';
import { ChangeError } from './change-error.js';
import { isTest, type ChangeRequest, type Difference } from './change.js';
import type { Head, LiveConfiguration } from './live-configuration.js';
import { masks, touchesSecrets, type Surroundings } from './secret-places.js';

/** Members that say where a secret goes, or what it is. */
const LEADING = ['credentials', 'settings', 'source', 'target', 'to', 'publicUrl'];

const leading = (object: StoredObject | undefined): string =>
  JSON.stringify(LEADING.map((name) => object?.data[name] ?? null));

/** What must hold for a change beside the check of the whole. */
export class ChangeRules {
  constructor(private readonly live: LiveConfiguration) {}

  /** Throws `ChangeError` for the first rule that is broken; faults of one rule come together. */
  async judge(
    differences: readonly Difference[],
    { expected, author }: ChangeRequest,
    head: Head,
    around: Surroundings,
  ): Promise<void> {
    for (const difference of differences) {
      this.ownership(difference);
      this.freshness(difference, expected, head);
      if (!author.secrets) this.secrets(difference, around);
    }
    const faults = await Promise.all(differences.map((one) => this.identity(one)));
    const all = [...differences.flatMap(leftMasks), ...faults.flat()];
    if (all.length > 0)
      throw new ChangeError('WB_CONFIG_INVALID', 'the configuration breaks rules', all);
  }

  private ownership({ before, after }: Difference): void {
    const object = after ?? before;
    if (!object || !this.live.ownedByFile(object.section, object.id)) return;
    if (!after) return;
    throw new ChangeError(
      'WB_CONFIG_FILE_OWNED',
      `${object.section} ${object.id} stands in the configuration file`,
    );
  }

  /** Nothing is overwritten that the author has not seen. */
  private freshness({ before }: Difference, expected: number | undefined, head: Head): void {
    if (!before) return;
    const name = `${before.section} ${before.id}`;
    if (expected === undefined)
      throw new ChangeError(
        'WB_CONFIG_VERSION_MISSING',
        `${name} exists: say which version you have seen`,
      );
    if (before.version > expected || expected > head.version)
      throw new ChangeError('WB_CONFIG_STALE', `${name} was changed by version ${before.version}`);
  }

  private secrets({ before, after }: Difference, around: Surroundings): void {
    if (!after || leading(before) === leading(after)) return;
    if (!touchesSecrets(after.section, after.data, around)) return;
    throw new ChangeError(
      'WB_CONFIG_SECRETS',
      `${after.section} ${after.id} holds secrets or says where they go`,
    );
  }

  /** Live and test never change places under one id, nor does an account its network: events are counted under it. */
  private async identity({ before, after }: Difference): Promise<readonly ConfigFault[]> {
    if (!after || (after.section !== 'accounts' && after.section !== 'targets')) return [];
    const { section, id, data } = after;
    const earlier = before
      ? { test: isTest(before.data), plugin: before.data['source'] }
      : await this.live.parts.store.lastState(section, id);
    if (!earlier) return [];
    const base = `${section}.${id}`;
    const was = earlier.test === true ? 'a test' : 'live';
    const test = {
      path: `${base}.test`,
      rule: `${id} is ${was}, for good; give the other one an id of its own`,
    };
    const source = {
      path: `${base}.source`,
      rule: `the account ${id} belongs to "${String(earlier.plugin)}" for good; use another id`,
    };
    return [
      ...(isTest(data) === (earlier.test === true) ? [] : [test]),
      ...(section === 'targets' || data['source'] === earlier.plugin ? [] : [source]),
    ];
  }
}

function leftMasks({ after }: Difference): readonly ConfigFault[] {
  if (!after) return [];
  const { section, id, data } = after;
  const rule = 'is a mask, and there is no earlier value that it could stand for';
  return masks(data).map((at) => ({ path: pathOf(`${section}.${id}`, at), rule }));
}
