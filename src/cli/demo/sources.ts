import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SealModule } from '../../contract/index.js';
import { loadSourceCases, type SourceCase } from '../../testing/fixtures.js';
import { packageRoot } from './package-root.js';

/** What a source plugin ships for making real traffic: its `seal` and its sample cases. */
export interface SourceKit {
  readonly source: string;
  /** Id of the account in the demo's configuration. */
  readonly account: string;
  readonly seal: SealModule;
  readonly cases: ReadonlyMap<string, SourceCase>;
}

/** The networks of the demo and the account that each of them has. */
export const ACCOUNTS = {
  stripe: 'shop',
  clickbank: 'cb-main',
  digistore24: 'ds-main',
  buygoods: 'bg-main',
  crm: 'sales-desk',
} as const;

export type SourceName = keyof typeof ACCOUNTS;

async function loadKit(source: SourceName): Promise<SourceKit> {
  const root = packageRoot();
  const built = path.join(root, 'dist/plugins', source, 'fixtures/seal.js');
  const seal = (await import(pathToFileURL(built).href)) as SealModule;
  const cases = loadSourceCases(path.join(root, 'plugins', source, 'fixtures'));
  return {
    source,
    account: ACCOUNTS[source],
    seal,
    cases: new Map(cases.map((one) => [one.name, one])),
  };
}

export type Kits = ReadonlyMap<SourceName, SourceKit>;

export async function loadKits(): Promise<Kits> {
  const names = Object.keys(ACCOUNTS) as SourceName[];
  return new Map(
    await Promise.all(names.map(async (name) => [name, await loadKit(name)] as const)),
  );
}
