import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers are data, not pages: a browser that opens one must neither run, frame, cache nor refer to anything. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
};

const LIST = Object.entries(HEADERS);

/** Notifications are answered to machines, thousands a second; the door writes what these need itself. */
const isDoor = (url: string): boolean => url.startsWith('/in/');

/** `onSend` hook: adds each header that the answer does not set itself. */
export function securityHeaders(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  if (!isDoor(request.url)) {
    for (const [name, value] of LIST) if (!reply.hasHeader(name)) void reply.header(name, value);
  }
  done(null, payload);
}
