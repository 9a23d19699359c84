import { accept, reject, safeEqual, type Notification, type Verdict } from '#contract';
import { readMessage, valueOf, type BuyGoodsMessage } from './message.js';
import type { BuyGoodsCredentials } from './settings.js';

/**
 * BuyGoods signs neither feed, so the proof is the secret last segment of the URL, compared in constant time. The
 * posted `token`, `token_ipn` and `help_token` are not documented and prove nothing. An `account_id` that names another
 * account is refused; a missing one (an unreplaced macro, a hand-written URL) is not, since the secret belongs to one account.
 */
export function verify(
  notification: Notification,
  credentials: BuyGoodsCredentials,
): Verdict<BuyGoodsMessage> {
  const { pathToken } = credentials;
  if (pathToken.length === 0 || !safeEqual(notification.pathToken, pathToken)) {
    return reject('bad-token');
  }
  const message = readMessage(notification);
  if (!message.ok) return reject(message.fault);
  const account = valueOf(message.value.fields, 'account_id');
  if (account !== undefined && account !== credentials.accountId.trim()) {
    return reject('wrong-account');
  }
  return accept(message.value, 'shared-secret');
}
