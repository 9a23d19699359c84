import type { CanonicalEvent } from '../../contract/index.js';
import { GatewayFault, type GatewayChild } from './gateway-child.js';
import { isOpen, type LedgerDelivery, type LedgerReader } from './ledger-reader.js';

/** Marks the name of a visit where its click id belongs: `@ada`. */
export const VISIT = '@';

/** Click ids by the name of their visit. */
export type Clicks = ReadonlyMap<string, string>;

/** Somebody follows an affiliate's link. */
export interface Visit {
  readonly name: string;
  readonly title: string;
  /** Of the link, without the question mark. */
  readonly query: string;
  /** Whose link it is. */
  readonly affiliate: string;
  /** An earlier visit of the same browser. */
  readonly browserOf?: string;
}

/** What became of a visit. */
export interface Visited {
  readonly visit: Visit;
  readonly status: number;
  /** Where the visitor was led to. */
  readonly location: string;
  readonly clickId: string;
  /** What the browser sends along next time. */
  readonly cookie: string;
  /** The click as the ledger has it. */
  readonly event: CanonicalEvent | undefined;
  readonly deliveries: readonly LedgerDelivery[];
}

/** The offer that all links of the demo lead to. */
export const OFFER = 'course';

const LOOK_MS = 5000;
const EVERY_MS = 40;

/** The visitor goes on at once; the click becomes an event behind their back. */
async function told(
  ledger: LedgerReader,
  clickId: string,
): Promise<Pick<Visited, 'event' | 'deliveries'>> {
  const end = Date.now() + LOOK_MS;
  for (;;) {
    const [event] = await ledger.events({ clickId, type: 'CLICK' });
    const { deliveries } = event ? await ledger.event(event.id) : { deliveries: [] };
    const rests = event !== undefined && !deliveries.some(isOpen);
    if (rests || Date.now() > end) {
      return {
        event,
        deliveries: await Promise.all(deliveries.map((one) => ledger.delivery(one.id))),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** Follows the link as a browser does that looks at the redirect. */
export async function follow(
  visit: Visit,
  gateway: Pick<GatewayChild, 'url'>,
  ledger: LedgerReader,
  cookie: string,
): Promise<Visited> {
  const answer = await fetch(`${gateway.url}/c/${OFFER}?${visit.query}`, {
    redirect: 'manual',
    headers: cookie === '' ? {} : { cookie },
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new GatewayFault(`the gateway leads nobody on: ${String(error)}`);
  });
  const location = answer.headers.get('location') ?? '';
  const clickId = URL.canParse(location) ? (new URL(location).searchParams.get('tid') ?? '') : '';
  const cookies = answer.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
  return {
    visit,
    status: answer.status,
    location,
    clickId,
    cookie: cookies.join('; '),
    ...(await told(ledger, clickId)),
  };
}
