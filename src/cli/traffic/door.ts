import type { SealedRequest } from '../../contract/seal.js';
import { messageOf } from '../program/exit.js';
import { packageVersion } from '../program/version.js';

/** What the door said to one notification. */
export interface DoorAnswer {
  /** 0: it did not answer. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

const LIMIT_MS = 30_000;

/** The address of an account, with a secret last part and the query where the network has them. */
export function doorUrl(
  origin: string,
  network: string,
  account: string,
  { pathToken, query }: Pick<SealedRequest, 'pathToken' | 'query'>,
): string {
  const token = pathToken === '' ? '' : `/${encodeURIComponent(pathToken)}`;
  return `${origin}/in/${network}/${encodeURIComponent(account)}${token}${query === '' ? '' : `?${query}`}`;
}

/** Sends a notification as the network would. It says of itself that it is none of the network's. Never throws. */
export async function knock(
  url: string,
  request: SealedRequest,
  signal: AbortSignal,
): Promise<DoorAnswer> {
  const { method, headers, body } = request;
  const mark = `waybill-trigger/${packageVersion()}`;
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  try {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { 'user-agent': mark, ...headers, 'x-waybill-trigger': mark },
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
    return { status: answer.status, body: await answer.text(), ms: ms() };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { status: 0, body: messageOf(cause), ms: ms() };
  }
}
