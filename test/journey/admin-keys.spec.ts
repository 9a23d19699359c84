import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Unaudited } from '../../src/admin/audit/unaudited.js';
import { ADMIN_KEY, until } from './harness.js';
import { ask, Pair, type Answer, type Json } from './config-kit.js';

const SCOPES = ['read', 'replay', 'config', 'secrets:write', 'payout:read'];

describe('keys of the admin API', () => {
  let pair: Pair;
  const keys: Record<string, string> = {};

  const make = async (scopes: string[], more: Json = {}, key = ADMIN_KEY): Promise<Answer> =>
    pair.ask(pair.one, 'POST', '/keys', { key, body: { name: scopes.join('+'), scopes, ...more } });

  const audited = async (deed: string): Promise<Json[]> =>
    (await ask(pair.one, 'GET', `/audit?deed=${deed}&limit=200`)).json['items'] as Json[];

  beforeAll(async () => {
    pair = await Pair.start();
    for (const scope of SCOPES) keys[scope] = (await make([scope])).json['key'] as string;
  }, 90_000);

  afterAll(() => pair?.stop());

  it('are shown once and kept as a hash, work on every replica, and say when they were used', async () => {
    const { status, json } = await make(['read'], { name: 'dashboard' });
    expect([status, json]).toMatchObject([
      201,
      { name: 'dashboard', live: true, createdBy: { id: 'first' } },
    ]);
    expect(json['key']).toMatch(/^wbk_[a-z2-7]{16}_[\w-]{43}$/);
    expect((await ask(pair.two, 'GET', '/events', { key: json['key'] })).status).toBe(200);
    const listed = () => ask(pair.two, 'GET', '/keys');
    const { text } = await until(listed, (answer) =>
      (answer.json['items'] as Json[]).some(
        (one) => one['id'] === json['id'] && one['lastUsedAt'] !== null,
      ),
    );
    const stored = JSON.stringify(
      await pair.one.ledger.mongo.db.collection('admin_keys').find().toArray(),
    );
    const secret = (json['key'] as string).split('_').slice(2).join('_');
    expect([text, stored, ...pair.one.logged].filter((one) => one.includes(secret))).toEqual([]);
  });

  it('end when they are revoked or expired, at once', async () => {
    const { json } = await make(['read']);
    const use = () => ask(pair.two, 'GET', '/events', { key: json['key'] as string });
    expect((await use()).status).toBe(200);
    const revoked = await pair.api('DELETE', `/keys/${json['id']}`);
    expect([revoked.json['changed'], revoked.json['key'].live]).toEqual([true, false]);
    expect((await use()).json['code']).toBe('WB_ADMIN_KEY_WRONG');
    expect((await pair.api('DELETE', `/keys/${json['id']}`)).json['changed']).toBe(false);
    expect((await pair.api('DELETE', '/keys/nobody')).status).toBe(404);
    expect((await make(['read'], { expiresAt: '2001-01-01T00:00:00Z' })).json['code']).toBe(
      'WB_QUERY_INVALID',
    );
    const brief = await make(['read'], { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    await pair.one.ledger.mongo.db
      .collection<{ _id: string }>('admin_keys')
      .updateOne(
        { _id: brief.json['id'] as string },
        { $set: { expiresAt: new Date(Date.now() - 1) } },
      );
    expect(
      (await ask(pair.one, 'GET', '/events', { key: brief.json['key'] as string })).status,
    ).toBe(401);
  });

  it('do what their scopes say and nothing else, on every call there is', async () => {
    const document = JSON.parse(
      await (await fetch(`${pair.one.gateway.url}/api/openapi.json`)).text(),
    ) as Json;
    const calls = Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
      Object.entries(item as Json).map(([method, call]) => ({
        method: method.toUpperCase(),
        path: path
          .replace('/api/v1', '')
          .replace('{section}', 'offers')
          .replaceAll(/\{\w+\}/g, 'nobody'),
        scope: (call as Json)['x-scope'] as string,
      })),
    );
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.filter(({ scope }) => !SCOPES.includes(scope))).toEqual([]);
    const wrong: unknown[] = [];
    for (const { method, path, scope } of calls)
      for (const own of SCOPES) {
        const authorization = `Bearer ${keys[own] ?? ''}`;
        const url = `${pair.one.gateway.url}/api/v1${path}`;
        const answer = await fetch(url, { method, headers: { authorization } });
        const { status } = answer;
        const refused =
          status === 403 && ((await answer.json()) as Json)['code'] === 'WB_ADMIN_SCOPE';
        // Some answers never end by themselves.
        if (status !== 403) await answer.body?.cancel();
        if (refused !== (own !== scope)) wrong.push([method, path, own, status]);
      }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('give nobody more than they have', async () => {
    const escalated = await make(['config', 'payout:read'], {}, keys['config']);
    expect([escalated.status, escalated.json['code']]).toEqual([403, 'WB_ADMIN_SCOPE']);
    expect((await make(['config'], {}, keys['config'])).status).toBe(201);
    const strong = await make(['read', 'secrets:write']);
    const killed = await pair.ask(pair.one, 'DELETE', `/keys/${strong.json['id']}`, {
      key: keys['config'] ?? '',
    });
    expect(killed.status).toBe(403);
  });

  it('without secrets:write change no secret, nor where one goes', async () => {
    const key = keys['config'] ?? '';
    const put = (path: string, body: Json) => pair.ask(pair.one, 'PUT', path, { key, body });
    const typed = await put('/config/accounts/a', {
      source: 'toy',
      credentials: { secret: 'typed-secret-1' },
    });
    expect([typed.status, typed.json['code']]).toEqual([403, 'WB_CONFIG_SECRETS']);
    const thief = await put('/config/targets/t', {
      target: 'hook',
      settings: { url: 'https://thief.example/${env:HOME}' },
    });
    expect(thief.json['code']).toBe('WB_CONFIG_SECRETS');
    expect((await put('/config/programmes/p', { windowDays: 5 })).status).toBe(200);
    expect(
      (
        await put('/config/targets/t', {
          target: 'hook',
          settings: { url: `${pair.partner.url}/t` },
        })
      ).status,
    ).toBe(200);
    const version = await pair.put('accounts/a', {
      source: 'toy',
      credentials: { secret: 'typed-secret-1' },
    });
    const moved = await put(`/config/accounts/a?version=${version}`, {
      source: 'toy',
      credentials: { secret: '••••••' },
      publicUrl: 'https://x.example/in',
    });
    expect(moved.json['code']).toBe('WB_CONFIG_SECRETS');
    const revert = await pair.ask(
      pair.one,
      'POST',
      `/config/versions/${version - 1}/revert?version=${version}`,
      { key },
    );
    expect(revert.status).toBe(200);
  });

  it('without payout:read see no payout, and with it leave a row for each look', async () => {
    await pair.put('accounts/shop', { source: 'toy', credentials: { secret: 'shop-secret-1' } });
    const sold = await pair.sell(
      pair.one,
      'shop',
      { type: 'SALE', order: 'P1', amount: '4900' },
      'shop-secret-1',
    );
    const receipt = (JSON.parse(sold.body) as { receipt: string }).receipt;
    const { events } = pair.one.ledger;
    await until(
      () => events.countDocuments(),
      (count) => count > 0,
    );
    await events.updateMany({}, { $set: { payout: { amount: 777_123, currency: 'USD' } } });
    const id = (await events.findOne({}))?._id ?? '';
    for (const path of ['/events', `/events/${id}`, `/receipts/${receipt}`]) {
      const blind = await ask(pair.one, 'GET', path, { key: keys['read'] ?? '' });
      expect([
        path,
        blind.status,
        blind.headers.get('waybill-payout'),
        /777123|4900"/.test(blind.text),
      ]).toEqual([path, 200, 'hidden', false]);
    }
    const before = await audited('read-payout');
    const both = (await make(['read', 'payout:read'], { name: 'finance' })).json;
    for (const path of ['/events', `/events/${id}`, `/receipts/${receipt}`])
      expect(
        (await ask(pair.one, 'GET', path, { key: both['key'] as string })).headers.get(
          'waybill-payout',
        ),
      ).toBeNull();
    const rows = await audited('read-payout');
    expect(
      rows.slice(0, rows.length - before.length).map((row) => [row['who'].name, row['what'].call]),
    ).toEqual([
      ['finance', 'getReceipt'],
      ['finance', 'getEvent'],
      ['finance', 'listEvents'],
    ]);
    expect(rows[2]?.['what'].events).toEqual([id]);
  });

  describe('the audit log', () => {
    it('has a row for every deed, in one chain over both replicas', async () => {
      await pair.put('targets/held', {
        target: 'hook',
        settings: { url: `${pair.partner.url}/h` },
      });
      await Promise.all(
        [pair.one, pair.two].flatMap((running) =>
          Array.from({ length: 10 }, () =>
            pair.ask(running, 'POST', '/keys', { body: { name: 'x', scopes: ['read'] } }),
          ),
        ),
      );
      await pair.api('POST', '/targets/held/pause', { reason: 'a reason' });
      await pair.api('POST', '/targets/held/resume');
      const verified = (await pair.api('GET', '/audit/verify')).json;
      expect(verified).toMatchObject({ ok: true, brokenAt: null, head: { row: verified['rows'] } });
      for (const deed of [
        'pause-target',
        'resume-target',
        'key-made',
        'key-revoked',
        'config-put',
        'config-revert',
      ])
        expect([deed, (await audited(deed)).length > 0]).toEqual([deed, true]);
      const head = verified['head'] as Json;
      expect(
        (await pair.api('GET', `/audit/verify?row=${head['row']}&hash=${head['hash']}`)).json['ok'],
      ).toBe(true);
      expect(
        (await pair.api('GET', `/audit/verify?row=${head['row']}&hash=${'0'.repeat(64)}`)).json[
          'ok'
        ],
      ).toBe(false);
      expect((await pair.api('GET', '/audit/verify?row=1')).status).toBe(400);
    });

    it('shows every row that was changed, taken out or put in', async () => {
      const rows = pair.one.ledger.mongo.db.collection<{
        _id: number;
        deed?: string;
        hash?: string;
        prev?: string;
      }>('audit');
      const check = async () =>
        (await pair.api('GET', '/audit/verify')).json['brokenAt'] as number | null;
      const fifth = (await rows.findOne({ _id: 5 })) ?? { _id: 5 };
      await rows.updateOne({ _id: 5 }, { $set: { deed: 'nothing' } });
      expect(await check()).toBe(5);
      await rows.deleteOne({ _id: 5 });
      expect(await check()).toBe(5);
      await rows.insertOne(fifth);
      expect(await check()).toBeNull();
    });

    it('gets the row of a change whose process died before it could write it', async () => {
      const version = await pair.put('programmes/lost', { windowDays: 9 });
      const { db } = pair.one.ledger.mongo;
      const rows = db.collection<{ _id: number }>('audit');
      const last = await rows.findOne({ fact: `config:${version}` });
      await rows.deleteOne({ _id: last?._id ?? 0 });
      await db
        .collection<{ _id: number }>('config_versions')
        .updateOne(
          { _id: version },
          { $set: { audited: false, at: new Date(Date.now() - 60_000) } },
        );
      const gaps = pair.one.gateway.app.get(Unaudited, { strict: false });
      await Promise.all([
        gaps.tick(),
        pair.two.gateway.app.get(Unaudited, { strict: false }).tick(),
      ]);
      const found = (await audited('config-put')).filter((row) => row['what'].version === version);
      expect([found.length, found[0]?.['caller']]).toEqual([1, '']);
      expect((await pair.api('GET', '/audit/verify')).json['ok']).toBe(true);
    });
  });
});
