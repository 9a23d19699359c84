import type { Configuration } from '../accounts/configuration.js';
import type { Account } from '../accounts/model.js';
import type { Redirect } from '../clicks/redirect.js';
import { accept, compact, type Notification } from '../contract/index.js';
import type { TouchDoc } from '../ledger/documents.js';
import { GroupCommit } from '../ledger/group-commit.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Normalizer } from '../normalize/normalizer.js';
import { newReceipt } from '../normalize/receipts.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Log } from '../platform/log/log.js';

/** Clicks that a process left behind are looked for so often (milliseconds). */
const AGAIN_MS = 30_000;
const BATCH = 200;

export interface ClickEventsParts {
  readonly configuration: Configuration;
  readonly redirect: Redirect;
  readonly normalizer: Normalizer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

/** A click in the words of the source `track`. */
const wordsOf = (touch: TouchDoc): Readonly<Record<string, string>> =>
  compact({
    type: 'CLICK',
    click_id: touch._id,
    occurred_at: touch.at.toISOString(),
    offer_id: touch.offer ?? undefined,
    affiliate_id: touch.affiliate ?? undefined,
    campaign_id: touch.campaign ?? undefined,
    placement: touch.placement ?? undefined,
    aff_click_id: touch.theirs ?? undefined,
    ...(touch.source === null ? {} : { utm_source: touch.source }),
    ...Object.fromEntries(Object.entries(touch.utm).map(([name, text]) => [`utm_${name}`, text])),
    ...Object.fromEntries(touch.subIds.map((text, index) => [`sub${index + 1}`, text])),
  }) as Readonly<Record<string, string>>;

/**
 * Clicks of offers with an account become CLICK events behind the visitor's back: through normalize, plan and ledger like
 * everything else, so that Tapfiliate learns of them where a route says so. A click that a crash left behind carries its
 * mark and is found again.
 */
export class ClickEvents {
  private timer: NodeJS.Timeout | undefined;
  private readonly busy = new Set<Promise<void>>();
  private readonly told: GroupCommit<string, true>;

  constructor(private readonly parts: ClickEventsParts) {
    this.told = new GroupCommit((ids) => this.unmark(ids));
  }

  /** Listens to the redirect, and looks after what another process left. */
  start(): void {
    this.parts.redirect.onTouch((_offer, touch) => {
      if (touch.tell !== undefined) this.run(() => this.tell(touch));
    });
    this.timer = setInterval(() => this.run(() => this.tellRest()), AGAIN_MS).unref();
  }

  /** Ends what is on its way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.busy);
  }

  /** Clicks that were kept a while ago and are no event yet. */
  async tellRest(): Promise<void> {
    const { ledger, clock } = this.parts;
    const before = new Date(clock.now() - AGAIN_MS);
    for (;;) {
      const left = await ledger.store.touches
        .find({ tell: { $exists: true }, at: { $lte: before } })
        .limit(BATCH)
        .toArray();
      await Promise.all(left.map((touch) => this.tell(touch)));
      if (left.length < BATCH) return;
    }
  }

  private run(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        const err = error instanceof Error ? error.message : 'unknown';
        this.parts.log.debug({ err }, 'a click is told of later');
      })
      .finally(() => this.busy.delete(running));
    this.busy.add(running);
  }

  private async tell(touch: TouchDoc): Promise<void> {
    const account = this.parts.configuration.account(touch.tell ?? '');
    // The account of another configuration: nobody is to be told any more.
    if (account) await this.commit(account, touch);
    await this.told.push(touch._id);
  }

  private async commit(account: Account, touch: TouchDoc): Promise<void> {
    const { normalizer, ledger, clock } = this.parts;
    const words = wordsOf(touch);
    const notification: Notification = {
      method: 'GET',
      url: '',
      pathToken: '',
      query: '',
      headers: {},
      body: Buffer.from(JSON.stringify(words)),
      receivedAt: clock.now(),
    };
    const { payload, trust } = accept(words, 'unauthenticated');
    const receipt = newReceipt(account, notification, { payload, trust, credential: 'redirect' });
    await ledger.commit(normalizer.toCommit({ account, payload, trust, receipt }, clock.now()));
  }

  private async unmark(ids: readonly string[]): Promise<readonly true[]> {
    const { touches } = this.parts.ledger.store;
    await touches.updateMany({ _id: { $in: [...ids] } }, { $unset: { tell: 1 } });
    return ids.map(() => true as const);
  }
}
