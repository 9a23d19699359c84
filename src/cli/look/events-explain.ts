import { isRecord, listAt, textAt } from '../../contract/read.js';
import type { Paint } from '../demo/tell/paint.js';
import { isAbsent } from '../gateway/absent.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { printable, shortened } from '../show/table.js';
import { eventLine, timeText } from '../show/words.js';
import { deliveryBrief } from './delivery-lines.js';
import { showOne } from './list.js';

const isShort = (value: unknown): value is string | number | boolean =>
  value !== '' && ['string', 'number', 'boolean'].includes(typeof value);

const factText = (facts: unknown): string => {
  if (!isRecord(facts)) return '';
  const pairs = Object.entries(facts).flatMap(([name, value]) =>
    isShort(value) ? [`${name} ${String(value)}`] : [],
  );
  return shortened(pairs.join(', '), 160);
};

function stepLines(paint: Paint, step: unknown, at: number, withFacts: boolean): readonly string[] {
  const name = (textAt(step, 'step') ?? '').padEnd(10);
  const facts = withFacts && isRecord(step) ? factText(step['facts']) : '';
  return [
    `${at + 1}. ${paint('bold', name)}  ${printable(textAt(step, 'says') ?? '')}`,
    ...(facts === '' ? [] : [`   ${' '.repeat(10)}  ${paint('dim', facts)}`]),
  ];
}

function routeLine(paint: Paint, route: unknown): string {
  const matched = isRecord(route) && route['matched'] === true;
  const at = (path: string): string => printable(textAt(route, path) ?? '');
  const mark = matched ? paint('green', '✓') : paint('dim', '–');
  return `${mark} route ${at('route')} to ${at('target')}: ${at('why')}`;
}

function explanationLines(paint: Paint, item: Item, withFacts: boolean): readonly string[] {
  const steps = listAt(item, 'steps');
  const routes = listAt(item, 'routes');
  const deliveries = listAt(item, 'deliveries');
  return [
    paint('bold', eventLine(item['event'])),
    '',
    ...steps.flatMap((step, at) => stepLines(paint, step, at, withFacts)),
    ...(routes.length === 0 ? [] : ['', ...routes.map((one) => routeLine(paint, one))]),
    ...(deliveries.length === 0 ? [] : ['']),
    ...deliveries.flatMap((one) => deliveryBrief(paint, one)),
  ];
}

const TRUST: Readonly<Record<string, string>> = {
  signed: 'its signature is right',
  encrypted: 'it could be decrypted with the secret of the account',
  'shared-secret': 'it knew the secret of the account',
  unauthenticated: 'this network proves nothing',
};

/** What an older gateway can tell: the same steps, told from the event, its receipts and its deliveries. */
function toldFromDetail(detail: Item): Item {
  const at = (path: string): string => textAt(detail, path) ?? '';
  const told = listAt(detail, 'receipts').length;
  const targets = listAt(detail, 'plan').map((one) => textAt(one, 'target') ?? '');
  const how = at('attribution.how');
  const click = at('attribution.clickId');
  const steps = [
    ['arrived', `at ${timeText(at('receivedAt'))} UTC${told > 1 ? `, told ${told} times` : ''}`],
    ['verified', TRUST[at('source.trust')] ?? at('source.trust')],
    ['normalized', `"${at('source.nativeType')}" of the network is a ${at('type')}`],
    ['attributed', click === '' ? `without a click (${how})` : `to the click ${click} (${how})`],
    ['planned', targets.length === 0 ? 'no route wanted it' : `for ${targets.join(', ')}`],
  ].map(([step, says]) => ({ step, says, facts: {} }));
  return { event: detail, steps, routes: [], deliveries: listAt(detail, 'deliveries') };
}

async function explanationOf(call: Call, id: string): Promise<Item> {
  try {
    return await call.api.get(`events/${id}/explain`);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    // Either there is no such event, which this call says, or the gateway has no such question.
    return toldFromDetail(await call.api.get(`events/${id}`));
  }
}

export async function run(call: Call): Promise<void> {
  const explained = await explanationOf(call, encodeURIComponent(call.word(0)));
  showOne(call, explained, (item) => explanationLines(call.paint, item, call.flag('facts')));
}
