import type { CanonicalEvent } from '../../../contract/index.js';
import type { Scene } from '../beat.js';
import { isOpen, type LedgerDelivery } from '../ledger-reader.js';
import { verdictOf, type Played, type Verdict } from '../played.js';
import type { Report } from '../report.js';
import type { Visited } from '../visit.js';
import type { Paint } from './paint.js';
import type { StatusLine } from './status-line.js';
import { summaryLines } from './summary.js';
import type { Opening, Teller } from './teller.js';
import { briefEvent, doorText, eventText, whyText } from './words.js';

/** Names of plugins that are too long for a column. */
const SHORT: Readonly<Record<string, string>> = {
  crm: 'CRM',
  track: 'Own page',
  'postback-in': 'Postback',
  dynamics: 'Dynamics 365',
};

const WIDTH = 14;
const MARGIN = ' '.repeat(WIDTH + 3);

const nameOf = ({ beat, kit }: Played['notification']): string =>
  (SHORT[beat.source] ?? kit.label).padEnd(WIDTH);

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
  const says = isOpen(delivery) || belief === '' ? '' : paint('dim', ` (${belief})`);
  const why = whyText(delivery);
  const text = `${state}${why === '' || state === 'delivered' ? '' : ':'} ${why}`.trimEnd();
  return `→ ${target.padEnd(7)} ${paint(style, text)}${says}`;
}

function playedLines(
  paint: Paint,
  one: Played,
  belief: (delivery: LedgerDelivery) => string,
): string[] {
  const { beat } = one.notification;
  const verdict = verdictOf(one);
  const meant = one.events.map((event) => ` ${paint('cyan', eventText(event))}`).join(',');
  return [
    `${mark(paint, verdict)} ${paint('bold', nameOf(one.notification))} ${beat.title}`,
    `${MARGIN}${paint('dim', doorLine(one, verdict))}${meant}`,
    ...one.deliveries.map(
      (delivery) => `${MARGIN}${deliveryText(paint, delivery, belief(delivery))}`,
    ),
  ];
}

/** `tap, tracker delivered`, and why where it is not. */
function briefDeliveries(paint: Paint, deliveries: readonly LedgerDelivery[]): string {
  const byState = new Map<string, string[]>();
  for (const delivery of deliveries) {
    const { state, reason, target } = delivery;
    const text =
      state === 'delivered'
        ? paint('green', state)
        : paint('dim', reason ? `${state} (${reason})` : state);
    byState.set(text, [...(byState.get(text) ?? []), target]);
  }
  return [...byState].map(([text, told]) => `${told.join(', ')} ${text}`).join(', ');
}

function briefLine(paint: Paint, one: Played): string {
  const verdict = verdictOf(one);
  const meant = one.events.map(briefEvent).join(', ');
  const said = verdict === 'recorded' ? paint('cyan', meant) : paint('dim', doorLine(one, verdict));
  const name = paint('bold', nameOf(one.notification));
  const told = briefDeliveries(paint, one.deliveries);
  return `${mark(paint, verdict)} ${name} ${one.notification.beat.title}: ${said} → ${told}`;
}

function visitLines(
  paint: Paint,
  { visit, status, location, clickId, deliveries }: Visited,
): string[] {
  const led = `${status} ${location.replace(clickId, '…')}`;
  return [
    `${paint('green', '✓')} ${paint('bold', 'Visitor'.padEnd(WIDTH))} ${visit.title}`,
    `${MARGIN}${paint('dim', led)} ${paint('cyan', `CLICK ${clickId}`)}`,
    ...deliveries.map((delivery) => `${MARGIN}${deliveryText(paint, delivery, '')}`),
  ];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Tells a person, in plain words and few lines. */
export class ScreenTeller implements Teller {
  private scenes = 0;

  constructor(
    private readonly write: (text: string) => void,
    private readonly paint: Paint,
    private readonly status: StatusLine,
  ) {}

  private lines(...texts: readonly string[]): void {
    this.status.clear();
    this.write(texts.map((text) => `${text}\n`).join(''));
  }

  opening({ sources, notifications, dir }: Opening): void {
    const { paint } = this;
    this.lines(
      `${paint('bold', 'Waybill demo')}: ${sources} sources send ${notifications} notifications, ` +
        'three partners are told, then all books are compared (about 20 s).',
      paint(
        'inverse',
        '[ DEMO DATA on embedded stores: real MongoDB and Redis, all on this machine ]',
      ),
      paint('dim', `Everything lives in ${dir} and is removed at the end.`),
      paint('dim', 'Marks: ✓ recorded, = nothing new, P parked for a person, ✗ refused'),
      '',
    );
  }

  progress(what: string, elapsedMs: number): void {
    this.status.show(elapsedMs < 1000 ? what : `${what} … ${seconds(elapsedMs)}`);
  }

  started({ url, ms }: { readonly url: string; readonly ms: number }): void {
    const up = `MongoDB, Redis and the gateway are up at ${url} (${seconds(ms)})`;
    this.lines(`${this.paint('green', '✓')} ${up}`);
  }

  scene({ title }: Scene): void {
    this.scenes += 1;
    this.lines('', this.paint('bold', `${this.scenes}. ${title}`));
  }

  visited(one: Visited): void {
    this.lines(...visitLines(this.paint, one));
  }

  played(one: Played, belief: (delivery: LedgerDelivery) => string, brief: boolean): void {
    if (brief) this.lines(briefLine(this.paint, one));
    else this.lines(...playedLines(this.paint, one, belief));
  }

  settled(delivery: LedgerDelivery, event: CanonicalEvent | undefined, belief: string): void {
    const about = event ? [`            ${this.paint('dim', eventText(event))}`] : [];
    this.lines(deliveryText(this.paint, delivery, belief), ...about);
  }

  waiting(open: readonly LedgerDelivery[]): void {
    const retries = open.filter(({ state }) => state === 'retry').length;
    const what = open.length === 1 ? '1 delivery is' : `${open.length} deliveries are`;
    this.status.show(`${what} on the way, ${retries} of them waiting for the next try`);
  }

  note(text: string): void {
    this.lines(text);
  }

  report(report: Report, elapsedMs: number): void {
    this.lines(...summaryLines(this.paint, report, elapsedMs));
  }
}
