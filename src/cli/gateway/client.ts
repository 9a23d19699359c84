import { isRecord, textAt } from '../../contract/read.js';
import { CliFault, EXIT, failure, messageOf, usageFault, type Place } from '../program/exit.js';
import type { Io } from '../program/io.js';
import { findAdminKey, isHere } from './admin-key.js';

/** Parsed JSON of an answer. */
export type Item = Readonly<Record<string, unknown>>;

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Asked {
  readonly query?: Query;
  readonly body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  readonly raw?: { readonly type: string; readonly text: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until we give up; null: never. */
  readonly limitMs?: number | null;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';
const LIMIT_MS = 30_000;

export function gatewayUrl(named: string | undefined, env: NodeJS.ProcessEnv): URL {
  const text = named ?? (env['WAYBILL_URL'] || DEFAULT_URL);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash)
    return new URL(url.href.replace(/\/+$/, ''));
  throw usageFault(
    `${named === undefined ? 'WAYBILL_URL' : '--url'} is no address of a gateway: ${text}`,
    `it looks like ${DEFAULT_URL} or https://waybill.example.com`,
  );
}

export const originOf = (url: URL): string => url.href.replace(/\/+$/, '');

/** What the network's error says, at its innermost. */
function innermost(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  const { code } = inner as NodeJS.ErrnoException;
  return code ?? messageOf(inner);
}

/** The admin API of one gateway. */
export class Client {
  private constructor(
    readonly origin: string,
    private readonly key: string,
    private readonly io: Io,
  ) {}

  static open(
    named: { readonly url: string | undefined; readonly keyFile: string | undefined },
    io: Io,
  ): Client {
    const url = gatewayUrl(named.url, io.around.env);
    const key = findAdminKey(named.keyFile, url, io.around);
    io.keep(key);
    if (url.protocol === 'http:' && !isHere(url))
      io.note(`warning: the admin key goes to ${url.host} over plain http; use https`);
    return new Client(originOf(url), key, io);
  }

  /** Parsed JSON of a call that must succeed. */
  async get(where: string, query?: Query): Promise<Item> {
    return this.json('GET', where, { ...(query ? { query } : {}) });
  }

  async json(method: string, where: string, asked: Asked = {}): Promise<Item> {
    const answer = await this.ask(method, where, asked);
    const text = await this.bodyOf(answer);
    const parsed: unknown = parsedOr(text);
    if (isRecord(parsed)) return parsed;
    throw failure(`${this.origin} answered ${method} ${where} with no JSON object`);
  }

  /** The answer of a call that must succeed, its body not read. Redirects are not followed: they would take the key along. */
  async ask(method: string, where: string, asked: Asked = {}): Promise<Response> {
    const answer = await this.answered(method, where, asked);
    if (answer.ok) return answer;
    throw await this.problem(answer, method, where);
  }

  private async answered(method: string, where: string, asked: Asked): Promise<Response> {
    const { limitMs = LIMIT_MS } = asked;
    const limits = limitMs === null ? [] : [AbortSignal.timeout(limitMs)];
    try {
      return await fetch(`${this.origin}/api/v1/${where}${queryText(asked.query)}`, {
        method,
        redirect: 'manual',
        ...this.sent(asked),
        signal: AbortSignal.any([...limits, this.io.around.signal]),
      });
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private sent({ body, raw, headers = {} }: Asked): Pick<RequestInit, 'headers' | 'body'> {
    const own = { authorization: `Bearer ${this.key}`, accept: 'application/json' };
    if (raw) return { headers: { ...own, 'content-type': raw.type, ...headers }, body: raw.text };
    if (body === undefined) return { headers: { ...own, ...headers } };
    const type = { 'content-type': 'application/json' };
    return { headers: { ...own, ...type, ...headers }, body: JSON.stringify(body) };
  }

  private async bodyOf(answer: Response): Promise<string> {
    try {
      return await answer.text();
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): unknown {
    if (this.io.around.signal.aborted) return error;
    return unreachable(this.origin, error);
  }

  private async problem(answer: Response, method: string, where: string): Promise<CliFault> {
    const text = await this.bodyOf(answer);
    const parsed = parsedOr(text);
    const said = isRecord(parsed) ? parsed : {};
    const member = (name: string): string | undefined => {
      const value = said[name];
      return typeof value === 'string' ? value : undefined;
    };
    const code = member('code');
    if (code === undefined) return this.strange(answer.status, method, where);
    const exit = answer.status === 401 || answer.status === 403 ? EXIT.unreachable : EXIT.failed;
    const detail = member('detail');
    const title = member('title') ?? code;
    const isMore = detail !== undefined && !title.toLowerCase().endsWith(detail.toLowerCase());
    const message = isMore ? `${title}: ${detail}` : title;
    return new CliFault(exit, code, message, member('fix'), placesOf(said['faults']));
  }

  /** An answer that no gateway of ours gives: a proxy, a log-in page, another server. */
  private strange(status: number, method: string, where: string): CliFault {
    return new CliFault(
      EXIT.unreachable,
      'WB_CLI_UNREACHABLE',
      `${this.origin} answered ${method} /api/v1/${where.split('?')[0]} with ${status}, not as a Waybill gateway does`,
      'check --url or WAYBILL_URL: it must lead to the gateway itself, not to a log-in page or another server',
    );
  }
}

/** The gateway did not answer. */
export function unreachable(origin: string, error: unknown): CliFault {
  const late = error instanceof Error && error.name === 'TimeoutError';
  return new CliFault(
    EXIT.unreachable,
    'WB_CLI_UNREACHABLE',
    `the gateway at ${origin} does not answer (${late ? 'too slow' : innermost(error)})`,
    'start it (npm start), or say where it is: --url URL or WAYBILL_URL',
  );
}

const parsedOr = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

function placesOf(faults: unknown): readonly Place[] {
  if (!Array.isArray(faults)) return [];
  return faults.filter(isRecord).map((one) => {
    const example = textAt(one, 'example');
    return {
      field: textAt(one, 'field') ?? textAt(one, 'path') ?? '',
      rule: `${textAt(one, 'rule') ?? ''}${example === undefined ? '' : ` (example: ${example})`}`,
    };
  });
}

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one): [string, string] => [name, one]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
