import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Call } from '../program/call.js';
import { usageFault } from '../program/exit.js';
import { checkHandOver, handOver } from './hand-over.js';

export async function run(call: Call): Promise<void> {
  const name = call.needed('name');
  const scopes = call.parts('scope');
  if (scopes.length === 0)
    throw usageFault('say what the key may do: --scope read', 'waybill keys create --help');
  const out = call.text('out');
  if (out !== undefined && existsSync(path.resolve(call.io.around.cwd, out)))
    throw usageFault(`${out} is already there; nothing was made`);
  checkHandOver(call);
  const expiresAt = call.text('expires');
  const body = { name, scopes, ...(expiresAt === undefined ? {} : { expiresAt }) };
  handOver(call, await call.api.json('POST', 'keys', { body }));
}
