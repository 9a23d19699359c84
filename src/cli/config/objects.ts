import { isRecord, listAt } from '../../contract/read.js';
import type { Client, Item } from '../gateway/client.js';

/** Sections of the configuration that can be changed while it runs. */
export const SECTIONS = ['accounts', 'targets', 'routes', 'offers', 'programmes'] as const;

export const objectsOf = (config: Item): readonly Item[] =>
  listAt(config, 'objects').filter(isRecord);

/** The objects of one section. */
export async function sectionOf(api: Client, section: string): Promise<readonly Item[]> {
  return objectsOf(await api.get('config')).filter((one) => one['section'] === section);
}
