import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveConfiguration } from '../../src/accounts/live/live-configuration.js';
import { until } from './harness.js';
import { ask, Pair, type Json } from './config-kit.js';

const SECRET = 'typed-in-secret-0815';

describe('the configuration, changed while it runs', () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await Pair.start();
  }, 90_000);

  afterAll(() => pair?.stop());

  const account = (secret = SECRET, more: Json = {}) => ({
    ...{ source: 'toy', credentials: { secret } },
    ...more,
  });
  const target = (path = 'one', more: Json = {}) => ({
    ...{ target: 'hook', settings: { url: `${pair.partner.url}/${path}` } },
    ...more,
  });

  it('begins with one number, although two replicas started at once', async () => {
    const versions = await Promise.all(
      [pair.one, pair.two].map(async (gateway) => (await ask(gateway, 'GET', '/config')).json),
    );
    expect(versions.map((one) => [one['version'], one['applied']])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('takes an account, a target and a route through the door and to the partner, on both replicas, without a restart', async () => {
    await pair.put('accounts/live', account());
    await pair.put('targets/tap', target());
    const version = await pair.put('routes/live-tap', { from: 'live', to: 'tap' });
    await pair.settled(version);
    const sold = await pair.sell(
      pair.two,
      'live',
      { type: 'SALE', order: 'L1', amount: '100' },
      SECRET,
    );
    expect(sold.status).toBe(200);
    await until(
      () => pair.partner.received.length,
      (count) => count === 1,
    );
    const { json } = await pair.api('GET', '/events?orderId=L1');
    expect(json['items'][0].plan).toEqual([
      { target: 'tap', route: 'live-tap', configVersion: version },
    ]);
    expect(
      (await pair.sell(pair.one, 'live', { type: 'SALE', order: 'L2' }, 'wrong-secret-0815'))
        .status,
    ).toBe(401);
  });

  it('refuses what breaks a rule with every fault at its place, and stores nothing', async () => {
    const before = await pair.calm();
    const { status, json } = await pair.api('POST', '/config/apply', {
      accounts: [
        { id: 'keyless', source: 'toy', credentials: {} },
        { id: 'mistaken', source: 'toi', credentials: { secret: SECRET } },
      ],
      targets: [
        { id: 'bad', target: 'hok', settings: {} },
        {
          id: 'worse',
          target: 'hook',
          settings: { url: 'not a url', colour: 'red' },
          sockets: 999,
        },
      ],
      routes: [{ id: 'lost', from: 'nobody', to: ['bad'], events: ['SALES'] }],
      offers: [
        { id: 'macro', url: 'https://shop.example/?tid={clck_id}' },
        { id: 'host', url: 'https://{affiliate_id}.example/', programme: 'none' },
      ],
    });
    expect([status, json['code']]).toEqual([422, 'WB_CONFIG_INVALID']);
    const fields = json['faults'].map((fault: Json) => fault['field']);
    expect(new Set(fields)).toEqual(
      new Set([
        'accounts.keyless.credentials.secret',
        'accounts.mistaken.source',
        'targets.bad.target',
        'targets.worse.settings.colour',
        'targets.worse.settings.url',
        'targets.worse.sockets',
        'routes.lost.from',
        'routes.lost.events',
        'offers.macro.url',
        'offers.host.url',
        'offers.host.programme',
      ]),
    );
    const twice = await pair.api('POST', '/config/apply', {
      targets: [
        { id: 'same', ...target() },
        { id: 'same', ...target('two') },
      ],
    });
    expect([twice.status, twice.json['code']]).toEqual([422, 'WB_CONFIG_INVALID']);
    expect((await pair.api('GET', '/config')).json).toEqual(before);
  });

  it('only reads what the file holds, and takes no id of it', async () => {
    const found = await pair.api('GET', '/config/accounts/filed');
    expect(found.json).toMatchObject({
      owner: 'file',
      version: null,
      data: { credentials: { secret: '••••••' } },
    });
    for (const id of ['filed', 'FILED']) {
      const put = await pair.api('PUT', `/config/accounts/${id}?version=99`, account());
      expect([put.status, put.json['code']]).toEqual([409, 'WB_CONFIG_FILE_OWNED']);
    }
    const removed = await pair.api('DELETE', '/config/accounts/filed?version=99');
    expect([removed.status, removed.json['code']]).toEqual([404, 'WB_CONFIG_MISSING']);
    const clash = await pair.api('PUT', '/config/targets/TAP', target());
    expect([clash.status, clash.json['code']]).toEqual([422, 'WB_CONFIG_INVALID']);
  });

  it('loses no update: a change of what somebody else has changed since is refused', async () => {
    const read = await pair.api('GET', '/config/targets/tap');
    const version = read.json['version'] as number;
    expect(read.headers.get('etag')).toBe(`"${version}"`);
    const blind = await pair.api('PUT', '/config/targets/tap', target('one', { sockets: 2 }));
    expect([blind.status, blind.json['code']]).toEqual([428, 'WB_CONFIG_VERSION_MISSING']);
    const fresh = await pair.api('PUT', '/config/targets/tap', target(), { 'if-none-match': '*' });
    expect([fresh.status, fresh.json['code']]).toEqual([409, 'WB_CONFIG_EXISTS']);
    const first = await pair.api('PUT', '/config/targets/tap', target('one', { sockets: 3 }), {
      'if-match': `"${version}"`,
    });
    expect([first.status, first.json['changes'][0].how]).toEqual([200, 'changed']);
    const late = await pair.ask(pair.two, 'PUT', '/config/targets/tap', {
      body: target('one', { sockets: 4 }),
      headers: { 'if-match': `"${version}"` },
    });
    expect([late.status, late.json['code']]).toEqual([412, 'WB_CONFIG_STALE']);
    const future = await pair.api('DELETE', '/config/targets/tap?version=999999');
    expect(future.json['code']).toBe('WB_CONFIG_STALE');
    expect(
      (
        await pair.api(
          'PUT',
          `/config/targets/tap?version=${first.json['version']}`,
          target('one', { sockets: 3 }),
        )
      ).json['changes'],
    ).toEqual([]);
  });

  it('takes 100 changes at once on two replicas: every one in force, numbered and audited', async () => {
    const before = (await pair.api('GET', '/config')).json['version'] as number;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_unused, n) =>
        pair.ask(n % 2 === 0 ? pair.one : pair.two, 'PUT', `/config/programmes/p${n}`, {
          body: { windowDays: n + 1 },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const versions = answers.map(({ json }) => json['version'] as number);
    expect(new Set(versions).size).toBe(100);
    expect(Math.max(...versions)).toBe(before + 100);
    await pair.settled(before + 100);
    for (const gateway of [pair.one, pair.two]) {
      const { json } = await ask(gateway, 'GET', '/config/programmes');
      const days = json['items'].map((one: Json) => one['data'].windowDays as number);
      expect(days.toSorted((a: number, b: number) => a - b)).toEqual(
        Array.from({ length: 100 }, (_unused, n) => n + 1),
      );
    }
    const audit = await pair.api('GET', '/audit?deed=config-put&limit=200');
    const audited = audit.json['items'].map((row: Json) => row['what'].version as number);
    expect(versions.filter((version) => !audited.includes(version))).toEqual([]);
    expect((await pair.api('GET', '/audit/verify')).json).toMatchObject({
      ok: true,
      brokenAt: null,
    });
  }, 60_000);

  it('of two changes of one object from one version exactly one wins', async () => {
    const version = await pair.put('programmes/race', { windowDays: 1 });
    await pair.settled(version);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_unused, n) =>
        pair.ask(
          n % 2 === 0 ? pair.one : pair.two,
          'PUT',
          `/config/programmes/race?version=${version}`,
          { body: { windowDays: n + 2 } },
        ),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
  });

  it('says beforehand what would change, and changes nothing', async () => {
    const before = await pair.calm();
    const body = {
      targets: [
        { id: 'tap', ...target('two') },
        { id: 'new', ...target('new') },
      ],
    };
    const { status, json } = await pair.api(
      'POST',
      `/config/apply?dryRun=true&version=${before['version']}`,
      body,
    );
    expect([status, json['dryRun'], json['version']]).toEqual([200, true, before['version']]);
    expect(json['changes'].map((one: Json) => [one['id'], one['how']])).toEqual([
      ['tap', 'changed'],
      ['new', 'made'],
    ]);
    expect(json['changes'][0].after.settings.url).toContain('/two');
    expect((await pair.api('GET', '/config')).json).toEqual(before);
    const whole = await pair.api(
      'POST',
      `/config/apply?dryRun=true&whole=true&version=${before['version']}`,
      body,
    );
    expect(
      whole.json['changes'].filter((one: Json) => one['how'] === 'removed').length,
    ).toBeGreaterThan(100);
  });

  it('goes back to an earlier version, secrets included, as a new one', async () => {
    const good = await pair.put('accounts/turned', account());
    const bad = await pair.put('accounts/turned', account('another-secret-42'));
    await pair.settled(bad);
    const sale = { type: 'SALE', order: 'T1' };
    expect((await pair.sell(pair.two, 'turned', sale, SECRET)).status).toBe(401);
    const back = await pair.api('POST', `/config/versions/${good}/revert?version=${bad}`);
    expect([back.status, back.json['version'], back.json['changes'][0]]).toMatchObject([
      200,
      bad + 1,
      {
        id: 'turned',
        how: 'changed',
        secretsChanged: true,
        before: { credentials: { secret: '••••••' } },
      },
    ]);
    await pair.settled(bad + 1);
    expect((await pair.sell(pair.two, 'turned', sale, SECRET)).status).toBe(200);
    const { json } = await pair.api('GET', `/config/versions/${bad + 1}`);
    expect(json).toMatchObject({ action: 'revert', revertOf: good, who: { id: 'first' } });
    expect(
      (await pair.api('GET', '/config/versions?limit=2')).json['items'].map(
        (one: Json) => one['version'],
      ),
    ).toEqual([bad + 1, bad]);
    expect((await pair.api('POST', '/config/versions/9999999/revert')).status).toBe(404);
  });

  it('lets lanes take new settings, and keeps the rows of a target that is gone', async () => {
    const moved = await pair.put('targets/tap', target('moved', { sockets: 1, ratePerSecond: 50 }));
    await pair.settled(moved);
    await pair.sell(pair.one, 'live', { type: 'SALE', order: 'M1' }, SECRET);
    await until(
      () => pair.partner.received.filter(({ url }) => url === '/moved').length,
      (count) => count === 1,
    );
    await pair.api('POST', '/targets/tap/pause', { reason: 'test' });
    // Looking reads the pauses anew: the other replica knows of it, too.
    await ask(pair.two, 'GET', '/targets');
    await pair.sell(pair.one, 'live', { type: 'SALE', order: 'M2' }, SECRET);
    const { json } = await pair.api('GET', '/config/routes/live-tap');
    const head = (await pair.api('GET', '/config')).json['version'] as number;
    const refused = await pair.api('DELETE', `/config/targets/tap?version=${head}`);
    expect([refused.status, refused.json['faults'][0].field]).toEqual([422, 'routes.live-tap.to']);
    expect(
      (await pair.api('DELETE', `/config/routes/live-tap?version=${json['version']}`)).status,
    ).toBe(200);
    const gone = await pair.api('DELETE', `/config/targets/tap?version=${head}`);
    expect(gone.status).toBe(200);
    await pair.settled(gone.json['version'] as number);
    const row = (await pair.api('GET', '/deliveries?target=tap&status=due')).json['items'][0];
    expect(row['explanation'].sentence).toMatch(/not configured|configuration/);
    const health = await pair.api('GET', '/health');
    expect(health.json['warnings']).toContain(
      'Deliveries wait for the target tap, which is not configured.',
    );
    // Put back, it goes on where it was.
    await pair.api('POST', `/config/versions/${moved}/revert?version=${gone.json['version']}`);
    await pair.api('POST', '/targets/tap/resume');
    await until(
      () => pair.partner.received.filter(({ url }) => url === '/moved').length,
      (count) => count === 2,
      // A busy machine may lose a job; the next sweep finds the row within a minute.
      75_000,
    );
  }, 120_000);

  it('never lets live and test, or two networks, share an id', async () => {
    const version = await pair.put('accounts/sandbox', account(SECRET, { test: true }));
    const live = await pair.api(
      'PUT',
      `/config/accounts/sandbox?version=${version}`,
      account('a-live-secret-99'),
    );
    expect([live.status, live.json['faults'][0].field]).toEqual([422, 'accounts.sandbox.test']);
    const gone = await pair.api('DELETE', `/config/accounts/sandbox?version=${version}`);
    expect(gone.status).toBe(200);
    expect(
      (await pair.api('PUT', '/config/accounts/sandbox', account())).json['faults'][0].field,
    ).toBe('accounts.sandbox.test');
    expect(
      (await pair.api('PUT', '/config/accounts/sandbox', account(SECRET, { test: true }))).status,
    ).toBe(200);
  });

  it('a replica that cannot take a version keeps the one it has, and says so', async () => {
    await pair.settled(await pair.put('programmes/odd', { windowDays: 2 }));
    const live = pair.two.gateway.app.get(LiveConfiguration);
    const [before, reader] = [live.parts.configuration.version, live.parts.reader];
    const broken = {
      ...live.parts,
      reader: Object.assign(Object.create(reader), {
        read: () =>
          reader.read([
            { section: 'targets', id: 'x', data: { id: 'x', target: 'nope' }, secrets: [] },
          ]),
      }),
    };
    Object.assign(live, { parts: broken });
    const version = await pair.put('programmes/odd', { windowDays: 3 });
    await until(
      () => pair.two.logged.some((line) => line.includes('WB_CONFIG_NOT_APPLIED')),
      (seen) => seen,
      5000,
    );
    expect(live.parts.configuration.version).toBe(before);
    const health = await ask(pair.two, 'GET', '/health');
    expect(health.json['warnings'].join()).toContain(
      `configuration ${version} cannot be taken here: targets.x.target`,
    );
    Object.assign(live, { parts: { ...broken, reader } });
    await pair.settled(await pair.put('programmes/odd', { windowDays: 4 }));
  });

  it('never lets a typed-in secret out, nor into MongoDB as it is', async () => {
    const db = pair.one.ledger.mongo.db;
    const stored = await Promise.all(
      ['config_objects', 'config_versions', 'audit', 'admin_keys'].map((name) =>
        db.collection(name).find().toArray(),
      ),
    );
    const all = [JSON.stringify(stored), ...pair.texts, ...pair.one.logged, ...pair.two.logged];
    expect(JSON.stringify(stored).length).toBeGreaterThan(10_000);
    for (const secret of [SECRET, 'another-secret-42', 'filed-secret-4711'])
      expect(all.filter((text) => text.includes(secret))).toEqual([]);
  });
});
