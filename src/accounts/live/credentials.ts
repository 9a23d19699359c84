import { isRecord } from '#contract';
import { ChangeError } from './change-error.js';
import type { Edit, Wanted } from './edits.js';
import type { Head } from './live-configuration.js';

type Data = Readonly<Record<string, unknown>>;

/** A new credential of an account, as the admin API was given it. */
export interface NewCredential {
  readonly id: string;
  readonly value: Data;
  /** Epoch ms; at once unless given. */
  readonly notBefore?: number;
  /** Epoch ms until which the earlier ones are accepted, too. */
  readonly overlapUntil: number;
}

const DEFAULT_IDS = ['current', 'previous'];

const timeOf = (value: unknown): number => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? Infinity : time;
};

/** Each with the name that its place gave it: receipts carry that name, so it stays when the place changes. */
function listOf(data: Data): readonly Data[] {
  const given = data['credentials'];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given ?? {}];
  return list.map((one, index) => ({
    id: DEFAULT_IDS[index] ?? `previous-${index}`,
    ...(isRecord(one) ? one : {}),
  }));
}

function accountOf(head: Head, account: string): Wanted {
  const found = head.stored.find(({ section, id }) => section === 'accounts' && id === account);
  if (!found)
    throw new ChangeError(
      'WB_CONFIG_MISSING',
      `there is no account ${account} made through this API`,
    );
  return found;
}

const withCredentials = (
  head: Head,
  account: Wanted,
  credentials: readonly Data[],
): readonly Wanted[] =>
  head.stored.map((one) =>
    one.section === 'accounts' && one.id === account.id
      ? { ...account, data: { ...account.data, credentials } }
      : one,
  );

/** The new one first; the earlier ones end with the overlap, and those that have ended already go. */
export const addCredential =
  (account: string, fresh: NewCredential, now: number): Edit =>
  (head) => {
    const found = accountOf(head, account);
    const { id, value, notBefore, overlapUntil } = fresh;
    const earlier = listOf(found.data)
      .filter((one) => timeOf(one['notAfter']) > now)
      .map((one) => ({
        ...one,
        notAfter: new Date(Math.min(overlapUntil, timeOf(one['notAfter']))).toISOString(),
      }));
    if (earlier.some((one) => (one as Data)['id'] === id))
      throw new ChangeError('WB_CONFIG_EXISTS', `the account has a credential ${id} already`);
    const from = notBefore === undefined ? {} : { notBefore: new Date(notBefore).toISOString() };
    return withCredentials(head, found, [{ ...value, id, ...from }, ...earlier]);
  };

export const removeCredential =
  (account: string, id: string): Edit =>
  (head) => {
    const found = accountOf(head, account);
    const list = listOf(found.data);
    const rest = list.filter((one) => one['id'] !== id);
    if (rest.length === list.length)
      throw new ChangeError('WB_CONFIG_MISSING', `the account has no credential ${id}`);
    return withCredentials(head, found, rest);
  };
