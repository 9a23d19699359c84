import { isDraft, type EventDraft, type SealedRequest } from '../../contract/index.js';
import type { SourceCase } from '../../testing/fixtures.js';
import type { Kits, SourceKit } from './sources.js';
import { VISIT, type Clicks, type Visit } from './visit.js';

/** Something that is arranged at a partner right before or after a notification. */
export type StageAct =
  | 'pixel-was-first'
  | 'tapfiliate-cuts-line'
  | 'tracker-cuts-line'
  | 'tracker-busy'
  | 'tracker-closes'
  | 'tracker-returns';

/** One notification of the story. */
export interface Beat {
  readonly name: string;
  /** Name of the plugin. */
  readonly source: string;
  /** Folder below the plugin's fixtures. */
  readonly fixture: string;
  readonly title: string;
  /** Texts to replace in the sample, so that one sample can be several purchases; `@ada`: the click of that visit. */
  readonly swap?: Readonly<Record<string, string>>;
  /** Told before, word for word: nothing may happen. */
  readonly again?: true;
  /** A record that was in this state before: understood, and nothing new. */
  readonly known?: true;
  /** What the network's own API says of it when it is looked up; `@ada` as in `swap`. */
  readonly learns?: Partial<EventDraft>;
  /** Name of the beat whose sale this one takes back (or gives back). */
  readonly of?: string;
  /** The buyer's click is one that no partner knows. */
  readonly strangeClick?: true;
  readonly before?: StageAct;
  readonly after?: StageAct;
}

export interface Scene {
  readonly title: string;
  /** People who follow a link, before the notifications. */
  readonly visits?: readonly Visit[];
  readonly beats: readonly Beat[];
  /** Many of a kind: one line each. */
  readonly brief?: true;
}

/** A beat ready to be sent, with what the plugin's own golden file says it means. */
export interface Notification {
  readonly beat: Beat;
  readonly kit: SourceKit;
  readonly request: SealedRequest;
  readonly meaning: Meaning;
}

export type Meaning =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'parked'; readonly reason: string }
  | { readonly kind: 'events'; readonly drafts: readonly EventDraft[] };

const clickIn = (text: string, clicks: Clicks): string =>
  text.startsWith(VISIT) ? (clicks.get(text.slice(VISIT.length)) ?? text) : text;

function swapped<T>(value: T, swap: Beat['swap'], clicks: Clicks): T {
  const text = Object.entries(swap ?? {}).reduce(
    (all, [from, to]) => all.replaceAll(from, clickIn(to, clicks)),
    JSON.stringify(value),
  );
  return JSON.parse(text) as T;
}

function meaningOf({ golden }: SourceCase, { swap, learns }: Beat, clicks: Clicks): Meaning {
  if (golden.rejected !== undefined) return { kind: 'refused', reason: golden.rejected };
  if (golden.notUnderstood !== undefined) return { kind: 'parked', reason: golden.notUnderstood };
  const drafts = (golden.drafts ?? []).filter(isDraft).map((draft) => ({ ...draft, ...learns }));
  return { kind: 'events', drafts: swapped(drafts, swap, clicks) };
}

/** How far the sender's clock is off in this sample, milliseconds; negative: the notification is old. */
function clockOffset({ options }: SourceCase): number {
  const received = Date.parse(options.receivedAt ?? '2026-11-20T10:00:00.000Z');
  return options.sealedAt === undefined ? 0 : Date.parse(options.sealedAt) - received;
}

function changed(request: SealedRequest, { options }: SourceCase): SealedRequest {
  const [from, to] = options.mutate?.replaceInBody ?? ['', ''];
  if (from === '') return request;
  return { ...request, body: Buffer.from(request.body.toString('utf8').replace(from, () => to)) };
}

/** The request that the network would send now: sealed by the plugin's own twin of `verify`. `now`: epoch ms. */
export function sealBeat(beat: Beat, kits: Kits, now: number, clicks: Clicks): Notification {
  const kit = kits.get(beat.source);
  const one = kit?.cases.get(beat.fixture);
  if (!kit || !one) throw new Error(`no sample ${beat.source}/${beat.fixture}`);
  const sealed = kit.seal.seal(
    swapped(one.payload, beat.swap, clicks),
    { ...kit.seal.credentials, ...one.options.sealWith },
    now + clockOffset(one),
    one.options.seal,
  );
  return { beat, kit, request: changed(sealed, one), meaning: meaningOf(one, beat, clicks) };
}
