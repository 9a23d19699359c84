import { isRecord, listAt, text, textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import { isHere } from '../gateway/admin-key.js';
import { openRows } from '../look/columns.js';
import type { Call } from '../program/call.js';
import { counted, timeText } from '../show/words.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Networks that sign a time refuse, or are refused, when clocks are further apart. */
const SKEW_MS = 5000;
/** A delivery that is due for longer, seconds, says that something holds up its lane. */
const OLD_SECONDS = 300;

const flagAt = (item: Item, member: string, name: string): boolean => {
  const inner = item[member];
  return isRecord(inner) && inner[name] === true;
};

function storeFindings(health: Item): readonly Finding[] {
  const mongo = flagAt(health, 'mongo', 'up');
  return [
    mongo
      ? ok('MongoDB', `answers in ${textAt(health, 'mongo.ms')} ms`)
      : fail(
          'MongoDB',
          'cannot be reached: networks hear 503',
          'look at MongoDB, and at MONGODB_URI of the gateway',
        ),
    flagAt(health, 'redis', 'up')
      ? ok('Redis', 'answers')
      : warn(
          'Redis',
          'is away: deliveries go on from MongoDB, more slowly',
          'look at Redis, and at REDIS_URL of the gateway',
        ),
  ];
}

function clockFinding(health: Item, date: string | null, now: number): Finding {
  const store = Number(textAt(health, 'clockSkewMs') ?? 0);
  const ours = date === null ? 0 : Math.trunc((Date.parse(date) - now) / 1000) * 1000;
  const worst = Math.abs(store) > Math.abs(ours) ? store : ours;
  const whose = worst === store ? 'MongoDB is' : 'the gateway is';
  if (Math.abs(worst) <= SKEW_MS) return ok('clock', 'gateway, MongoDB and this machine agree');
  const says = `${whose} ${(worst / 1000).toFixed(1)} s ahead of ${worst === store ? 'the gateway' : 'this machine'}`;
  return fail(
    'clock',
    says,
    'let all machines take their time from NTP: signatures with a time in them fail',
  );
}

const configured = (warnings: readonly string[]): readonly Finding[] =>
  warnings.map((says) => warn('warning', says));

/** Everything that the gateway says about itself. */
export async function gatewayFindings(
  call: Call,
): Promise<{ findings: readonly Finding[]; health: Item }> {
  const answer = await call.api.ask('GET', 'health');
  const health = (await answer.json()) as Item;
  const findings = [
    ok('gateway', `${call.api.origin}, version ${textAt(health, 'version')}, lets us in`),
    ...storeFindings(health),
    clockFinding(health, answer.headers.get('date'), call.io.around.now()),
    ...(health['draining'] === true ? [warn('gateway', 'is about to stop')] : []),
    ...configured(listAt(health, 'warnings').map((one) => text(one) ?? '')),
  ];
  return { findings, health };
}

function urlFinding(what: string, account: Item, origin: string): readonly Finding[] {
  const url = textAt(account, 'inbound.url');
  const label = textAt(account, 'label');
  if (url === undefined)
    return isHere(new URL(origin))
      ? [
          warn(
            what,
            `${label} cannot be told where it is: the gateway knows no public address`,
            'set WAYBILL_PUBLIC_URL=https://<your host>, behind a reverse proxy or a tunnel',
          ),
        ]
      : [];
  return url.startsWith('https:')
    ? []
    : [
        fail(
          what,
          `its address is not https: ${url}`,
          'set WAYBILL_PUBLIC_URL to an https address',
        ),
      ];
}

/** One account: its credentials, its address, and whether its network has ever called. */
export function accountFindings(
  account: Item,
  last: Item | undefined,
  origin: string,
  now: number,
): readonly Finding[] {
  const id = textAt(account, 'id') ?? '';
  const what = `account ${id}`;
  const credentials = listAt(account, 'credentials');
  const live = credentials.filter((one) => {
    const end = textAt(one, 'notAfter');
    return end === undefined || Date.parse(end) > now;
  });
  const dead =
    live.length === 0
      ? [
          fail(
            what,
            'every credential of it has ended: its network is refused',
            'give it a new one: docs/configuration.md, "While it runs"',
          ),
        ]
      : [];
  const heard =
    last === undefined
      ? warn(
          what,
          `${textAt(account, 'label')} has not called yet`,
          textAt(account, 'setUp') ?? 'enter its URL at the network',
        )
      : ok(what, `last called ${timeText(textAt(last, 'receivedAt'))} (${textAt(last, 'state')})`);
  return [...dead, ...urlFinding(what, account, origin), heard];
}

/** One target: whether it runs, and what waits for it. */
export function targetFinding(target: Item): Finding {
  const id = textAt(target, 'id') ?? '';
  const what = `target ${id}`;
  const waits = openRows(target);
  const waiting = waits === '0' ? 'nothing waits' : `${waits} wait`;
  if (target['configured'] === false)
    return fail(what, `is not configured, and ${waiting}`, 'put it back into the configuration');
  if (flagAt(target, 'state', 'paused'))
    return fail(
      what,
      `is paused, and ${waiting}: ${textAt(target, 'state.who') ?? ''}`,
      `when that is done: waybill targets resume ${id}`,
    );
  const breaker = textAt(target, 'breaker.state') ?? 'closed';
  if (breaker !== 'closed')
    return warn(
      what,
      `the partner fails again and again (breaker ${breaker}), and ${waiting}`,
      `it is tried again by itself; waybill deliveries ls --target ${id} --state retry`,
    );
  const age = Number(textAt(target, 'oldestDueSeconds') ?? 0);
  if (age > OLD_SECONDS)
    return warn(
      what,
      `the oldest delivery is due for ${counted(Math.round(age / 60), 'minute', 'minutes')}`,
      `waybill deliveries ls --target ${id} --state due`,
    );
  return ok(what, `runs, ${waiting}`);
}
