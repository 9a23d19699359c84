import type { CidrList } from '../platform/config/index.js';

export interface PlainHttpPolicy {
  readonly allowInsecureHttp: boolean;
  readonly allowPrivateTargets: CidrList;
}

const EXAMPLE = 'https://tracker.example/postback';

/** Names that only a private network answers: one label (`stub`), or a suffix kept for such use (RFC 6761, 6762, 8375). */
const PRIVATE_NAME = /^[^.]+$|\.(?:localhost|local|internal|home\.arpa|lan|test)$/;

function isAllowedPrivate(host: string, ranges: CidrList): boolean {
  if (ranges.isEmpty) return false;
  const literal = host.replace(/^\[|\]$/g, '');
  if (ranges.contains(literal)) return true;
  if (/^[\d.]+$/.test(literal) || literal.includes(':')) return false;
  // What such a name resolves to is known only when it is called; the outbound guard decides then.
  return PRIVATE_NAME.test(literal);
}

/**
 * The part of the outbound rules that a start can know without asking DNS: plain http only where it was allowed.
 * Answers a fault, or undefined. What is no URL at all is the business of the setting's own rule.
 */
export function plainHttpFault(
  url: string,
  policy: PlainHttpPolicy,
): { readonly rule: string; readonly example: string } | undefined {
  if (!/^http:/i.test(url) || policy.allowInsecureHttp || !URL.canParse(url)) return undefined;
  if (isAllowedPrivate(new URL(url).hostname, policy.allowPrivateTargets)) return undefined;
  const rule = 'must start with https:// (WAYBILL_ALLOW_INSECURE_HTTP=true permits plain http)';
  return { rule, example: EXAMPLE };
}
