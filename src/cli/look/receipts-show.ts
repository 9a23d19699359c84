import { listAt, textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { pairLines, printable } from '../show/table.js';
import { timeText } from '../show/words.js';
import { showOne } from './list.js';

function bodyLines(item: Item, member: string, title: string): readonly string[] {
  const data = textAt(item, `${member}.data`);
  if (data === undefined) return [];
  const shown = data.split('\n').map((line) => `  ${printable(line)}`);
  return ['', `${title} (${textAt(item, `${member}.encoding`)}):`, ...shown];
}

/** Where the network encrypts, the body says nothing to a person: what was decrypted does. */
const bodiesOf = (item: Item): readonly string[] =>
  item['payload'] === null || item['payload'] === undefined
    ? bodyLines(item, 'body', 'Body as received, masked')
    : bodyLines(item, 'payload', 'What was in the body, masked');

function receiptLines(item: Item): readonly string[] {
  const at = (path: string): string => textAt(item, path) ?? '';
  return [
    ...pairLines([
      ['receipt', at('id')],
      ['account', `${at('source')}/${at('account')}`],
      ['state', at('state')],
      ['why', at('reason')],
      ['received', timeText(at('receivedAt'))],
      ['proof', `${at('trust')}, by the credential ${at('credential')}`],
      [
        'request',
        `${at('method')} ${at('query') === '' ? '' : `?${at('query')} `}${at('bytes')} bytes`,
      ],
      ['events', listAt(item, 'eventIds').join(', ')],
    ]),
    ...bodiesOf(item),
  ];
}

export async function run(call: Call): Promise<void> {
  const receipt = await call.api.get(`receipts/${encodeURIComponent(call.word(0))}`);
  showOne(call, receipt, receiptLines);
}
