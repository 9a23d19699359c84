import type { Configuration } from '../../../accounts/configuration.js';
import { FLAG_SENTENCES } from '../../../clicks/flags.js';
import type { DeliveryDoc, EventDoc, ReceiptDoc } from '../../../ledger/documents.js';
import type { Planned } from '../../../route/planner.js';
import type { EventReceipts } from '../event-reads.js';

export const STEPS = [
  'arrived',
  'verified',
  'normalized',
  'attributed',
  'planned',
  'delivered',
] as const;

/** One station of the corridor, and what happened there. */
export interface ExplainedStep {
  readonly step: (typeof STEPS)[number];
  /** For a person. */
  readonly says: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly event: EventDoc;
  readonly receipts: EventReceipts;
  readonly rows: readonly DeliveryDoc[];
  /** Where it would go today. */
  readonly today: readonly Planned[];
  readonly configuration: Configuration;
  /** The correction that ended its waiting for a click. */
  readonly correction: EventDoc | undefined;
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

const CAME: Readonly<Record<ReceiptDoc['via'], string>> = {
  network: 'called the account',
  backfill: 'was asked by the gateway for what it had told the account',
  import: 'is the network of the account',
};

function arrived({ event, receipts }: Told): ExplainedStep {
  const { account, plugin } = event.source;
  const first = receipts.docs.find(({ _id }) => _id === event.receiptId);
  const again = receipts.docs.filter(({ _id }) => _id !== event.receiptId);
  const via = first?.via ?? 'network';
  const imported = via === 'import' ? ' for which the order was imported' : '';
  const repeats =
    again.length === 0 ? '' : `, and told it ${counted(again.length, 'more time', 'more times')}`;
  return {
    step: 'arrived',
    says: `${plugin} ${CAME[via]} ${account}${imported} at ${event.receivedAt}${repeats}.`,
    facts: {
      ...{ account, receipt: event.receiptId, receivedAt: event.receivedAt, via },
      repeats: again.filter(({ state }) => state === 'repeat').map(({ _id }) => _id),
      conflicts: again.filter(({ state }) => state === 'conflict').map(({ _id }) => _id),
    },
  };
}

function verified({ event, receipts, configuration }: Told): ExplainedStep {
  const { account: id, trust } = event.source;
  const credential = receipts.docs.find(({ _id }) => _id === event.receiptId)?.credential ?? null;
  const account = configuration.account(id);
  const still = account?.credentials.some((one) => one.id === credential) ?? false;
  const gone =
    credential === null || still ? '' : ' That credential is not in the configuration any more.';
  const by = credential === null ? 'unknown (its receipt is gone)' : `the credential ${credential}`;
  return {
    step: 'verified',
    says: `It was proved as ${trust}; what matched: ${by}.${gone}`,
    facts: { trust, credential, configured: still, accountConfigured: account !== undefined },
  };
}

function normalized({ event }: Told): ExplainedStep {
  const { nativeType, plugin, key } = event.source;
  const order = event.order ? `order ${event.order.id}` : 'no order';
  return {
    step: 'normalized',
    says: `The plugin ${plugin} read ${nativeType} as ${event.test ? 'a test ' : ''}${event.type} of ${order}.`,
    facts: { type: event.type, nativeType, key, test: event.test, order: event.order?.id ?? null },
  };
}

const HOW: Readonly<Record<EventDoc['attribution']['how'], string>> = {
  click: 'It belongs to a click',
  coupon: 'It belongs to whoever owns its coupon',
  referral: 'The network itself named the affiliate',
  none: 'Nothing in it says whose it is',
  pending: 'Its click is not known yet and is looked for',
};

function attributed({ event, correction }: Told): ExplainedStep {
  const { how, clickId, affiliateId, coupon, offerId, model } = (correction ?? event).attribution;
  const named = [
    ...(clickId === null ? [] : [`click ${clickId}`]),
    ...(coupon === null ? [] : [`coupon ${coupon}`]),
    ...(affiliateId === null ? [] : [`affiliate ${affiliateId}`]),
  ];
  const flags = [...new Set([...event.flags, ...(correction?.flags ?? [])])];
  const findings = flags.flatMap((flag) => FLAG_SENTENCES[flag] ?? []);
  const waited = correction === undefined ? '' : ' That was settled after it had arrived.';
  const says = `${HOW[how]}${named.length === 0 ? '' : ` (${named.join(', ')})`}.${waited}`;
  return {
    step: 'attributed',
    says: [says, ...findings].join(' '),
    facts: {
      how,
      clickId,
      affiliateId,
      coupon,
      offerId,
      model,
      flags,
      correction: correction?._id ?? null,
    },
  };
}

function planned({ event, today }: Told): ExplainedStep {
  const then = event.plan.map(({ target }) => target);
  const now = today.map(({ target }) => target);
  const added = now.filter((target) => !then.includes(target));
  const removed = then.filter((target) => !now.includes(target));
  const frozen =
    then.length === 0
      ? 'When it arrived no route led it to a target'
      : `When it arrived it was planned for ${then.join(', ')} (configuration ${event.plan[0]?.configVersion ?? 0})`;
  const since =
    added.length + removed.length === 0
      ? "today's routes say the same"
      : [
          ...(added.length > 0 ? [`today it would also go to ${added.join(', ')}`] : []),
          ...(removed.length > 0 ? [`today it would not go to ${removed.join(', ')}`] : []),
        ].join(', and ');
  const says = `${frozen}; ${since}. A plan is frozen with its event.`;
  return { step: 'planned', says, facts: { plan: event.plan, today: now, added, removed } };
}

function delivered({ event, rows }: Told): ExplainedStep {
  const byState: Record<string, number> = {};
  for (const { state } of rows) byState[state] = (byState[state] ?? 0) + 1;
  const counts = Object.entries(byState).map(([state, count]) => `${count} ${state}`);
  const none = event.flags.includes('imported')
    ? 'It was imported, and is sent to nobody'
    : 'There is nothing to deliver';
  return {
    step: 'delivered',
    says:
      rows.length === 0
        ? `${none}.`
        : `${counted(rows.length, 'delivery', 'deliveries')}: ${counts.join(', ')}.`,
    facts: { byState },
  };
}

/** The way of an event through the corridor, station by station. */
export const stepsOf = (told: Told): readonly ExplainedStep[] =>
  [arrived, verified, normalized, attributed, planned, delivered].map((step) => step(told));
