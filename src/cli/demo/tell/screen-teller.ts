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
      return `${status} recorded`;
    case 'repeat':
      return `${status} repeat: counted already, nobody is told again`;
    case 'nothing':
      return `${status} understood: nothing to count`;
    case 'parked':
      return `${status} parked: ${receipt?.reason ?? ''}; kept for a replay`;
    case 'conflict':
      return `${status} conflict: same key, another content`;
    case 'refused':
      return `${status} refused: ${doorText(meaning.kind === 'refused' ? meaning.reason : '')}`;
  }
}

function deliveryText(paint: Paint, delivery: LedgerDelivery): string {
  const { target, state } = delivery;
  const style =
    state === 'delivered'
      ? 'green'
      : isOpen(delivery)
        ? 'yellow'
        : state === 'refused'
          ? 'red'
          : 'dim';
  const why = whyText(delivery);
  const text = state === 'delivered' ? [state, why].filter(Boolean).join(', ') : `${state}: ${why}`;
  return `→ ${target.padEnd(7)} ${paint(style, text)}`;
}

function playedLines(paint: Paint, one: Played): string[] {
  const { beat } = one.notification;
  const verdict = verdictOf(one);
  const network = (NETWORKS[beat.source] ?? beat.source).padEnd(12);
  return [
    `${mark(paint, verdict)} ${paint('bold', network)} ${beat.title}`,
    `${MARGIN}${paint('dim', doorLine(one, verdict))}`,
    ...one.events.map((event) => `${MARGIN}${paint('cyan', eventText(event))}`),
    ...one.deliveries.map((delivery) => `${MARGIN}${deliveryText(paint, delivery)}`),
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
        `${paint('bold', 'Waybill demo')}: five networks send ${notifications} notifications to a real gateway, ` +
          'three partners are told, then all books are compared.',
        paint(
          'inverse',
          ' DEMO DATA on embedded stores: a real MongoDB and a real Redis, nothing leaves this machine ',
        ),
        paint('dim', `in ${dir}, which is removed at the end`),
        '',
      ),
    progress: (what, elapsedMs) => status.show(`${what} … ${seconds(elapsedMs)}`),
    started: ({ url, ms }) =>
      lines(
        `${paint('green', '✓')} MongoDB, Redis and the gateway are up at ${url} (${seconds(ms)})`,
      ),
    scene: ({ title }) => {
      scenes += 1;
      lines('', paint('bold', `${scenes}. ${title}`));
    },
    played: (one) => lines(...playedLines(paint, one)),
    settled: (delivery, event) =>
      lines(`${deliveryText(paint, delivery)}  ${paint('dim', event ? eventText(event) : '')}`),
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
