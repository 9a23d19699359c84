import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import { AwsCredentialChain } from './aws-credentials.js';
import { signV4 } from './aws-sign.js';
import { jsonOf, memberOf, partOf, type Found, type SecretResolver } from './found.js';
import { isSafeEndpoint, managerDoor } from './metadata-door.js';

/** Variables that this resolver reads: its own keys, so no reference of the admin API may name them. */
export const AWS_VARIABLES: readonly string[] = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_ENDPOINT_URL_SECRETS_MANAGER',
];

/** A name, or an ARN whose fourth part is the region; then a member of the JSON inside. */
const NAME =
  /^((?:arn:aws[\w-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:)?[\w/+=.@!-]{1,512})(?:#([\w.-]+))?$/;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;
const LIMIT_MS = 5000;
const BODY_BYTES = 1024 * 1024;
/** The keys are too old: worth asking for new ones, once. */
const STALE = ['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId'];

interface Wanted {
  readonly id: string;
  readonly region: string;
  readonly endpoint: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** `ResourceNotFoundException`, from `…#ResourceNotFoundException` or the bare word. */
function refusalOf({ body, status }: Extract<HttpAnswer, { kind: 'response' }>): string {
  const type = memberOf(jsonOf(body), '__type');
  const word = typeof type === 'string' ? (/(\w{1,80})$/.exec(type)?.[1] ?? '') : '';
  return word === '' ? `answered ${status}` : `says ${word} (${status})`;
}

function read(answer: HttpAnswer, name: string, key: string | undefined): Found {
  const from = `needs ${name} from AWS Secrets Manager`;
  if (answer.kind === 'failure')
    return { rule: `${from}, which cannot be reached (${answer.code})` };
  if (answer.status !== 200) return { rule: `${from}, which ${refusalOf(answer)}` };
  const secret = memberOf(jsonOf(answer.body), 'SecretString');
  return typeof secret === 'string'
    ? partOf(secret, key, from)
    : { rule: `${from}, where it holds no text` };
}

class SecretsManager implements SecretResolver {
  readonly kind = 'aws';
  private readonly chain: AwsCredentialChain;
  private readonly doors = new Map<string, HttpPort>();

  constructor(
    private readonly env: Env,
    private readonly now: () => number,
  ) {
    this.chain = new AwsCredentialChain(env, now);
  }

  async find(name: string): Promise<Found> {
    const [, id = '', arnRegion, key] = NAME.exec(name) ?? [];
    if (id === '') return { rule: `has "${name}", which is not <secret-id>[#<json-key>]` };
    const place = this.placeOf(arnRegion);
    if ('rule' in place)
      return { rule: `needs ${name} from AWS Secrets Manager, but ${place.rule}` };
    const wanted = { id, ...place };
    const first = await this.ask(wanted, name, key);
    if (!('rule' in first) || !STALE.some((word) => first.rule.includes(` ${word} `))) return first;
    this.chain.forget();
    return this.ask(wanted, name, key);
  }

  private placeOf(arnRegion: string | undefined): Omit<Wanted, 'id'> | { readonly rule: string } {
    const said = (name: string): string | undefined => this.env[name]?.trim() || undefined;
    const region = arnRegion ?? said('AWS_REGION') ?? said('AWS_DEFAULT_REGION') ?? '';
    if (!REGION.test(region)) return { rule: 'AWS_REGION names no region' };
    const own = said('AWS_ENDPOINT_URL_SECRETS_MANAGER');
    if (own !== undefined && !isSafeEndpoint(own))
      return {
        rule: 'AWS_ENDPOINT_URL_SECRETS_MANAGER must start with https://, except on this machine',
      };
    const china = region.startsWith('cn-') ? '.cn' : '';
    return { region, endpoint: own ?? `https://secretsmanager.${region}.amazonaws.com${china}/` };
  }

  private async ask(wanted: Wanted, name: string, key: string | undefined): Promise<Found> {
    const keys = await this.chain.have();
    if ('rule' in keys) return { rule: `needs ${name} from AWS Secrets Manager, but ${keys.rule}` };
    const { id, region, endpoint } = wanted;
    const request = {
      method: 'POST',
      url: new URL(endpoint).href,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
      },
      body: JSON.stringify({ SecretId: id }),
    };
    const scope = { region, service: 'secretsmanager', at: new Date(this.now()) };
    const signed = { ...request, headers: signV4(request, keys, scope) };
    const answer = await this.doorTo(endpoint).send(signed, {
      totalMs: LIMIT_MS,
      bodyBytes: BODY_BYTES,
    });
    return read(answer, name, key);
  }

  private doorTo(endpoint: string): HttpPort {
    const door = this.doors.get(endpoint) ?? managerDoor(endpoint);
    this.doors.set(endpoint, door);
    return door;
  }
}

/**
 * `${aws:<secret-id>[#<json-key>]}` from AWS Secrets Manager (`GetSecretValue`,
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html), by the name or the ARN of the
 * secret. Region and keys come from AWS's own variables or the role of container or instance. Nothing is asked before the
 * first such reference.
 */
export const awsResolver = (env: Env, now: () => number = Date.now): SecretResolver =>
  new SecretsManager(env, now);
