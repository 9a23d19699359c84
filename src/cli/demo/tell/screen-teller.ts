import { isOpen, type LedgerDelivery } from '../ledger-reader.js';
import { verdictOf, type Played, type Verdict } from '../played.js';
import type { Paint } from './paint.js';
import type { StatusLine } from './status-line.js';
import { summaryLines } from './summary.js';
import type { Teller } from './teller.js';
import { doorText, eventText, whyText } from './words.js';

const NETWORKS: Readonly<Record<string, string>> = {
  stripe: 'Stripe',
  clickbank: 'ClickBank',
  digistore24: 'Digistore24',
  buygoods: 'BuyGoods',
  crm: 'CRM',
};

const MARGIN = ' '.repeat(15);

function mark(paint: Paint, verdict: Verdict): string {
  switch (verdict) {
    case 'recorded':
      return paint('green', '✓');
    case 'repeat':
    case 'nothing':
      return paint('dim', '=');
    case 'parked':
      return paint('yellow', 'P');
    case 'conflict':
    case 'refused':
      return paint('red', '✗');
  }
}

/** What the door did and why, after the HTTP status. */
function doorLine({ notification, status, receipt }: Played, verdict: Verdict): string {
  const { meaning } = notification;
  switch (verdict) {
    case 'recorded':
      return `${status} recorded:`;
    case 'repeat':
      return `${status} repeat: counted already, so nobody is told again`;
    case 'nothing':
      return `${status} understood: nothing to count`;
    case 'parked':
      return `${status} parked: ${receipt?.reason ?? ''}; kept, and can be replayed`;
    case 'conflict':
      return `${status} conflict: same key, another content`;
    case 'refused':
      return `${status} refused: ${doorText(meaning.kind === 'refused' ? meaning.reason : '')}`;
  }
}

function deliveryText(paint: Paint, delivery: LedgerDelivery, belief: string): string {
  const { target, state } = delivery;
  const style =
    state === 'delivered'
      ? 'green'
      : isOpen(delivery)
        ? 'yellow'
        : state === 'refused'
          ? 'red'
          : 'dim';
  const says = isOpen(delivery) || belief === '' ? '' : ` (${belief})`;
  const why = whyText(delivery);
  const text = `${state}${why === '' ? '' : `: ${why}`}`;
  return `→ ${target.padEnd(7)} ${paint(style, text)}${paint('dim', says)}`;
}

function playedLines(
  paint: Paint,
  one: Played,
  belief: (delivery: LedgerDelivery) => string,
): string[] {
  const { beat } = one.notification;
  const verdict = verdictOf(one);
  const network = (NETWORKS[beat.source] ?? beat.source).padEnd(12);
  const meant = one.events.map((event) => ` ${paint('cyan', eventText(event))}`).join(',');
  return [
    `${mark(paint, verdict)} ${paint('bold', network)} ${beat.title}`,
    `${MARGIN}${paint('dim', doorLine(one, verdict))}${meant}`,
    ...one.deliveries.map(
      (delivery) => `${MARGIN}${deliveryText(paint, delivery, belief(delivery))}`,
    ),
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Tells a person, in plain words and few lines. */
export function screenTeller(
  write: (text: string) => void,
  paint: Paint,
  status: StatusLine,
): Teller {
  const lines = (...texts: readonly string[]): void => {
    status.clear();
    write(texts.map((text) => `${text}\n`).join(''));
  };
  let scenes = 0;
  return {
    opening: ({ notifications, dir }) =>
      lines(
        `${paint('bold', 'Waybill demo')}: five networks send ${notifications} notifications, ` +
          'three partners are told, then all books are compared (about 15 s).',
        paint(
          'inverse',
          '[ DEMO DATA on embedded stores: real MongoDB and Redis, all on this machine ]',
        ),
        paint('dim', `Everything lives in ${dir} and is removed at the end.`),
        paint('dim', 'Marks: ✓ recorded, = nothing new, P parked for a person, ✗ refused'),
        '',
      ),
    progress: (what, elapsedMs) =>
      status.show(elapsedMs < 1000 ? what : `${what} … ${seconds(elapsedMs)}`),
    started: ({ url, ms }) =>
      lines(
        `${paint('green', '✓')} MongoDB, Redis and the gateway are up at ${url} (${seconds(ms)})`,
      ),
    scene: ({ title }) => {
      scenes += 1;
      lines('', paint('bold', `${scenes}. ${title}`));
    },
    played: (one, belief) => lines(...playedLines(paint, one, belief)),
    settled: (delivery, event, belief) =>
      lines(
        `${deliveryText(paint, delivery, belief)}`,
        ...(event ? [`            ${paint('dim', eventText(event))}`] : []),
      ),
    waiting: (open) => {
      const retries = open.filter(({ state }) => state === 'retry').length;
      status.show(
        `${open.length} deliveries on their way, ${retries} of them wait for their next try`,
      );
    },
    note: (text) => lines(text),
    report: (report, elapsedMs) => lines(...summaryLines(paint, report, elapsedMs)),
  };
}
