import type { Configuration } from '../accounts/configuration.js';
import type { Offer, Programme } from '../accounts/model.js';
import { expandOfferUrl } from '../accounts/offer-url.js';
import type { TouchDoc } from '../ledger/documents.js';
import type { Clock } from '../platform/clock/clock.js';
import { isOurs, mintClickId } from './click-id.js';
import type { ClickWriter } from './click-writer.js';
import { KEPT_DAYS, touchOf } from './touch.js';
import { within } from '../platform/clock/within.js';

/** A visitor waits for MongoDB no longer than this (milliseconds); the write goes on behind the answer. */
export const VISITOR_WAITS_MS = 50;

/** One call of a tracking link or of an impression's image. */
export interface LinkCall {
  readonly offer: string;
  /** Without the question mark. */
  readonly query: string;
  /** The request's `cookie` header. */
  readonly cookie: string | undefined;
  /** A question without a visitor behind it (HEAD): answered alike, and not kept. */
  readonly silent: boolean;
}

export interface LinkAnswer {
  readonly status: 200 | 302 | 404 | 410;
  readonly location?: string;
  readonly cookies: readonly string[];
}

export type ClickHook = (offer: Offer, touch: TouchDoc) => void;

const UNKNOWN: LinkAnswer = { status: 404, cookies: [] };
const GONE: LinkAnswer = { status: 410, cookies: [] };

export const CLICK_COOKIE = 'wb_click';
export const VISITOR_COOKIE = 'wb_visitor';

function visitorIn(cookie: string | undefined): string | undefined {
  for (const part of (cookie ?? '').slice(0, 8192).split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (name.trim() === VISITOR_COOKIE && isOurs(value.trim())) return value.trim();
  }
  return undefined;
}

/** Not for scripts, not over plain http, and not sent along when another site posts. */
const cookie = (name: string, value: string, days: number): string =>
  `${name}=${value}; Path=/; Max-Age=${days * 86_400}; HttpOnly; Secure; SameSite=Lax`;

const valuesOf = (touch: TouchDoc): Record<string, string | null | undefined> => ({
  click_id: touch._id,
  offer_id: touch.offer,
  affiliate_id: touch.affiliate,
  campaign_id: touch.campaign,
  source: touch.source,
  placement: touch.placement,
  aff_click_id: touch.theirs,
  ...Object.fromEntries(Object.entries(touch.utm).map(([name, value]) => [`utm_${name}`, value])),
  ...Object.fromEntries(touch.subIds.map((value, index) => [`sub${index + 1}`, value])),
});

/** Mints click ids, keeps the clicks, and says where the visitor goes: to the offer's stored URL and nowhere else. */
export class Redirect {
  private hook: ClickHook | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly writer: ClickWriter,
    private readonly clock: Clock,
  ) {}

  /** Told of every click and impression, after its answer is settled. */
  onTouch(hook: ClickHook): void {
    this.hook = hook;
  }

  /** A click: 302 to the offer; 404 for an unknown one, 410 for one that has ended and has no `fallbackUrl`. */
  async click(call: LinkCall): Promise<LinkAnswer> {
    const offer = this.configuration.offer(call.offer);
    if (!offer) return UNKNOWN;
    const touch = this.touch('click', offer, call);
    const ended = offer.endsAt !== undefined && touch.at.getTime() >= offer.endsAt;
    const url = ended ? offer.fallbackUrl : offer.url;
    if (url === null) return GONE;
    if (call.silent) return { status: 302, location: expandOfferUrl(url, {}), cookies: [] };
    await this.keep(offer, touch);
    return {
      status: 302,
      location: expandOfferUrl(url, valuesOf(touch)),
      cookies: this.cookies(offer, touch),
    };
  }

  /** An impression: kept like a click, and only ever the conversion's when there is no click. */
  async impression(call: LinkCall): Promise<LinkAnswer> {
    const offer = this.configuration.offer(call.offer);
    if (!offer) return UNKNOWN;
    if (call.silent) return { status: 200, cookies: [] };
    const touch = this.touch('impression', offer, call);
    await this.keep(offer, touch);
    return { status: 200, cookies: this.cookies(offer, touch) };
  }

  private programme(offer: Offer): Programme | undefined {
    return offer.programme === null ? undefined : this.configuration.programme(offer.programme);
  }

  private touch(kind: TouchDoc['kind'], offer: Offer, call: LinkCall): TouchDoc {
    return touchOf({
      clickId: mintClickId(),
      kind,
      offer,
      programme: this.programme(offer),
      visitor: offer.cookie === true ? visitorIn(call.cookie) : undefined,
      query: call.query,
      at: this.clock.now(),
    });
  }

  private async keep(offer: Offer, touch: TouchDoc): Promise<void> {
    await within(VISITOR_WAITS_MS, this.writer.keep(touch), () => undefined);
    const { hook } = this;
    if (hook) setImmediate(() => hook(offer, touch));
  }

  /** An impression names the visitor, but is no click that a later form should carry. */
  private cookies(offer: Offer, touch: TouchDoc): readonly string[] {
    if (offer.cookie !== true) return [];
    const days = this.programme(offer)?.windowDays ?? KEPT_DAYS;
    const visitor = cookie(VISITOR_COOKIE, touch.visitor, days);
    return touch.kind === 'impression'
      ? [visitor]
      : [cookie(CLICK_COOKIE, touch._id, days), visitor];
  }
}
