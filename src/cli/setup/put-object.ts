import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { CliFault } from '../program/exit.js';

/** Makes one object of the configuration; one that is there already is never replaced. */
export async function putNew(
  call: Call,
  section: 'accounts' | 'targets' | 'routes',
  id: string,
  body: Item,
): Promise<Item> {
  const where = `config/${section}/${encodeURIComponent(id)}`;
  try {
    return await call.api.json('PUT', where, { body, headers: { 'if-none-match': '*' } });
  } catch (error) {
    if (!(error instanceof CliFault) || error.code !== 'WB_CONFIG_EXISTS') throw error;
    const fix = `choose another --id, or change it: waybill config show ${section}, then waybill config apply`;
    throw new CliFault(error.exit, error.code, `there is already ${id} in ${section}`, fix);
  }
}

/** Members without a value are left out. */
export const filled = (parts: Record<string, unknown>): Item =>
  Object.fromEntries(
    Object.entries(parts).filter(
      ([, value]) =>
        value !== undefined &&
        !(typeof value === 'object' && Object.keys(value ?? {}).length === 0),
    ),
  );
