import { isRecord, listAt } from '../../contract/read.js';
import { gatewayUrl, originOf, type Item } from '../gateway/client.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { CliFault, EXIT, type Exit } from '../program/exit.js';
import { counted } from '../show/words.js';
import { fail, findingLines, skip, warn, type Finding } from './finding.js';
import { lookHere } from './look-here.js';
import { accountFindings, gatewayFindings, targetFinding } from './look-there.js';

async function lastReceipt(call: Call, account: string): Promise<Item | undefined> {
  const [last] = itemsOf(await call.api.get('receipts', { account, limit: '1' }));
  return last;
}

async function accounts(call: Call): Promise<readonly Finding[]> {
  const items = itemsOf(await call.api.get('accounts'));
  if (items.length === 0)
    return [warn('accounts', 'no network is connected', 'waybill source add <network>')];
  const now = call.io.around.now();
  const found: Finding[] = [];
  for (const one of items) {
    const last = await lastReceipt(call, String(one['id']));
    found.push(...accountFindings(one, last, call.api.origin, now));
  }
  return found;
}

/** Accounts that lead nowhere: their events are kept, and told to nobody. */
async function routes(call: Call): Promise<readonly Finding[]> {
  const [all, sources] = await Promise.all([call.api.get('routes'), call.api.get('accounts')]);
  const from = new Set(itemsOf(all).flatMap((one) => listAt(one, 'from').map(String)));
  if (from.has('*')) return [];
  return itemsOf(sources)
    .map((one) => String(one['id']))
    .filter((id) => !from.has(id))
    .map((id) =>
      warn(
        `account ${id}`,
        'no route leads from it',
        `waybill route add --from ${id} --to <target>`,
      ),
    );
}

async function there(call: Call): Promise<readonly Finding[]> {
  const { findings, health } = await gatewayFindings(call);
  const targets = listAt(health, 'targets').filter(isRecord);
  return [
    ...findings,
    ...(await accounts(call)),
    ...(await routes(call)),
    ...targets.map(targetFinding),
    ...(targets.length === 0
      ? [warn('targets', 'no partner is named', 'waybill target add <partner>')]
      : []),
  ];
}

/** What the gateway tells, or why it tells nothing. */
async function gateway(call: Call): Promise<{ findings: readonly Finding[]; away: boolean }> {
  try {
    return { findings: await there(call), away: false };
  } catch (error) {
    if (!(error instanceof CliFault)) throw error;
    const what =
      error.code === 'WB_CLI_KEY' || error.code.startsWith('WB_ADMIN_') ? 'admin key' : 'gateway';
    const origin = originOf(gatewayUrl(call.text('url'), call.io.around.env));
    return {
      findings: [
        fail(what, error.message, error.fix ?? `look at the log of ${origin}`),
        skip('the rest', 'accounts and targets cannot be looked at without it'),
      ],
      away: error.exit === EXIT.unreachable,
    };
  }
}

export async function run(call: Call): Promise<Exit> {
  const { findings, away } = await gateway(call);
  const all = [...lookHere(call.io), ...findings];
  const count = (state: Finding['state']): number =>
    all.filter((one) => one.state === state).length;
  const failed = count('fail');
  if (call.json) call.document({ ok: failed === 0, findings: all });
  else {
    for (const line of findingLines(call.paint, all)) call.io.say(line);
    call.io.say(
      `\n${counted(failed, 'fault', 'faults')}, ${counted(count('warn'), 'warning', 'warnings')}`,
    );
  }
  if (away) return EXIT.unreachable;
  return failed > 0 ? EXIT.failed : EXIT.ok;
}
