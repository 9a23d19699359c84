import { isRecord, listAt, text, textAt, type CanonicalEvent } from '../../contract/index.js';
import { GatewayFault, type GatewayChild } from './gateway-child.js';

/** A receipt as the admin API shows it. */
export interface LedgerReceipt {
  readonly id: string;
  readonly account: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly eventIds: readonly string[];
}

/** One try of a delivery. */
export interface LedgerTry {
  readonly outcome: string;
  readonly status: string | undefined;
  readonly note: string | undefined;
}

/** A delivery as the admin API shows it. */
export interface LedgerDelivery {
  readonly id: string;
  readonly event: string;
  readonly target: string;
  readonly state: string;
  readonly reason: string | undefined;
  /** The gateway's own sentence about why it is in this state. */
  readonly explanation: string;
  readonly attempts: number;
  readonly tries: readonly LedgerTry[];
  readonly remoteIds: Readonly<Record<string, unknown>>;
}

type Item = Readonly<Record<string, unknown>>;

function readReceipt(item: Item): LedgerReceipt {
  return {
    id: textAt(item, 'id') ?? '',
    account: textAt(item, 'account') ?? '',
    state: textAt(item, 'state') ?? '',
    reason: textAt(item, 'reason'),
    eventIds: listAt(item, 'eventIds').map((id) => text(id) ?? ''),
  };
}

const readTry = (item: unknown): LedgerTry => ({
  outcome: textAt(item, 'outcome') ?? '',
  status: textAt(item, 'status'),
  note: textAt(item, 'note'),
});

function readDelivery(item: Item): LedgerDelivery {
  const log = listAt(item, 'log');
  const { remoteIds } = item;
  return {
    id: textAt(item, 'id') ?? '',
    event: textAt(item, 'eventId') ?? '',
    target: textAt(item, 'target') ?? '',
    state: textAt(item, 'state') ?? '',
    reason: textAt(item, 'reason'),
    explanation: textAt(item, 'explanation.sentence') ?? '',
    attempts: Number(textAt(item, 'attempts') ?? 0),
    tries: log.map(readTry),
    remoteIds: isRecord(remoteIds) ? remoteIds : {},
  };
}

const OPEN: ReadonlySet<string> = new Set(['due', 'held', 'sending', 'retry', 'uncertain']);

/** The partner has not had the last word yet. */
export const isOpen = (delivery: LedgerDelivery): boolean => OPEN.has(delivery.state);

/** The partner has it. */
export const isThere = ({ state }: LedgerDelivery): boolean =>
  state === 'delivered' || state === 'duplicate';

/** The ledger, read over the admin API as any user would. */
export class LedgerReader {
  constructor(private readonly gateway: Pick<GatewayChild, 'url' | 'adminKey'>) {}

  receipts(filter: Readonly<Record<string, string>> = {}): Promise<LedgerReceipt[]> {
    return this.list('receipts', filter).then((items) => items.map(readReceipt));
  }

  async events(filter: Readonly<Record<string, string>> = {}): Promise<CanonicalEvent[]> {
    return (await this.list('events', filter)) as unknown as CanonicalEvent[];
  }

  deliveries(filter: Readonly<Record<string, string>> = {}): Promise<LedgerDelivery[]> {
    return this.list('deliveries', filter).then((items) => items.map(readDelivery));
  }

  /** One delivery with all of its tries. */
  async delivery(id: string): Promise<LedgerDelivery> {
    const found = await this.get(`/api/v1/deliveries/${encodeURIComponent(id)}`);
    return readDelivery(isRecord(found) ? found : {});
  }

  /** One event with its deliveries; ids, tries and answers of the partners stand in `delivery`. */
  async event(
    id: string,
  ): Promise<{ readonly event: CanonicalEvent; readonly deliveries: readonly LedgerDelivery[] }> {
    const found = await this.get(`/api/v1/events/${encodeURIComponent(id)}`);
    return {
      event: found as CanonicalEvent,
      deliveries: listAt(found, 'deliveries').filter(isRecord).map(readDelivery),
    };
  }

  /** Every row of a list, page by page, oldest first. */
  private async list(name: string, filter: Readonly<Record<string, string>>): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ ...filter, limit: '200', ...(cursor ? { cursor } : {}) });
      const page = await this.get(`/api/v1/${name}?${query.toString()}`);
      items.push(...listAt(page, 'items').filter(isRecord));
      cursor = textAt(page, 'nextCursor');
    } while (cursor !== undefined);
    return items.reverse();
  }

  private async get(where: string): Promise<unknown> {
    const answer = await fetch(`${this.gateway.url}${where}`, {
      headers: { authorization: `Bearer ${this.gateway.adminKey}` },
      signal: AbortSignal.timeout(10_000),
    }).catch((error: unknown) => {
      throw new GatewayFault(`the gateway does not answer: ${String(error)}`);
    });
    if (answer.status !== 200) {
      throw new GatewayFault(`GET ${where} answered ${answer.status}: ${await answer.text()}`);
    }
    return answer.json();
  }
}
