import type { Configuration } from '../accounts/configuration.js';
import type { Account } from '../accounts/model.js';
import { parseJson, type RemoteIds } from '../contract/index.js';
import type { CommitRequest } from '../ledger/commit.js';
import { orderRef, type DeliveryDoc, type EventDoc, type ReceiptDoc } from '../ledger/documents.js';
import { insertAll } from '../ledger/insert.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import { deliveryId, timeId } from '../platform/ids/ids.js';
import { IMPORTED, readImportedOrder, type ImportedOrder } from './imported-order.js';
import type { Normalizer } from './normalizer.js';
import { storedNotification } from './receipts.js';
import type { Reprocessed } from './reprocess.js';

/** A longer line is no order. */
const MAX_LINE = 16_384;
/** Of an order with its lines there is one; of rebills and refunds there may be many. */
const ONCE: ReadonlySet<string> = new Set(['SALE', 'LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD']);

export type ImportFaultCode = 'WB_IMPORT_LINE' | 'WB_IMPORT_CONFLICT';

/** What became of one line. */
export type ImportVerdict =
  | { readonly kind: 'recorded' | 'repeat' }
  | { readonly kind: 'fault'; readonly code: ImportFaultCode; readonly says: string };

interface Asked {
  readonly order: ImportedOrder;
  readonly request: CommitRequest<ReceiptDoc>;
  readonly event: EventDoc;
}

export interface ImportParts {
  readonly configuration: Configuration;
  readonly normalizer: Normalizer;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

const fault = (code: ImportFaultCode, says: string): ImportVerdict => ({
  kind: 'fault',
  code,
  says,
});
const CONFLICT = fault(
  'WB_IMPORT_CONFLICT',
  'the ledger has this fact of this order already, with other content; it is left as it is',
);

/**
 * Orders of a prior platform enter the ledger, so that a later refund or rebill finds its parent. They are planned for no
 * target: whoever had to know knows. Where the line says what a target called the order, a final delivery keeps that, and
 * what later takes the order back can be told to that target by its name.
 */
export class OrderImport {
  constructor(private readonly parts: ImportParts) {}

  /** One verdict for each line, in their order. `dryRun`: nothing is written. `seen`: ids of earlier lines of the same text. */
  async take(
    account: Account,
    lines: readonly Buffer[],
    seen: Map<string, string>,
    dryRun: boolean,
  ): Promise<readonly ImportVerdict[]> {
    const read = lines.map((line) => this.read(account, line));
    const asked = read.flatMap((one) => ('kind' in one ? [] : [one]));
    const known = await this.known(account, asked);
    const verdicts = await Promise.all(
      read.map((one) =>
        'kind' in one ? Promise.resolve(one) : this.verdict(one, known, seen, dryRun),
      ),
    );
    // After their events: an event without its names can be imported again, names without an event are nobody's.
    const there = asked.filter((one) => verdicts[read.indexOf(one)]?.kind !== 'fault');
    if (!dryRun) await this.keepNames(there.filter(({ event }) => !known.native.has(event._id)));
    return verdicts;
  }

  /** A stored line once more: after a crash between its receipt and its event. */
  async again(account: Account, receipt: ReceiptDoc): Promise<Reprocessed> {
    const one = this.read(account, storedNotification(receipt).body, receipt);
    if ('kind' in one) return { ok: false, reason: one.kind === 'fault' ? one.says : one.kind };
    const result = await this.parts.ledger.commit({ ...one.request, receipt: one.request.receipt });
    await this.keepNames([one]);
    return { ok: true, result };
  }

  private read(account: Account, line: Buffer, stored?: ReceiptDoc): Asked | ImportVerdict {
    if (line.length > MAX_LINE)
      return fault('WB_IMPORT_LINE', `the line is longer than ${MAX_LINE} bytes`);
    const parsed = parseJson(line);
    if (!parsed.ok) return fault('WB_IMPORT_LINE', 'the line is no JSON object');
    const one = readImportedOrder(parsed.value);
    if (!one.ok) return fault('WB_IMPORT_LINE', one.says);
    const strange = [...one.order.remoteIds.keys()].filter(
      (id) => !this.parts.configuration.target(id),
    );
    if (strange.length > 0)
      return fault('WB_IMPORT_LINE', `remoteIds: no target ${strange.join(', ')} is configured`);
    const receipt = stored ?? importReceipt(account, line, this.parts.clock.now());
    const request = this.parts.normalizer.imported(account, receipt, one.order.draft);
    const [event] = request.events;
    return event ? { order: one.order, request, event } : fault('WB_IMPORT_LINE', 'no event');
  }

  /** What the ledger has of them: by their own ids, and sales that the network itself has told. */
  private async known(account: Account, asked: readonly Asked[]) {
    const { events } = this.parts.ledger.store;
    const refs = asked.map(({ event }) => orderRef(account.id, event.order?.id ?? ''));
    const wanted = { _id: 1, contentHash: 1, type: 1, order: 1, flags: 1 } as const;
    const [same, told] = await Promise.all([
      events
        .find({ _id: { $in: asked.map(({ event }) => event._id) } }, { projection: wanted })
        .toArray(),
      events.find({ refs: { $in: refs } }, { projection: wanted }).toArray(),
    ]);
    const factOf = ({ type, order }: Pick<EventDoc, 'type' | 'order'>): string =>
      JSON.stringify([type, order?.id, order?.line ?? null]);
    const facts = new Set(told.filter(({ flags }) => !flags.includes(IMPORTED)).map(factOf));
    const native = asked.filter(({ event }) => ONCE.has(event.type) && facts.has(factOf(event)));
    return {
      hashes: new Map(same.map(({ _id, contentHash }) => [_id, contentHash])),
      native: new Set(native.map(({ event }) => event._id)),
    };
  }

  private async verdict(
    { request, event }: Asked,
    known: Awaited<ReturnType<OrderImport['known']>>,
    seen: Map<string, string>,
    dryRun: boolean,
  ): Promise<ImportVerdict> {
    if (known.native.has(event._id)) return { kind: 'repeat' };
    const before = known.hashes.get(event._id) ?? seen.get(event._id);
    if (before !== undefined) return before === event.contentHash ? { kind: 'repeat' } : CONFLICT;
    seen.set(event._id, event.contentHash);
    if (dryRun) return { kind: 'recorded' };
    // Another import of the same moment may have been first.
    const { state } = await this.parts.ledger.commit(request);
    return state === 'conflict' ? CONFLICT : { kind: state === 'repeat' ? 'repeat' : 'recorded' };
  }

  private async keepNames(asked: readonly Asked[]): Promise<void> {
    const now = this.parts.clock.now();
    const version = this.parts.configuration.version;
    const rows = asked.flatMap(({ event, order }) =>
      [...order.remoteIds].map(([target, remoteIds]) =>
        importedRow(event, { target, remoteIds, now, version }),
      ),
    );
    await insertAll(() => this.parts.ledger.store.deliveries, rows);
  }
}

/** By whoever holds an admin key; kept like a notification, so that a half of it can be mended. */
const importReceipt = (account: Account, line: Buffer, now: number): ReceiptDoc => ({
  ...{ _id: timeId(now), account: account.id, source: account.source.name },
  ...{ state: 'recorded', via: 'import', at: new Date(now), method: 'POST', query: '' },
  ...{ headers: { 'content-type': 'application/json' }, raw: line, trust: 'shared-secret' },
  ...{ credential: 'import', eventIds: [] },
});

/** Final from the start: what the target was told by somebody else, and under which names. */
function importedRow(
  event: EventDoc,
  about: { target: string; remoteIds: RemoteIds; now: number; version: number },
): DeliveryDoc {
  const { target, remoteIds, now, version } = about;
  const at = new Date(now);
  return {
    ...{ _id: deliveryId(event._id, target), event: event._id, target, type: event.type },
    ...{ account: event.source.account, route: IMPORTED, configVersion: version },
    ...{ state: 'delivered', reason: IMPORTED, attempts: 0, crashes: 0, pausedMs: 0 },
    ...{ remoteIds: { ...remoteIds }, at, settledAt: at },
  };
}
