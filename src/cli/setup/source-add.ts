import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { pairLines } from '../show/table.js';
import { givenValues } from './given-values.js';
import { askMissing } from './missing-values.js';
import { fieldsOfSchema, pluginNamed } from './plugin-fields.js';
import { filled, putNew } from './put-object.js';

/** Where to enter which URL, for a person who has the network's pages open. */
export function nextAtNetwork(account: Item, label: string): readonly string[] {
  const url = textAt(account, 'inbound.url');
  const path = textAt(account, 'inbound.path') ?? '';
  const shown = url ?? `https://<your public address>${path}`;
  const token = path.includes('<pathToken>')
    ? ['Put the pathToken that you gave in the place of <pathToken>.']
    : [];
  const open =
    url === null || url === undefined
      ? ['WAYBILL_PUBLIC_URL says under which address the outside reaches this gateway.']
      : [];
  return [
    `At ${label}, enter this URL:`,
    `  ${shown}`,
    ...(textAt(account, 'setUp') === undefined ? [] : [`  ${textAt(account, 'setUp')}`]),
    ...token.map((line) => `  ${line}`),
    ...open.map((line) => `  ${line}`),
  ];
}

export async function run(call: Call): Promise<void> {
  const network = call.word(0);
  const plugin = await pluginNamed(call.api, 'source', network);
  const fields = [
    ...fieldsOfSchema(sideOf(plugin)['credentials'], 'credentials'),
    ...fieldsOfSchema(sideOf(plugin)['settings'], 'settings'),
  ];
  const id = call.text('id') ?? network;
  const placed = await givenValues(call, fields);
  await askMissing(call, fields, placed);
  const test = call.flag('test') ? true : undefined;
  const programme = call.text('programme');
  const body = filled({ source: network, ...placed, test, programme });
  const changed = await putNew(call, 'accounts', id, body);
  const account = itemsOf(await call.api.get('accounts')).find((one) => one['id'] === id) ?? {};
  if (call.json) {
    call.document({ version: changed['version'], account });
    return;
  }
  const label = textAt(plugin, 'label') ?? network;
  call.io.say(`${call.paint('green', '✓')} the account ${id} of ${label} is there`);
  for (const line of ['', ...nextAtNetwork(account, label)]) call.io.say(line);
  call.io.say();
  for (const line of pairLines([
    ['Next', `waybill target add <partner>, then waybill route add --from ${id} --to <target>`],
    ['Try', `waybill trigger ${network}.sale --account ${id}`],
  ]))
    call.io.say(line);
}

const sideOf = (plugin: Item): Item => (plugin['source'] ?? {}) as Item;
