import { checkSettings } from '../../contract/settings-check.js';
import {
  fieldsOf,
  isNotUnderstood,
  type Notification,
  type SourcePlugin,
  type Verdict,
} from '../../contract/index.js';
import { statedCredentials } from '../kits/find-credentials.js';
import { loadSource } from '../kits/load-kit.js';
import type { Call } from '../program/call.js';
import { CliFault, EXIT, failure, messageOf, usageFault, type Exit } from '../program/exit.js';
import { readInput } from '../show/read-input.js';
import { eventLine } from '../show/words.js';
import { readCaptured, type Captured } from './http-text.js';
import { REASONS, suspects } from './suspects.js';

/** The receiving clock: `--at`, else the `date` of the request, else now. */
function receivedAt(call: Call, { headers }: Captured): number {
  const at = call.text('at') ?? headers['date'];
  if (at === undefined) return call.io.around.now();
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw usageFault(`--at is no time: ${at}`, 'like 2026-11-20T10:00:00Z');
  return time;
}

function notificationOf(call: Call, captured: Captured, network: string): Notification {
  const { method, target, headers, body } = captured;
  const host = headers['x-forwarded-host'] ?? headers['host'] ?? 'localhost';
  const scheme = headers['x-forwarded-proto'] ?? 'https';
  const given = call.text('public-url');
  const url = new URL(given ?? target, given ? undefined : `${scheme}://${host}`);
  const [, mark, source, , token = ''] = url.pathname.split('/');
  return {
    method: method as Notification['method'],
    url: url.href,
    pathToken: mark === 'in' && source === network ? decodeURIComponent(token) : '',
    query: url.search.slice(1),
    headers,
    body,
    receivedAt: receivedAt(call, captured),
  };
}

/** Credentials and settings as the plugin wants them. Throws a failure that names every place. */
function checked(cls: new () => object, data: unknown, path: string): object {
  const result = checkSettings(cls, data, path);
  if (result.ok) return result.value;
  const places = result.faults.map(({ path: field, rule }) => ({ field, rule }));
  throw new CliFault(
    EXIT.usage,
    'WB_CLI_USAGE',
    `the ${path} do not suit the network`,
    undefined,
    places,
  );
}

function refuseMissing({ credentials }: SourcePlugin, stated: object): void {
  const needed = fieldsOf(credentials).filter(
    ({ name, optional }) => !optional && !Object.hasOwn(stated, name),
  );
  if (needed.length === 0) return;
  const options = needed.map(({ name, kind }) =>
    kind === 'secret' ? `--secret ${name}=env:VARIABLE` : `--credential ${name}=…`,
  );
  throw usageFault(
    `missing: ${needed.map(({ name, label }) => `${name} (${label})`).join(', ')}`,
    `add ${options.join(' ')}`,
  );
}

type Check = (notification: Notification, credentials: object) => Verdict<unknown>;

function checkOf(plugin: SourcePlugin, materials: boolean): Check {
  if (materials)
    throw failure(
      `${plugin.label} proves itself by a certificate that must be fetched: that cannot be checked offline`,
      'send it to a gateway instead (curl), and look at waybill receipts ls',
    );
  return (notification, credentials) => plugin.verify(notification, credentials, []);
}

/** What the notification means: events, or why it is not understood. */
function meaning(
  plugin: SourcePlugin,
  verdict: Verdict<unknown> & { ok: true },
): readonly string[] {
  try {
    const made = plugin.normalize(verdict.payload, {
      settings: checked(plugin.settings, {}, 'settings'),
    });
    if (isNotUnderstood(made))
      return [`not understood: ${made.notUnderstood} (it would be parked)`];
    if (made.length === 0) return ['understood: nothing to record'];
    return made.map((one) =>
      'type' in one ? eventLine(one) : 'names of an order that belong together',
    );
  } catch (error) {
    return [`its meaning depends on the settings of the account (${messageOf(error)})`];
  }
}

export async function run(call: Call): Promise<Exit> {
  const network = call.word(0);
  const plugin = await loadSource(network);
  const captured = readCaptured(await readInput(call.io, call.word(1)));
  const stated = await statedCredentials(call);
  refuseMissing(plugin, stated);
  const credentials = checked(plugin.credentials, stated, 'credentials');
  const notification = notificationOf(call, captured, network);
  const materials = plugin.materials?.(notification, credentials) ?? [];
  const check = checkOf(plugin, materials.length > 0);
  const verdict = check(notification, credentials);
  if (verdict.ok) {
    const means = meaning(plugin, verdict);
    if (call.json) call.document({ ok: true, trust: verdict.trust, means });
    else {
      call.io.say(`${call.paint('green', '✓')} it is from ${plugin.label}: ${verdict.trust}`);
      for (const line of means) call.io.say(`  ${line}`);
    }
    return EXIT.ok;
  }
  const found = suspects(check, notification, stated, (data) =>
    checkSettings(plugin.credentials, data, ''),
  );
  const says = REASONS[verdict.reason];
  if (call.json) {
    call.document({ ok: false, reason: verdict.reason, says, wouldPass: found });
    return EXIT.failed;
  }
  call.io.say(`${call.paint('red', '✗')} refused (${verdict.reason}): ${says}`);
  for (const line of found) call.io.say(`  It would pass ${line}`);
  if (found.length === 0)
    call.io.say(
      '  Nothing that is often wrong explains it: compare secret and account with those at the network.',
    );
  return EXIT.failed;
}
