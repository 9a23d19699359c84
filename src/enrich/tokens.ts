import type { Account, Credential } from '../accounts/model.js';
import type { Clock } from '../platform/clock/clock.js';
import type { HttpPort } from '../platform/http/http-port.js';

/** A token is not used in its last minute: it would end on the way. */
const SLACK_MS = 60_000;

interface Held {
  readonly token: string;
  readonly until: number;
}

/** Why there is no token, for a person. */
export interface NoToken {
  readonly noToken: string;
}

/**
 * Short-lived tokens of networks whose API wants one (`token` of the plugin contract), in the memory of this process only:
 * each replica gets its own, and a restart gets a new one.
 */
export class Tokens {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<string | NoToken>>();

  constructor(
    private readonly port: HttpPort,
    private readonly clock: Clock,
  ) {}

  /** The credentials fit for the API: with a fresh token where the plugin gets one, else as they are. */
  async credentials(account: Account, credential: Credential): Promise<object | NoToken> {
    const exchange = account.source.token;
    if (!exchange?.wants(credential.value)) return credential.value;
    const name = nameOf(account, credential);
    const held = this.held.get(name);
    const token =
      held && this.clock.now() < held.until
        ? held.token
        : await this.once(name, account, credential);
    return typeof token === 'string' ? exchange.lay(credential.value, token) : token;
  }

  /** The network refused the token: the next one asks for another. */
  forget(account: Account, credential: Credential): void {
    this.held.delete(nameOf(account, credential));
  }

  private once(name: string, account: Account, credential: Credential): Promise<string | NoToken> {
    const running = this.asking.get(name);
    if (running) return running;
    const asked = this.ask(name, account, credential).finally(() => this.asking.delete(name));
    this.asking.set(name, asked);
    return asked;
  }

  private async ask(
    name: string,
    { source: { token } }: Account,
    { value }: Credential,
  ): Promise<string | NoToken> {
    if (!token) return { noToken: 'the plugin gets no token' };
    const answer = await this.port.send(token.build(value));
    if (answer.kind === 'failure') return { noToken: `no token: ${answer.code}` };
    const { status, headers, body } = answer;
    const read = token.read({ status, headers, body });
    if (!read) return { noToken: `no token: HTTP ${status}` };
    this.held.set(name, { token: read.token, until: this.clock.now() + read.forMs - SLACK_MS });
    return read.token;
  }
}

const nameOf = ({ id }: Account, credential: Credential): string => `${id}|${credential.id}`;

export const isNoToken = (value: object): value is NoToken => 'noToken' in value;
