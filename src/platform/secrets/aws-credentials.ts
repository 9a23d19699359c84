import { readFile } from 'node:fs/promises';
import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import type { AwsKeys } from './aws-sign.js';
import { jsonOf, memberOf } from './found.js';
import { failedAs, metadataDoor } from './metadata-door.js';

/** `until`: epoch ms; keys of the environment have no end. */
export interface AwsCredentials extends AwsKeys {
  readonly until: number;
}

type Had = AwsCredentials | { readonly rule: string };
type Env = Readonly<Record<string, string | undefined>>;

/** Temporary keys are replaced so long before they end (milliseconds). */
const EARLY_MS = 5 * 60_000;
const INSTANCE = 'http://169.254.169.254';
const TASK = 'http://169.254.170.2';
const TOKEN_TTL_S = '21600';

const said = (env: Env, name: string): string | undefined => env[name]?.trim() || undefined;

/**
 * Keys for AWS, in the order of its SDKs: the environment (`AWS_ACCESS_KEY_ID`, …), the role of a container
 * (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`: ECS, EKS Pod Identity), the role of the instance (IMDSv2,
 * never version 1). Temporary keys are kept until shortly before they end.
 */
export class AwsCredentialChain {
  private kept: AwsCredentials | undefined;
  private door: HttpPort | undefined;

  constructor(
    private readonly env: Env,
    private readonly now: () => number,
  ) {}

  /** Keys that are good for the next minutes, or a sentence that says why there are none. */
  async have(): Promise<Had> {
    const kept = this.kept;
    if (kept && this.now() < kept.until - EARLY_MS) return kept;
    const had = await this.find();
    if (!('rule' in had)) this.kept = had;
    // The old ones may still do, where new ones cannot be had.
    else if (kept && this.now() < kept.until) return kept;
    return had;
  }

  /** AWS refuses what is kept. */
  forget(): void {
    this.kept = undefined;
  }

  private find(): Promise<Had> {
    const own = this.fromEnvironment();
    if (own) return Promise.resolve(own);
    const relative = said(this.env, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
    if (relative !== undefined) return this.fromContainer(`${TASK}${relative}`);
    const full = said(this.env, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
    if (full !== undefined) return this.fromContainer(full);
    if (said(this.env, 'AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true')
      return Promise.resolve({ rule: 'no keys for AWS in the environment' });
    return this.fromInstance();
  }

  private fromEnvironment(): AwsCredentials | undefined {
    const accessKeyId = said(this.env, 'AWS_ACCESS_KEY_ID');
    const secretAccessKey = said(this.env, 'AWS_SECRET_ACCESS_KEY');
    if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
    const sessionToken = said(this.env, 'AWS_SESSION_TOKEN');
    const token = sessionToken === undefined ? {} : { sessionToken };
    return { accessKeyId, secretAccessKey, ...token, until: Number.POSITIVE_INFINITY };
  }

  private async fromContainer(url: string): Promise<Had> {
    const file = said(this.env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
    let token = said(this.env, 'AWS_CONTAINER_AUTHORIZATION_TOKEN');
    try {
      if (file !== undefined) token = (await readFile(file, 'utf8')).trim();
    } catch {
      return { rule: 'the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read' };
    }
    const headers = token === undefined ? {} : { authorization: token };
    return read(await this.ask('GET', url, headers), 'the container role');
  }

  private async fromInstance(): Promise<Had> {
    const base = (said(this.env, 'AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? INSTANCE).replace(
      /\/+$/,
      '',
    );
    const token = await this.ask('PUT', `${base}/latest/api/token`, {
      'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_TTL_S,
    });
    if (token.kind === 'failure' || token.status !== 200)
      return {
        rule: `no keys for AWS in the environment, and the instance role gives none (${failedAs(token)})`,
      };
    const headers = { 'x-aws-ec2-metadata-token': token.body.trim() };
    const roles = `${base}/latest/meta-data/iam/security-credentials/`;
    const listed = await this.ask('GET', roles, headers);
    const role = listed.kind === 'response' && listed.status === 200 ? listed.body.trim() : '';
    if (!/^[\w+=,.@-]{1,128}$/.test(role))
      return { rule: `the instance has no role for AWS (${failedAs(listed)})` };
    return read(await this.ask('GET', `${roles}${role}`, headers), 'the instance role');
  }

  private ask(method: string, url: string, headers: Record<string, string>): Promise<HttpAnswer> {
    this.door ??= metadataDoor();
    return this.door.send({ method, url, headers });
  }
}

/** `{ AccessKeyId, SecretAccessKey, Token, Expiration }`, the answer of both endpoints. */
function read(answer: HttpAnswer, whose: string): Had {
  const bad = (why: string): Had => ({ rule: `${whose} gives no keys for AWS (${why})` });
  if (answer.kind === 'failure' || answer.status !== 200) return bad(failedAs(answer));
  const data = jsonOf(answer.body);
  const [accessKeyId, secretAccessKey, sessionToken, end] = [
    ...['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'],
  ].map((name) => memberOf(data, name));
  const until = typeof end === 'string' ? Date.parse(end) : Number.NaN;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string')
    return bad('malformed');
  if (typeof sessionToken !== 'string' || Number.isNaN(until)) return bad('malformed');
  return { accessKeyId, secretAccessKey, sessionToken, until };
}
