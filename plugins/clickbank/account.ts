import { safeEqual } from '#contract';

/** Whose message it is, by its own words. */
export interface Parties {
  readonly vendor: string | undefined;
  readonly affiliate: string | undefined;
  readonly role: string | undefined;
}

const same = (a: string | undefined, b: string): boolean =>
  safeEqual((a ?? '').trim().toLowerCase(), b.trim().toLowerCase());

/**
 * True when the message is one for this account: as the vendor, or as the affiliate. A partner of a joint venture is
 * named nowhere in the message; there the secret key, which belongs to the account, is the only proof.
 */
export function isForAccount(parties: Parties, nickname: string): boolean {
  const role = (parties.role ?? '').trim().toUpperCase();
  const asVendor = same(parties.vendor, nickname);
  const asAffiliate = same(parties.affiliate, nickname);
  if (role.startsWith('JV')) return true;
  if (role === 'VENDOR') return asVendor;
  if (role === 'AFFILIATE') return asAffiliate;
  return asVendor || asAffiliate;
}
