import type { CanonicalEvent } from '../../contract/index.js';
import type { Notification } from './beat.js';
import { GatewayFault, type GatewayChild } from './gateway-child.js';
import {
  isOpen,
  type LedgerDelivery,
  type LedgerReader,
  type LedgerReceipt,
} from './ledger-reader.js';
import { TARGETS } from './partners/partners.js';
import type { Played } from './played.js';

/** Most deliveries are through long before; one that is not is followed up at the end. */
const LOOK_MS = 1500;
const EVERY_MS = 40;
/** A record whose look-ups take longer is still pending in the comparison, and the books differ. */
const RECORD_MS = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Nothing more will happen to it in this moment. */
const rests = (delivery: LedgerDelivery): boolean =>
  !isOpen(delivery) || delivery.state === 'retry';

/** Partners always come in the same order. */
const rank = ({ target }: LedgerDelivery): number => TARGETS.findIndex((known) => known === target);

/** Sends notifications one after the other and looks in the ledger at what each of them led to. */
export class Player {
  private readonly seen = new Set<string>();

  constructor(
    private readonly gateway: GatewayChild,
    private readonly ledger: LedgerReader,
  ) {}

  /** Receipts that came without a notification are not taken for one. */
  async passOver(account: string): Promise<void> {
    for (const { id } of await this.ledger.receipts({ account })) this.seen.add(id);
  }

  async play(notification: Notification): Promise<Played> {
    const { status, answer } = await this.send(notification);
    const receipt = await this.newReceipt(notification);
    const fresh = receipt?.state === 'recorded' ? receipt.eventIds : [];
    const { events, deliveries } = await this.settled(fresh);
    return { notification, status, answer, receipt, events, deliveries };
  }

  private async send({ kit, request }: Notification): Promise<{ status: number; answer: string }> {
    const { method, pathToken, query, headers, body } = request;
    const token = pathToken === '' ? '' : `/${pathToken}`;
    const where = `/in/${kit.source}/${kit.account}${token}${query === '' ? '' : `?${query}`}`;
    const response = await fetch(`${this.gateway.url}${where}`, {
      method,
      headers,
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
      signal: AbortSignal.timeout(15_000),
    }).catch((error: unknown) => {
      throw new GatewayFault(`the gateway does not take notifications: ${String(error)}`);
    });
    return { status: response.status, answer: await response.text() };
  }

  /**
   * The receipt that was not there before; the answer came after it was written. What a CRM says of a record is looked up
   * and compared with what was known of it first.
   */
  private async newReceipt({ kit }: Notification): Promise<LedgerReceipt | undefined> {
    const end = Date.now() + RECORD_MS;
    for (;;) {
      const receipts = await this.ledger.receipts({ account: kit.account });
      const fresh = receipts.filter(({ id }) => !this.seen.has(id));
      if (fresh.every(({ state }) => state !== 'pending') || Date.now() > end) {
        for (const { id } of fresh) this.seen.add(id);
        return fresh.at(-1);
      }
      await pause(EVERY_MS);
    }
  }

  private async settled(
    ids: readonly string[],
  ): Promise<{ events: CanonicalEvent[]; deliveries: LedgerDelivery[] }> {
    const end = Date.now() + LOOK_MS;
    for (;;) {
      const seen = await Promise.all(ids.map((id) => this.ledger.event(id)));
      const all = seen.flatMap((one) => one.deliveries);
      if (all.every(rests) || Date.now() > end) {
        return { events: seen.map((one) => one.event), deliveries: await this.withTries(all) };
      }
      await pause(EVERY_MS);
    }
  }

  /** What the partners call it stands only in the full view. */
  private withTries(all: readonly LedgerDelivery[]): Promise<LedgerDelivery[]> {
    const inOrder = [...all].sort((a, b) => rank(a) - rank(b));
    return Promise.all(inOrder.map((one) => this.ledger.delivery(one.id)));
  }
}

/**
 * Waits until no delivery is open any more. `onOpen` hears every 250 ms how many still are, `onSettled` of each that
 * was open and now is not. Returns the deliveries that are still open after `limitMs`.
 */
export async function followUp(
  ledger: LedgerReader,
  limitMs: number,
  onOpen: (open: readonly LedgerDelivery[]) => void,
  onSettled: (delivery: LedgerDelivery) => void,
): Promise<readonly LedgerDelivery[]> {
  const end = Date.now() + limitMs;
  const waiting = new Set<string>();
  for (;;) {
    const all = await ledger.deliveries();
    const open = all.filter(isOpen);
    for (const { id } of open) waiting.add(id);
    for (const done of all.filter((one) => !isOpen(one) && waiting.delete(one.id))) {
      onSettled(await ledger.delivery(done.id));
    }
    if (open.length === 0 || Date.now() > end) return open;
    onOpen(open);
    await pause(250);
  }
}
