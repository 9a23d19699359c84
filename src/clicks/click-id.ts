import { isIPv6 } from 'node:net';
import { isPlaceholder } from '../contract/index.js';
import { randomId } from '../platform/ids/ids.js';
import type { ProcessKey } from '../platform/secrets/process-key.js';

/** 128 random bits in 26 lower-case letters and digits: ClickBank's `tid` and every other carrier keep it unchanged. */
export const mintClickId = randomId;

/** 26 letters of base32 hold 130 bits, so the last one has only eight values. */
const OURS = /^[a-z2-7]{25}[aeimquy4]$/;

/** True for the form of an id that a gateway minted; nobody else's looks like it. */
export const isOurs = (clickId: string): boolean => OURS.test(clickId);

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** An e-mail or network address, in lower case without white space and the brackets of a URL's host. */
export const isPersonal = (text: string): boolean =>
  EMAIL.test(text) || IPV4.test(text) || isIPv6(text.replace(/^\[(.*)\]$/, '$1'));

/** What people leave in a link when they try it out. */
const TRIAL =
  /^(?:(?:tx|click|clk|cid|sub)?[_-]?(?:test|demo|example|sample|dummy)(?:[_-]?(?:click|id|click[_-]?id))?[_-]?\d{0,9}|(?:your|my|insert|enter)[_-]?click[_-]?id(?:[_-]here)?|click[_-]?id|abc(?:123)?|1234(?:5(?:6(?:7(?:89?0?)?)?)?)?|x{3,16}|0{3,16})$/i;

/** A click id as it may be kept, and what is to be said about it. */
export interface JudgedClickId {
  readonly clickId: string | null;
  readonly flags: readonly string[];
}

/**
 * A click id that is an e-mail or an address is personal data: it is hashed, and flagged (REQ-21). Text that nobody
 * replaced is no id at all; one that looks like a trial is kept and flagged.
 */
export function judgeClickId(given: string | undefined, key: ProcessKey): JudgedClickId {
  if (given === undefined) return { clickId: null, flags: [] };
  const meant = given.trim().toLowerCase();
  if (isPersonal(meant)) return { clickId: key.hash('email', meant), flags: ['click-id-personal'] };
  if (isPlaceholder(given)) return { clickId: null, flags: ['click-id-placeholder'] };
  return { clickId: given, flags: TRIAL.test(meant) ? ['test-click-id'] : [] };
}
