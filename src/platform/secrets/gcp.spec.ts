import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { gcpResolver } from './gcp.js';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const NAME = 'projects/shop-1/secrets/tap/versions/latest';
const API = 'https://secretmanager.googleapis.com';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ACCOUNT = {
  type: 'service_account',
  client_email: 'gateway@shop-1.iam.gserviceaccount.com',
  private_key: privateKey,
  private_key_id: 'key-1',
  token_uri: 'https://oauth2.googleapis.com/token',
};
const payload = (text: string) => ({ payload: { data: Buffer.from(text).toString('base64') } });

describe('references to GCP Secret Manager', () => {
  let dir: string;
  let now = NOW;

  beforeAll(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-gcp-'));
    nock.disableNetConnect();
  });

  afterEach(() => {
    expect(nock.pendingMocks()).toEqual([]);
    nock.cleanAll();
    now = NOW;
  });

  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
    rmSync(dir, { recursive: true, force: true });
  });

  function resolver(account: object | string = ACCOUNT) {
    const file = path.join(dir, 'account.json');
    writeFileSync(file, typeof account === 'string' ? account : JSON.stringify(account));
    return gcpResolver({ GOOGLE_APPLICATION_CREDENTIALS: file }, () => now);
  }

  function tokens(...given: string[]): URLSearchParams[] {
    const asked: URLSearchParams[] = [];
    for (const token of given)
      nock('https://oauth2.googleapis.com')
        .post('/token', (body: Record<string, string>) => asked.push(new URLSearchParams(body)) > 0)
        .reply(200, { access_token: token, expires_in: 3599, token_type: 'Bearer' });
    return asked;
  }

  const api = (token: string, resource = NAME, origin = API) =>
    nock(origin, { reqheaders: { authorization: `Bearer ${token}` } }).get(
      `/v1/${resource}:access`,
    );

  it('are asked for with a token for the service account, by a JWT that its key signed', async () => {
    const asked = tokens('gcp-token-1');
    api('gcp-token-1').reply(200, payload('{"apiKey":"from-gcp-1","n":42}'));
    expect(await resolver().find(`${NAME}#apiKey`)).toEqual({ value: 'from-gcp-1' });
    expect(asked[0]?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = (asked[0]?.get('assertion') ?? '').split('.');
    const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString()) as object;
    expect([read(head), read(claims)]).toEqual([
      { alg: 'RS256', typ: 'JWT', kid: 'key-1' },
      {
        iss: ACCOUNT.client_email,
        scope: 'https://www.googleapis.com/auth/cloud-platform',
        aud: ACCOUNT.token_uri,
        iat: NOW / 1000,
        exp: NOW / 1000 + 3600,
      },
    ]);
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verify.verify(pair.publicKey, signature, 'base64url')).toBe(true);
  });

  it('keep the token until shortly before its end, and take another when it is refused', async () => {
    tokens('one', 'two', 'three');
    api('one').twice().reply(200, payload('v1'));
    const find = resolver();
    expect(await find.find(NAME)).toEqual({ value: 'v1' });
    now += 50 * 60_000;
    expect(await find.find(NAME)).toEqual({ value: 'v1' });
    now += 6 * 60_000;
    api('two').reply(401, {});
    api('three').reply(200, payload('v2'));
    expect(await find.find(NAME)).toEqual({ value: 'v2' });
  });

  it('of a region are asked for there', async () => {
    const name = 'projects/shop-1/locations/europe-west3/secrets/tap/versions/7';
    tokens('one');
    api('one', name, 'https://secretmanager.europe-west3.rep.googleapis.com').reply(
      200,
      payload('regional'),
    );
    expect(await resolver().find(name)).toEqual({ value: 'regional' });
  });

  it.each([
    [404, { error: { status: 'NOT_FOUND', message: 'gcp-token' } }, 'which says NOT_FOUND (404)'],
    [403, { error: { status: 'PERMISSION_DENIED' } }, 'which says PERMISSION_DENIED (403)'],
    [500, '<html>', 'which answered 500'],
    [200, {}, 'whose answer holds no secret'],
    [200, payload(''), 'where it is empty'],
  ])('answered with %d are a sentence that says what is wrong', async (status, body, why) => {
    tokens('gcp-token-1');
    api('gcp-token-1').reply(status, body);
    const found = await resolver().find(NAME);
    expect(found).toEqual({ rule: `needs ${NAME} from GCP Secret Manager, ${why}` });
  });

  it.each([
    '',
    'tap',
    'projects/x/secrets/tap',
    'projects/x/secrets/../versions/1',
    `${NAME}?x=1`,
    `${NAME}#`,
    'projects/x/secrets/a b/versions/1',
  ])('%p is no name and is never asked for', async (name) => {
    expect(await resolver().find(name)).toEqual({
      rule: expect.stringContaining('is not projects/<project>/secrets/'),
    });
  });

  it.each([
    ['not JSON', 'is no key of a service account'],
    [{ type: 'authorized_user' }, 'is no key of a service account'],
    [{ ...ACCOUNT, private_key: 'no-key-at-all' }, 'holds no private key'],
    [{ ...ACCOUNT, token_uri: 'http://10.0.0.7/token' }, 'does not start with https://'],
  ])('with the key file %p say what is wrong with it, without the key', async (account, why) => {
    const found = await resolver(account).find(NAME);
    expect(found).toEqual({ rule: expect.stringContaining(why) });
    expect(JSON.stringify(found)).not.toContain('no-key-at-all');
  });

  it('say so when the file is missing, when GCP gives no token, and when nobody is there', async () => {
    const missing = gcpResolver({ GOOGLE_APPLICATION_CREDENTIALS: path.join(dir, 'none') });
    expect(await missing.find(NAME)).toEqual({ rule: expect.stringContaining('cannot be read') });
    nock('https://oauth2.googleapis.com').post('/token').reply(400, { error: 'invalid_grant' });
    expect(await resolver().find(NAME)).toEqual({
      rule: expect.stringContaining('gives no token for the service account (status 400)'),
    });
  });

  describe('without a key file', () => {
    const metadata = () =>
      nock('http://169.254.169.254', { reqheaders: { 'metadata-flavor': 'Google' } }).get(
        '/computeMetadata/v1/instance/service-accounts/default/token',
      );
    const find = () => gcpResolver({}, () => now).find(NAME);

    it('take the token of the metadata server', async () => {
      const said = { access_token: 'meta-1', expires_in: 3599 };
      metadata().reply(200, said, { 'metadata-flavor': 'Google' });
      api('meta-1').reply(200, payload('from-metadata'));
      expect(await find()).toEqual({ value: 'from-metadata' });
    });

    it('believe nobody else who answers there', async () => {
      metadata().reply(200, { access_token: 'meta-1', expires_in: 3599 });
      expect(await find()).toEqual({ rule: expect.stringContaining('no metadata server answers') });
    });

    it('ask no other private address', async () => {
      nock.restore();
      const elsewhere = gcpResolver({ GCE_METADATA_HOST: '10.0.0.7' });
      expect(await elsewhere.find(NAME)).toEqual({
        rule: expect.stringContaining('(WB_HTTP_BLOCKED)'),
      });
      nock.activate();
    });
  });
});
