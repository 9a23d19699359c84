import {
  fieldsOf,
  isNotUnderstood,
  isDraft,
  secretsOf,
  type Acknowledgement,
  type ReceiptResult,
  type SealModule,
  type SourcePlugin,
} from '../contract/index.js';
import { draftListFaults } from './draft-rules.js';
import { check, differs, holdsSecret, textsIn, type Check, type Faults } from './fault.js';
import type { SourceCase } from './fixtures.js';
import { inWorld, TWO_WORLDS } from './isolate.js';
import {
  draftsOf,
  isPolled,
  readSource,
  sourceInput,
  summary,
  type Reading,
  type SourceInput,
} from './source-run.js';
import { tamperChecks } from './source-tamper.js';

/** Cases whose bodies are flipped byte by byte. */
const WHOLE_CASES = 3;

/** Cases that a source must bring: sale, rebill, refund, chargeback, cancel, test, bad signature, malformed. */
export const MIN_SOURCE_CASES = 8;

const RESULTS: readonly ReceiptResult[] = ['recorded', 'repeat', 'conflict', 'parked', 'nothing'];

function goldenFaults(one: SourceCase, reading: Reading): Faults {
  const { acknowledge: _told, ...wanted } = one.golden;
  return differs(`case ${one.name}`, summary(reading), wanted);
}

/** Same result in two worlds, and one minute later: only staleness may look at the clock it is given. */
function clockFaults(plugin: SourcePlugin, one: SourceCase, seal: SealModule): Faults {
  const fresh = (): SourceInput => sourceInput(plugin, one, seal);
  const [a, b] = TWO_WORLDS.map((world) => {
    const input = fresh();
    return summary(inWorld(world, () => readSource(plugin, input)));
  });
  const faults = [...differs('the plugin reads a clock or dice of its own', b, a)];
  if (one.golden.rejected === 'stale' || one.options.receivedAt !== undefined) return faults;
  const input = fresh();
  const later = { ...input.notification, receivedAt: input.notification.receivedAt + 61_007 };
  const shifted = summary(readSource(plugin, { ...input, notification: later }));
  return [...faults, ...differs('received a minute later it means something else', shifted, a)];
}

function bodyFaults(plugin: SourcePlugin, input: SourceInput): Faults {
  const before = Buffer.from(input.notification.body);
  readSource(plugin, input);
  return before.equals(input.notification.body) ? [] : ['the plugin changed the bytes of the body'];
}

function secretFaults(plugin: SourcePlugin, input: SourceInput, reading: Reading): Faults {
  const secrets = secretsOf(plugin.credentials, input.credentials);
  return holdsSecret(textsIn(summary(reading)), secrets)
    ? ['a secret of the credentials stands inside a draft']
    : [];
}

function payloadFaults(plugin: SourcePlugin, input: SourceInput, reading: Reading): Faults {
  if ('rejected' in reading) return [];
  const copy: unknown = JSON.parse(JSON.stringify(reading.payload) ?? 'null');
  const faults = [...differs('the payload is no plain JSON data', copy, reading.payload)];
  const again = plugin.normalize(copy as never, { settings: input.settings });
  faults.push(...differs('the stored payload means something else', again, reading.normalized));
  if (!plugin.reopen) return faults;
  const { method, query, headers, body } = input.notification;
  const kept = Object.fromEntries((plugin.keepHeaders ?? []).map((name) => [name, headers[name]]));
  const reopened = plugin.reopen({ method, query, headers: kept, body });
  return [
    ...faults,
    ...differs('reopen gives another payload than verify', reopened, reading.payload),
  ];
}

function resultOf(reading: Reading): ReceiptResult {
  if ('rejected' in reading) return 'nothing';
  if (isNotUnderstood(reading.normalized)) return 'parked';
  return reading.normalized.some(isDraft) ? 'recorded' : 'nothing';
}

function acknowledgeFaults(
  plugin: SourcePlugin,
  one: SourceCase,
  input: SourceInput,
  reading: Reading,
): Faults {
  if ('rejected' in reading) return [];
  const answers = new Map<ReceiptResult, Acknowledgement | undefined>(
    RESULTS.map((result) => [
      result,
      plugin.acknowledge?.(input.notification, result, { settings: input.settings }),
    ]),
  );
  const faults = [...answers].flatMap(([result, answer]) =>
    answer && (answer.status < 200 || answer.status > 299)
      ? [`a verified notification (${result}) is answered with ${answer.status}`]
      : [],
  );
  const wanted = one.golden.acknowledge;
  if (!wanted) return faults;
  const given: Partial<Acknowledgement> = answers.get(resultOf(reading)) ?? {};
  const named = Object.fromEntries(
    Object.keys(wanted).map((name) => [name, given[name as keyof Acknowledgement]]),
  );
  return [...faults, ...differs('acknowledge', named, wanted)];
}

function eventTableFaults(plugin: SourcePlugin, reading: Reading): Faults {
  const known = plugin.events.map(({ native }) => native);
  return draftsOf(reading)
    .filter(({ nativeType }) => !known.some((native) => matchesNative(native, nativeType)))
    .map(({ nativeType }) => `nativeType "${nativeType}" has no row in the event table`);
}

/** A row's word may end in `*`: networks with open vocabularies (CRM stages). */
export const matchesNative = (native: string, word: string): boolean =>
  native.endsWith('*') ? word.startsWith(native.slice(0, -1)) : native === word;

function caseChecks(
  plugin: SourcePlugin,
  one: SourceCase,
  seal: SealModule,
  whole: boolean,
): readonly Check[] {
  const input = (): SourceInput => sourceInput(plugin, one, seal);
  const reading = (): Reading => readSource(plugin, input());
  const named = (what: string, run: () => Faults): Check => check(`${one.name}: ${what}`, run);
  return [
    named('golden meaning', () => goldenFaults(one, reading())),
    named('no clock, no dice, no network', () => clockFaults(plugin, one, seal)),
    named('input left as it was', () => bodyFaults(plugin, input())),
    named('drafts obey the contract', () => {
      const read = reading();
      if ('rejected' in read || isNotUnderstood(read.normalized)) return [];
      return draftListFaults(read.normalized);
    }),
    named('native types have a row in the event table', () => eventTableFaults(plugin, reading())),
    named('no secret in any draft', () => secretFaults(plugin, input(), reading())),
    named('payload is plain data and can be reopened', () =>
      payloadFaults(plugin, input(), reading()),
    ),
    named('acknowledgement', () => acknowledgeFaults(plugin, one, input(), reading())),
    ...(isPolled(plugin) ? [] : tamperChecks(plugin, one, seal, whole)),
  ];
}

function setFaults(plugin: SourcePlugin, cases: readonly SourceCase[]): Faults {
  const faults: string[] = [];
  if (cases.length < MIN_SOURCE_CASES) {
    faults.push(`${cases.length} cases; a source brings at least ${MIN_SOURCE_CASES}`);
  }
  const checksSender = fieldsOf(plugin.credentials).some(({ optional }) => !optional);
  if (
    checksSender &&
    !isPolled(plugin) &&
    !cases.some(({ golden }) => golden.rejected !== undefined)
  ) {
    faults.push('no case is a rejected one');
  }
  if (!cases.some(({ golden }) => (golden.drafts ?? []).length > 0))
    faults.push('no case gives an event');
  return faults;
}

/** A key is one fact's name: a sale and its refund that share ids must not share a key. */
function keyFaults(plugin: SourcePlugin, cases: readonly SourceCase[], seal: SealModule): Faults {
  const seen = new Map<string, { readonly from: string; readonly type: string }>();
  const faults: string[] = [];
  for (const one of cases) {
    for (const { key, type } of draftsOf(readSource(plugin, sourceInput(plugin, one, seal)))) {
      const other = seen.get(key) ?? { from: one.name, type };
      seen.set(key, other);
      if (other.type !== type) {
        faults.push(`key ${key} names a ${other.type} (${other.from}) and a ${type} (${one.name})`);
      }
    }
  }
  return faults;
}

/** The contract suite of a source as pure checks. */
export function sourceChecks(
  plugin: SourcePlugin,
  cases: readonly SourceCase[],
  seal: SealModule,
): readonly Check[] {
  const whole = new Set(cases.filter(({ golden }) => golden.drafts).slice(0, WHOLE_CASES));
  return [
    check('brings enough cases', () => setFaults(plugin, cases)),
    ...cases.flatMap((one) => caseChecks(plugin, one, seal, whole.has(one))),
    check('a key names one fact', () => keyFaults(plugin, cases, seal)),
  ];
}
