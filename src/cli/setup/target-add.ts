import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { givenValues } from './given-values.js';
import { askMissing } from './missing-values.js';
import { fieldsOfSchema, pluginNamed } from './plugin-fields.js';
import { filled, putNew } from './put-object.js';

export async function run(call: Call): Promise<void> {
  const partner = call.word(0);
  const plugin = await pluginNamed(call.api, 'target', partner);
  const { settings: schema } = (plugin['target'] ?? {}) as Item;
  const fields = fieldsOfSchema(schema, 'settings');
  const id = call.text('id') ?? partner;
  const placed = await givenValues(call, fields);
  await askMissing(call, fields, placed);
  const body = filled({
    target: partner,
    settings: placed.settings,
    test: call.flag('test') ? true : undefined,
    ratePerSecond: call.whole('rate', 1, 100_000),
  });
  const changed = await putNew(call, 'targets', id, body);
  if (call.json) {
    call.document(changed);
    return;
  }
  const label = textAt(plugin, 'label') ?? partner;
  call.io.say(`${call.paint('green', '✓')} the target ${id} of ${label} is there`);
  if (call.flag('test')) call.io.say('It gets test events.');
  call.io.say();
  call.io.say(`Next  waybill route add --from <account> --to ${id}`);
}
