import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import { jsonOf, memberOf } from './found.js';
import { failedAs, isSafeEndpoint, managerDoor, metadataDoor } from './metadata-door.js';

type Env = Readonly<Record<string, string | undefined>>;
type Had = { readonly token: string; readonly until: number } | { readonly rule: string };

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Tokens are replaced so long before they end (milliseconds). */
const EARLY_MS = 5 * 60_000;
const LIFE_S = 3600;

interface ServiceAccount {
  readonly email: string;
  readonly key: string;
  readonly keyId: string | undefined;
  readonly tokenUri: string;
}

const part = (data: object): string => Buffer.from(JSON.stringify(data)).toString('base64url');

/**
 * Access tokens of GCP: for the service account whose key file `GOOGLE_APPLICATION_CREDENTIALS` names (a JWT signed with its
 * key, https://developers.google.com/identity/protocols/oauth2/service-account), else from the metadata server
 * (Compute Engine, GKE, Cloud Run). Kept until shortly before they end.
 */
export class GcpTokens {
  private kept: { token: string; until: number } | undefined;
  private metadata: HttpPort | undefined;

  constructor(
    private readonly env: Env,
    private readonly now: () => number,
  ) {}

  async have(): Promise<Had> {
    const { kept } = this;
    if (kept && this.now() < kept.until - EARLY_MS) return kept;
    const file = this.env['GOOGLE_APPLICATION_CREDENTIALS']?.trim() || undefined;
    const had = file === undefined ? await this.fromMetadata() : await this.fromKeyFile(file);
    if (!('rule' in had)) this.kept = had;
    else if (kept && this.now() < kept.until) return kept;
    return had;
  }

  /** GCP refuses what is kept. */
  forget(): void {
    this.kept = undefined;
  }

  private async fromMetadata(): Promise<Had> {
    this.metadata ??= metadataDoor();
    const host = this.env['GCE_METADATA_HOST']?.trim() || '169.254.169.254';
    const answer = await this.metadata.send({
      method: 'GET',
      url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`,
      headers: { 'metadata-flavor': 'Google' },
    });
    // Anybody may answer there; only this server says so.
    if (answer.kind === 'response' && answer.headers['metadata-flavor'] !== 'Google')
      return { rule: 'GOOGLE_APPLICATION_CREDENTIALS is not set, and no metadata server answers' };
    const missing = `GOOGLE_APPLICATION_CREDENTIALS is not set, and the metadata server gives no token (${failedAs(answer)})`;
    return this.read(answer, missing);
  }

  private async fromKeyFile(file: string): Promise<Had> {
    const account = await serviceAccount(file);
    if ('rule' in account) return account;
    const { email, key, keyId, tokenUri } = account;
    const issued = Math.floor(this.now() / 1000);
    const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
    const claims = { iss: email, scope: SCOPE, aud: tokenUri, iat: issued, exp: issued + LIFE_S };
    const text = `${part(header)}.${part(claims)}`;
    let assertion: string;
    try {
      assertion = `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
    } catch {
      return { rule: 'the key file of GOOGLE_APPLICATION_CREDENTIALS holds no private key' };
    }
    const door = managerDoor(tokenUri);
    const answer = await door.send({
      method: 'POST',
      url: tokenUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
    });
    await door.close();
    return this.read(answer, `GCP gives no token for the service account (${failedAs(answer)})`);
  }

  /** `{ access_token, expires_in }` */
  private read(answer: HttpAnswer, rule: string): Had {
    if (answer.kind === 'failure' || answer.status !== 200) return { rule };
    const data = jsonOf(answer.body);
    const [token, seconds] = [memberOf(data, 'access_token'), memberOf(data, 'expires_in')];
    if (typeof token !== 'string' || typeof seconds !== 'number') return { rule };
    return { token, until: this.now() + seconds * 1000 };
  }
}

async function serviceAccount(file: string): Promise<ServiceAccount | { readonly rule: string }> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    return { rule: 'the file of GOOGLE_APPLICATION_CREDENTIALS cannot be read' };
  const data = jsonOf(text);
  const [type, email, key, keyId, uri] = [
    ...['type', 'client_email', 'private_key', 'private_key_id', 'token_uri'],
  ].map((name) => memberOf(data, name));
  if (type !== 'service_account' || typeof email !== 'string' || typeof key !== 'string')
    return { rule: 'the file of GOOGLE_APPLICATION_CREDENTIALS is no key of a service account' };
  const tokenUri = typeof uri === 'string' ? uri : 'https://oauth2.googleapis.com/token';
  if (!isSafeEndpoint(tokenUri))
    return { rule: 'the token_uri of GOOGLE_APPLICATION_CREDENTIALS does not start with https://' };
  return { email, key, keyId: typeof keyId === 'string' ? keyId : undefined, tokenUri };
}
