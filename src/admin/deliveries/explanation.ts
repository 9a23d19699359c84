import { isOpen, type DeliveryDoc, type DeliveryState } from '../../ledger/documents.js';

/** Why a delivery is in its state, who must act, and what happens or is to be done next. */
export interface Explanation {
  readonly sentence: string;
  readonly who: 'nobody' | 'operator' | 'partner' | 'plugin author';
  readonly next: string;
}

/** What is known around the row. Times in epoch milliseconds. */
export interface Surroundings {
  /** Null: the target is not configured any more. */
  readonly target: { readonly paused: boolean; readonly who: string | null } | null;
  readonly deadline: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const wake = (row: DeliveryDoc): string =>
  row.wakeAt ? `at ${row.wakeAt.toISOString()}` : 'within a minute';

const say = (sentence: string, who: Explanation['who'], next: string): Explanation => ({
  sentence,
  who,
  next,
});

const nobody = (sentence: string, next = 'Nothing to do.'): Explanation =>
  say(sentence, 'nobody', next);

const REPLAY = 'POST /api/v1/deliveries/{id}/replay sends it again as a new delivery.';

function lastWord(row: DeliveryDoc): string {
  const last = row.log?.at(-1);
  if (!last) return '';
  const status = last.status === undefined ? '' : `HTTP ${last.status}`;
  const said = [status, last.note ?? ''].filter((part) => part !== '').join(', ');
  return said === '' ? '' : ` (${said})`;
}

const HELD: Readonly<Record<string, string>> = {
  click: 'It waits for the click behind it.',
  consent: 'It waits for a word about consent.',
  delay: 'It waits for the delay that its route asks for.',
};

function held(row: DeliveryDoc): Explanation {
  const { reason = 'parent', parent } = row;
  if (reason !== 'parent')
    return nobody(HELD[reason] ?? `It is held: ${reason}.`, `It is looked at again ${wake(row)}.`);
  return parent === undefined
    ? nobody(
        'It takes back or corrects an event that this gateway has not seen yet, or not sent to this target.',
        `It is looked at again ${wake(row)}; after 24 hours without its sale it is skipped.`,
      )
    : nobody(
        `It takes back or corrects an event whose delivery ${parent} to the same target is not final.`,
        'It follows as soon as that one is.',
      );
}

function uncertain(row: DeliveryDoc, { deadline }: Surroundings): Explanation {
  return row.reason === 'hold'
    ? say(
        'An attempt may have reached the partner and no answer came. This target asks a person rather than risk a second booking.',
        'operator',
        `Look for the order at the partner, then say what you found: POST /api/v1/deliveries/{id}/decide with {"as":"delivered"} or {"as":"resend"}. Without an answer it ends as dead on ${iso(deadline)}.`,
      )
    : nobody(
        'An attempt may have reached the partner and no answer came.',
        `It is settled ${wake(row)}: the partner is asked first where it can be, otherwise it is sent again under the same idempotency id.`,
      );
}

const SKIPPED: Readonly<Record<string, readonly [string, string]>> = {
  'no-attribution': [
    'The partner books nothing without a click, coupon or affiliate, and this event has none.',
    'Nothing to do, unless the network should have passed the click id on.',
  ],
  consent: ['The customer has not consented to this partner being told.', 'Nothing to do.'],
  unmapped: [
    'The route or the target has no place for this event: its filters, offers or goals leave it out.',
    `If that is wrong, correct the route or the target's settings; then ${REPLAY}`,
  ],
  test: [
    'It is a test event and the target is a live one.',
    'Nothing to do. A route or target with test: true takes test events.',
  ],
  'parent-not-delivered': [
    'It takes back an event that this target never got, so the partner has nothing to take back.',
    'Nothing to do. If the sale is replayed, replay this one after it.',
  ],
};

function skipped(row: DeliveryDoc): Explanation {
  const [sentence, next] = SKIPPED[row.reason ?? ''] ?? [
    `It was not sent: ${row.reason ?? 'no reason given'}.`,
    'Nothing to do.',
  ];
  return nobody(sentence, next);
}

function refused(row: DeliveryDoc): Explanation {
  const { reason = 'no reason given' } = row;
  if (reason.startsWith('WB_PLUGIN_'))
    return say(
      `The target's plugin failed: ${reason}.`,
      'plugin author',
      `Update the plugin; then ${REPLAY}`,
    );
  return say(
    `The partner refused it: ${reason}. It is not tried again, because the same request would be refused again.`,
    'operator',
    `Correct what the partner names, in the target's settings or at the partner; then ${REPLAY}`,
  );
}

function dead(row: DeliveryDoc): Explanation {
  if (row.reason === 'poison')
    return say(
      'Three processes ended while they sent it, so it was taken out of circulation.',
      'operator',
      `Look at the log for WB_DELIVERY_POISON; then ${REPLAY}`,
    );
  if (row.attempts === 0)
    return say(
      'The partner failed for 72 hours, so it was left alone, and this delivery was never tried.',
      'partner',
      `When the partner works again: ${REPLAY}`,
    );
  return say(
    `The partner did not take it within 72 hours and ${row.attempts} tries${lastWord(row)}.`,
    'partner',
    `When the partner works again: ${REPLAY}`,
  );
}

function cancelled(row: DeliveryDoc): Explanation {
  return row.reason === 'event-never-acknowledged'
    ? nobody('Its event was never acknowledged to the network, so it never counted.')
    : nobody('The plan of its event does not hold this target.');
}

function duplicate(row: DeliveryDoc): Explanation {
  return row.reason === 'review'
    ? say(
        'The partner already had this order, and not from us: somebody else told it, or a pixel did.',
        'operator',
        'Compare the amounts at the partner; nothing is sent again.',
      )
    : nobody('The partner already had it from an earlier attempt of ours.');
}

function delivered(row: DeliveryDoc): Explanation {
  if (row.reason === 'imported')
    return nobody('The partner knew the order before this gateway did; it was imported.');
  return row.reason === 'not-attributed'
    ? say(
        'The partner has it, but attributed it to nobody.',
        'operator',
        'Look at the click id and at the attribution rules of the partner.',
      )
    : nobody('The partner has it.');
}

/** Reasons that lie with the target and not with the delivery. */
function blocked(row: DeliveryDoc, { target }: Surroundings): Explanation | undefined {
  if (target === null)
    return say(
      `The target ${row.target} is not configured any more, so nothing is sent to it.`,
      'operator',
      'Put the target back into the configuration, or leave it: the delivery stays as it is.',
    );
  if (!target.paused || row.state === 'sending') return undefined;
  const who = target.who ?? 'operator';
  return say(
    `The target is paused (${who}); its clock of 72 hours stands still.`,
    who.startsWith('partner') ? 'partner' : 'operator',
    `Set right what is named; then POST /api/v1/targets/${row.target}/resume.`,
  );
}

const due = (row: DeliveryDoc): Explanation =>
  nobody('It is about to be sent.', `At the latest ${wake(row)}.`);

const retry = (row: DeliveryDoc, { deadline }: Surroundings): Explanation =>
  nobody(
    `Try ${row.attempts} did not get through${lastWord(row)}.`,
    `It is tried again ${wake(row)}, and so on until ${iso(deadline)}.`,
  );

const sending = (row: DeliveryDoc): Explanation =>
  nobody('It is being sent.', `Its outcome is known ${wake(row)} at the latest.`);

const BY_STATE: Readonly<
  Record<DeliveryState, (row: DeliveryDoc, around: Surroundings) => Explanation>
> = {
  due,
  held,
  sending,
  retry,
  uncertain,
  delivered,
  duplicate,
  skipped,
  refused,
  dead,
  cancelled,
};

/** One sentence why, who must act, and the next action. `{id}` in `next` is the delivery's own id. */
export function explain(row: DeliveryDoc, around: Surroundings): Explanation {
  // A person decides about these whatever the target does; final ones are past everything.
  const byItself = !isOpen(row.state) || row.reason === 'hold';
  const found = (byItself ? undefined : blocked(row, around)) ?? BY_STATE[row.state](row, around);
  return { ...found, next: found.next.replace('{id}', row._id) };
}
