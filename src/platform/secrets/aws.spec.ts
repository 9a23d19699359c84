import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { answer, listen, type Loopback, type WireRequest } from '../http/loopback.fixture.js';
import { awsResolver } from './aws.js';
import { signV4 } from './aws-sign.js';

const SECRETS: Readonly<Record<string, object>> = {
  'shop/tap': { SecretString: '{"apiKey":"from-aws-1","n":42,"empty":""}' },
  plain: { SecretString: 'plain-value-1' },
  bytes: { SecretBinary: 'AAAA' },
};
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'aws-secret-access-key-1' };
const OWN = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey };
const NOW = Date.parse('2026-11-28T12:00:00Z');
const ROLE = { AccessKeyId: 'ASIAROLE', SecretAccessKey: 'role-secret-1', Token: 'role-token-1' };

describe('references to AWS Secrets Manager', () => {
  let server: Loopback;
  let now = NOW;
  /** Roles handed out so far; each has another token. */
  let roles = 0;
  /** Keys that the manager refuses as expired. */
  const expired = new Set<string>();

  function manager({ headers, body }: WireRequest): string {
    const refused = (type: string) =>
      answer(400, JSON.stringify({ __type: `com.amazonaws#${type}`, Message: 'role-token-1' }));
    if (expired.has(headers['x-amz-security-token'] ?? '')) return refused('ExpiredTokenException');
    const { SecretId: id } = JSON.parse(body.toString()) as { SecretId: string };
    if (id === 'denied') return refused('AccessDeniedException');
    if (id === 'odd') return answer(500, '<html>');
    const secret = SECRETS[id.replace(/^arn:.*:secret:/, '')];
    return secret ? answer(200, JSON.stringify(secret)) : refused('ResourceNotFoundException');
  }

  function role(): string {
    roles += 1;
    const Expiration = new Date(now + 3_600_000).toISOString();
    return answer(200, JSON.stringify({ ...ROLE, Token: `role-token-${roles}`, Expiration }));
  }

  function respond(request: WireRequest): string {
    const { method, path: place, headers } = request;
    if (method === 'POST') return manager(request);
    if (place === '/latest/api/token')
      return method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'] === '21600'
        ? answer(200, 'imds-1')
        : answer(405);
    if (place.startsWith('/latest/meta-data/iam/security-credentials/')) {
      if (headers['x-aws-ec2-metadata-token'] !== 'imds-1') return answer(401);
      return place.endsWith('/') ? answer(200, 'gateway-role') : role();
    }
    if (place === '/container') return headers['authorization'] === 'pod-1' ? role() : answer(403);
    return answer(404);
  }

  beforeAll(async () => {
    server = await listen((socket, request) => socket.write(respond(request)));
  });

  afterEach(() => {
    server.requests.splice(0);
    now = NOW;
    roles = 0;
    expired.clear();
  });

  afterAll(() => server.close());

  const resolver = (env: Record<string, string> = OWN) =>
    awsResolver(
      {
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: server.origin,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: server.origin,
        ...env,
      },
      () => now,
    );

  it('are asked for with a signed GetSecretValue', async () => {
    expect(await resolver().find('shop/tap#apiKey')).toEqual({ value: 'from-aws-1' });
    const [asked] = server.requests;
    const body = asked?.body.toString() ?? '';
    expect([asked?.path, body]).toEqual(['/', '{"SecretId":"shop/tap"}']);
    const own = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    };
    const whole = { method: 'POST', url: `${server.origin}/`, headers: own, body };
    const scope = { region: 'eu-central-1', service: 'secretsmanager', at: new Date(NOW) };
    expect(asked?.headers).toMatchObject(signV4(whole, KEYS, scope));
    expect(await resolver().find('shop/tap#n')).toEqual({ value: '42' });
    expect(await resolver().find('plain')).toEqual({ value: 'plain-value-1' });
  });

  it('by ARN are asked for in the region of the ARN', async () => {
    const arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:plain';
    expect(await resolver({ ...OWN, AWS_REGION: '' }).find(arn)).toEqual({
      value: 'plain-value-1',
    });
    expect(server.requests[0]?.headers['authorization']).toContain('/us-west-2/secretsmanager/');
    const other = { ...OWN, AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' };
    expect(await resolver(other).find('plain')).toEqual({ value: 'plain-value-1' });
    expect(server.requests[1]?.headers['authorization']).toContain('/us-east-2/secretsmanager/');
  });

  it.each([
    ['missing', 'says ResourceNotFoundException (400)'],
    ['denied', 'says AccessDeniedException (400)'],
    ['odd', 'answered 500'],
    ['bytes', 'holds no text'],
    ['plain#x', 'no such member'],
    ['shop/tap#empty', 'no such member'],
    ['shop/tap#__proto__', 'no such member'],
  ])('%s is a sentence that says what is wrong, without a value', async (name, why) => {
    const found = await resolver().find(name);
    expect(found).toEqual({
      rule: expect.stringMatching(/^needs .* from AWS Secrets Manager, wh(?:ich|ere|ose) /),
    });
    expect(JSON.stringify(found)).toContain(why);
    expect(JSON.stringify(found)).not.toMatch(/plain-value|from-aws|role-token|secret-access/);
  });

  it.each(['', '#x', 'a b', 'x#', 'x#a b', 'x?y', 'arn:aws:s3:::x', 'x".y'])(
    '%p is no name and is never asked for',
    async (name) => {
      expect(await resolver().find(name)).toEqual({
        rule: expect.stringContaining('is not <secret-id>[#<json-key>]'),
      });
      expect(server.requests).toEqual([]);
    },
  );

  it('need a region, an endpoint that is https, and somebody who answers there', async () => {
    const of = (env: Record<string, string>) => resolver({ ...OWN, ...env }).find('plain');
    expect([
      await of({ AWS_REGION: '' }),
      await of({ AWS_REGION: 'evil.example/' }),
      await of({ AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://10.0.0.7/' }),
      await of({ AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' }),
    ]).toEqual([
      { rule: expect.stringContaining('AWS_REGION names no region') },
      { rule: expect.stringContaining('AWS_REGION names no region') },
      { rule: expect.stringContaining('must start with https://') },
      { rule: expect.stringContaining('cannot be reached (WB_HTTP_CONNECT)') },
    ]);
    expect(server.requests).toEqual([]);
  });

  describe('take their keys', () => {
    const tokens = () =>
      server.requests.flatMap(({ headers }) => headers['x-amz-security-token'] ?? []);

    it('from the role of the instance by IMDSv2, kept until shortly before they end', async () => {
      const one = resolver({});
      expect(await one.find('plain')).toEqual({ value: 'plain-value-1' });
      expect(server.requests.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET', 'POST']);
      now += 50 * 60_000;
      await one.find('plain');
      now += 6 * 60_000;
      await one.find('plain');
      expect(tokens()).toEqual(['role-token-1', 'role-token-1', 'role-token-2']);
    });

    it('anew when AWS says that they are too old', async () => {
      expired.add('role-token-1');
      expect(await resolver({}).find('plain')).toEqual({ value: 'plain-value-1' });
      expect(tokens()).toEqual(['role-token-1', 'role-token-2']);
    });

    it('from the role of the container, with the token of its file', async () => {
      const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-aws-'));
      const file = path.join(dir, 'token');
      writeFileSync(file, 'pod-1\n');
      const full = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.origin}/container` };
      const by = (env: Record<string, string>) => resolver({ ...full, ...env }).find('plain');
      const good = { value: 'plain-value-1' };
      expect(await by({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file })).toEqual(good);
      expect(await by({ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-1' })).toEqual(good);
      expect(await by({})).toEqual({
        rule: expect.stringContaining('the container role gives no keys for AWS (status 403)'),
      });
      rmSync(file);
      expect(await by({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file })).toEqual({
        rule: expect.stringContaining('cannot be read'),
      });
      rmSync(dir, { recursive: true });
    });

    it('from no other private address', async () => {
      const blocked = await resolver({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://10.0.0.7/container',
      }).find('plain');
      expect(blocked).toEqual({ rule: expect.stringContaining('(WB_HTTP_BLOCKED)') });
    });

    it('from nowhere when there are none, and say so', async () => {
      expect(await resolver({ AWS_EC2_METADATA_DISABLED: 'true' }).find('plain')).toEqual({
        rule: 'needs plain from AWS Secrets Manager, but no keys for AWS in the environment',
      });
      const nobody = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' };
      expect(await resolver(nobody).find('plain')).toEqual({
        rule: expect.stringContaining('the instance role gives none (WB_HTTP_CONNECT)'),
      });
    });
  });
});
