import type { HttpAnswer, HttpPort } from '../http/http-port.js';
import { jsonOf, memberOf, partOf, type Found, type SecretResolver } from './found.js';
import { GcpTokens } from './gcp-token.js';
import { managerDoor } from './metadata-door.js';

/** Variables that this resolver reads; no reference of the admin API may name them. */
export const GCP_VARIABLES: readonly string[] = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GCE_METADATA_HOST',
];

/** `projects/P[/locations/L]/secrets/S/versions/V`, then a member of the JSON inside. */
const NAME =
  /^(projects\/[a-z0-9:.-]+(?:\/locations\/([a-z0-9-]+))?\/secrets\/[\w-]{1,255}\/versions\/(?:latest|\d+|[\w-]{1,63}))(?:#([\w.-]+))?$/;
const LIMIT_MS = 5000;
const BODY_BYTES = 1024 * 1024;

type Env = Readonly<Record<string, string | undefined>>;

/** `{ payload: { data: base64 } }` */
function read(answer: HttpAnswer, name: string, key: string | undefined): Found {
  const from = `needs ${name} from GCP Secret Manager`;
  if (answer.kind === 'failure')
    return { rule: `${from}, which cannot be reached (${answer.code})` };
  const { status, body } = answer;
  const word = memberOf(memberOf(jsonOf(body), 'error'), 'status');
  const said =
    typeof word === 'string' && /^[A-Z_]{1,40}$/.test(word)
      ? `says ${word} (${status})`
      : `answered ${status}`;
  if (status !== 200) return { rule: `${from}, which ${said}` };
  const data = memberOf(memberOf(jsonOf(body), 'payload'), 'data');
  return typeof data === 'string'
    ? partOf(Buffer.from(data, 'base64').toString('utf8'), key, from)
    : { rule: `${from}, whose answer holds no secret` };
}

class SecretManager implements SecretResolver {
  readonly kind = 'gcp';
  private readonly tokens: GcpTokens;
  private readonly doors = new Map<string, HttpPort>();

  constructor(env: Env, now: () => number) {
    this.tokens = new GcpTokens(env, now);
  }

  async find(name: string): Promise<Found> {
    const [, resource = '', location, key] = NAME.exec(name) ?? [];
    if (resource === '') {
      const form = 'projects/<project>/secrets/<secret>/versions/<version>[#<json-key>]';
      return { rule: `has "${name}", which is not ${form}` };
    }
    const regional = location === undefined ? '' : `.${location}.rep`;
    const endpoint = `https://secretmanager${regional}.googleapis.com`;
    const first = await this.ask(endpoint, resource);
    if ('rule' in first)
      return { rule: `needs ${name} from GCP Secret Manager, but ${first.rule}` };
    if (first.kind === 'failure' || first.status !== 401) return read(first, name, key);
    this.tokens.forget();
    const second = await this.ask(endpoint, resource);
    return read('rule' in second ? first : second, name, key);
  }

  private async ask(
    endpoint: string,
    resource: string,
  ): Promise<HttpAnswer | { readonly rule: string }> {
    const had = await this.tokens.have();
    if ('rule' in had) return had;
    const door = this.doors.get(endpoint) ?? managerDoor(endpoint);
    this.doors.set(endpoint, door);
    const request = {
      method: 'GET',
      url: `${endpoint}/v1/${resource}:access`,
      headers: { authorization: `Bearer ${had.token}` },
    };
    return door.send(request, { totalMs: LIMIT_MS, bodyBytes: BODY_BYTES });
  }
}

/**
 * `${gcp:projects/<project>/secrets/<secret>/versions/<version>[#<json-key>]}` from GCP Secret Manager
 * (`projects.secrets.versions.access`,
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access). Nothing is asked before the
 * first such reference.
 */
export const gcpResolver = (env: Env, now: () => number = Date.now): SecretResolver =>
  new SecretManager(env, now);
