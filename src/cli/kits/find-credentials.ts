import { existsSync } from 'node:fs';
import path from 'node:path';
import { isRecord, listAt, textAt } from '../../contract/read.js';
import { isHere } from '../gateway/admin-key.js';
import type { Item } from '../gateway/client.js';
import { sectionOf } from '../config/objects.js';
import type { Call } from '../program/call.js';
import { failure, usageFault } from '../program/exit.js';
import { splitPair } from '../setup/given-values.js';
import { ask, canAsk } from '../show/ask.js';
import { readDocument } from '../show/read-input.js';
import { isMasked, isReference, resolved } from './references.js';
import { readSecretFrom } from './secret-input.js';

/** Members that stand beside a credential and are none of it. */
const AROUND = new Set(['id', 'notBefore', 'notAfter']);

/** The newest credential of an account, as the configuration writes it. */
function newest(credentials: unknown): Item {
  const first: unknown = Array.isArray(credentials) ? credentials[0] : credentials;
  if (!isRecord(first)) return {};
  const { value } = first;
  if (isRecord(value)) return value;
  return Object.fromEntries(Object.entries(first).filter(([name]) => !AROUND.has(name)));
}

/** `--secret`, `--credential` and `--credentials`: what the command line says about them. */
export async function statedCredentials(call: Call): Promise<Record<string, unknown>> {
  const file = call.text('credentials');
  const stated: Record<string, unknown> = {};
  if (file !== undefined) {
    const document = await readDocument(call.io, file);
    if (!isRecord(document)) throw usageFault(`${file} holds no credentials`);
    Object.assign(stated, resolved(call.io, document));
  }
  for (const pair of call.list('secret')) {
    const [name, from] = splitPair('secret', pair);
    stated[name] = await readSecretFrom(call.io, name, from);
  }
  for (const pair of call.list('credential')) {
    const [name, value] = splitPair('credential', pair);
    stated[name] = value;
  }
  return stated;
}

/** The account that is meant: the one named, or the only one of its network. */
export async function accountOf(call: Call, network: string): Promise<Item> {
  const all = await sectionOf(call.api, 'accounts');
  const mine = all.filter((one) => textAt(one, 'data.source') === network);
  const ids = mine.map((one) => String(one['id']));
  const wanted = call.text('account');
  const found =
    wanted === undefined && mine.length === 1 ? mine[0] : mine.find((one) => one['id'] === wanted);
  if (found) return found;
  if (mine.length === 0)
    throw failure(`there is no account of ${network}`, `waybill source add ${network} makes one`);
  throw usageFault(
    wanted === undefined
      ? `${network} has several accounts`
      : `${network} has no account "${wanted}"`,
    `say --account ${ids.join(' or ')}`,
  );
}

/** The account in the configuration file here, for secrets that stand in it. */
async function fromLocalFile(call: Call, id: string): Promise<Item> {
  const { cwd, env } = call.io.around;
  const file = path.resolve(cwd, env['WAYBILL_CONFIG'] || 'waybill.yaml');
  if (!existsSync(file)) return {};
  const document = await readDocument(call.io, file);
  const account = listAt(document, 'accounts').find((one) => textAt(one, 'id') === id);
  return isRecord(account) ? newest(account['credentials']) : {};
}

/**
 * Credentials with which a notification for this account can be made: what the command line gives, over what the
 * gateway shows, over the configuration file here. A secret that none of them holds is asked for.
 */
export async function findCredentials(call: Call, account: Item): Promise<Item> {
  const stated = await statedCredentials(call);
  const id = String(account['id']);
  const shown = newest(isRecord(account['data']) ? account['data']['credentials'] : undefined);
  const local = await fromLocalFile(call, id);
  // References of a gateway elsewhere mean its own machine: here they could make us read any file, and send it there.
  const isOurs = isHere(new URL(call.api.origin));
  const found: Record<string, unknown> = { ...stated };
  for (const [name, value] of Object.entries(shown)) {
    if (Object.hasOwn(found, name)) continue;
    const written = isMasked(value) || (isReference(value) && !isOurs) ? local[name] : value;
    found[name] =
      written === undefined ? await askedFor(call, id, name, value) : resolved(call.io, written);
  }
  return found;
}

async function askedFor(call: Call, id: string, name: string, shown: unknown): Promise<string> {
  if (typeof shown !== 'string')
    throw usageFault(
      `the gateway does not show the secrets of ${id}: give its ${name}`,
      '--credentials FILE, a JSON or YAML file whose secrets may be references',
    );
  if (!canAsk(call.io))
    throw usageFault(
      `the gateway does not show the secret ${name} of ${id}`,
      `give it again: --secret ${name}=env:VARIABLE, =file:PATH or =-`,
    );
  const secret = await ask(call.io, `${name} of ${id} (not shown while you type): `, true);
  call.io.keep(secret);
  return secret;
}
