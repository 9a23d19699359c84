import { defineSource, type Acknowledgement, type ReceiptResult } from '#contract';
import { normalize } from './normalize.js';
import type { Texts } from './parameters.js';
import { PostbackInCredentials, PostbackInSettings } from './settings.js';
import { verify } from './verify.js';
import { EVENTS } from './words.js';

/** Short and readable: people paste the URL into a browser to see whether it works. */
const answer = (result: ReceiptResult): Acknowledgement => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ ok: true, result, duplicate: result === 'repeat' }),
});

/** Postbacks of networks, trackers and app attribution services that have no plugin of their own: `/postback`. */
export default defineSource<PostbackInCredentials, PostbackInSettings, Texts>({
  name: 'postback-in',
  label: 'Postback receiver (/postback)',
  credentials: PostbackInCredentials,
  settings: PostbackInSettings,
  methods: ['GET', 'POST'],
  events: EVENTS,
  redact: ['email', 'ip', 'user_agent', 'ua', 'token', 'security_token', 'secret', 'key'],
  setUp:
    'At the sender, as server-to-server postback URL: https://<your host>/postback/<account>/<token>?click_id={click_id}&event_type={event_type}&payout={payout}&currency={currency}&order_id={transaction_id}, with the sender’s own macros in the braces.',
  verify,
  normalize,
  acknowledge: (_notification, result) => answer(result),
});
