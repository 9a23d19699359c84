import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findDebianProgram } from '../../drills/rig/debian-program.js';
import { findHaproxy, haproxyEnv, readStats } from '../../drills/rig/haproxy.js';
import { run, textOf, tool } from './deploy-kit.js';

const HAPROXY = textOf('deploy/haproxy/haproxy.cfg');
const NGINX = textOf('deploy/nginx/waybill.conf');
const ADDRESSES = haproxyEnv({
  gateways: ['127.0.0.1:3001', '127.0.0.1:3002'],
  publicBind: '127.0.0.1:8080',
  insideBind: '127.0.0.1:8081',
  statsBind: '127.0.0.1:8404',
});

const [haproxy, nginx] = await Promise.all([
  findHaproxy().catch(() => undefined),
  findDebianProgram({ name: 'nginx', variable: 'WAYBILL_NGINX', version: ['-v'] }).catch(
    () => undefined,
  ),
]);

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'waybill-balancers-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('haproxy.cfg', () => {
  const checked = (text: string) => {
    const file = join(home, 'haproxy.cfg');
    writeFileSync(file, text);
    // -dW: a warning counts as an error.
    return run(haproxy?.file ?? '', ['-c', '-dW', '-f', file], { ...haproxy?.env, ...ADDRESSES });
  };

  (haproxy === undefined ? it.skip : it)('is accepted by HAProxy without a warning', () => {
    expect(checked(HAPROXY)).toMatchObject({ code: 0 });
    expect(checked(HAPROXY.replace('option redispatch', 'option redispach')).code).not.toBe(0);
  });

  it('asks for readiness, tries again elsewhere, and only where that is harmless', () => {
    expect(HAPROXY).toMatch(
      /http-check send meth GET uri \/readyz\n +http-check expect status 200/,
    );
    expect(HAPROXY).toMatch(/option redispatch 1\n +retry-on conn-failure empty-response\n/);
    const inside = HAPROXY.split('\nfrontend inside\n')[1]?.split('\nfrontend ')[0];
    expect(inside).toContain('http-request disable-l7-retry');
  });

  it('keeps idle connections shorter than a gateway does', () => {
    const seconds = Number(/timeout http-keep-alive (\d+)s/.exec(HAPROXY)?.[1]);
    const own = Number(/keepAliveTimeout: (\d+)_000/.exec(textOf('src/gateway.ts'))?.[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(own);
    expect(Number(/keepalive_timeout (\d+)s/.exec(NGINX)?.[1])).toBeLessThan(own);
  });

  it('never logs a whole path, which may end in a secret', () => {
    const formats = [...HAPROXY.matchAll(/^ +log-format "(.*)"$/gm)].map(([, one = '']) => one);
    expect(formats.length).toBe(1);
    expect(formats[0]).not.toMatch(/%(?:HP|HU|HQ|r|hr)\b|%\[(?:path|url|capture)/);
    expect(HAPROXY).not.toMatch(/option +(?:httplog|httpslog|tcplog)/);
  });
});

describe('the statistics of HAProxy', () => {
  const csv = [
    '# pxname,svname,status,act,req_tot,wretr,wredis,econ,eresp,',
    'public,FRONTEND,OPEN,,9,,,,,',
    'gateways,gateway1,UP,1,4,0,0,0,0,',
    'gateways,gateway2,DOWN,0,5,0,0,0,0,',
    'gateways,BACKEND,UP,1,9,2,1,3,4,',
  ].join('\n');

  it('are read by the names of their columns', () => {
    const { up, ...rest } = readStats(csv);
    expect([...up]).toEqual([
      ['gateway1', true],
      ['gateway2', false],
    ]);
    const counts = { requests: 9, retries: 2, redispatched: 1, connectErrors: 3, answerErrors: 4 };
    expect(rest).toEqual(counts);
  });

  it('must be there', () => {
    expect(() => readStats('<html>')).toThrow('the statistics do not name the backend');
  });
});

describe('the search for HAProxy', () => {
  it('tells all that was tried, and what to do', async () => {
    // Nothing on PATH, so no apt-get either; the two folders that are always looked into may hold one.
    if (tool('haproxy') !== undefined) return;
    const env = {
      PATH: home,
      WAYBILL_CACHE: join(home, 'cache'),
      WAYBILL_HAPROXY: join(home, 'none'),
    };
    const failed: unknown = await findHaproxy(env).catch((error: unknown) => error);
    const { message } = failed as Error;
    expect(message).toMatch(
      /^No haproxy that runs on this machine. Tried:\n {2}1. WAYBILL_HAPROXY: no /,
    );
    expect(message).toMatch(/\n {2}2. PATH: .*\n {2}3. cache .*\n {2}4. apt-get download: /);
    expect(message).toMatch(/\nInstall haproxy .*, or set WAYBILL_HAPROXY to its path\.$/);
  });
});

describe('nginx/waybill.conf', () => {
  /** As shipped, but with every file that nginx writes in a folder of ours. */
  const here = (text: string): string => {
    const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const paths = temps.map((name) => `  ${name}_temp_path ${home}/nginx/${name};`).join('\n');
    return text
      .replace('\nhttp {\n', `\nhttp {\n${paths}\n`)
      .replaceAll(/\/(?:var\/log|run)\/(?:nginx\/)?/g, `${home}/nginx/`);
  };
  const checked = (text: string) => {
    mkdirSync(join(home, 'nginx'), { recursive: true });
    const file = join(home, 'nginx.conf');
    writeFileSync(file, here(text));
    return run(nginx?.file ?? '', ['-t', '-c', file, '-p', home], nginx?.env);
  };

  (nginx === undefined ? it.skip : it)('is accepted by nginx', () => {
    expect(checked(NGINX)).toMatchObject({ code: 0 });
    expect(checked(NGINX.replace('proxy_pass', 'proxy_past')).code).not.toBe(0);
  });

  it('never logs a whole path, opens the door only, and tries elsewhere', () => {
    const format = /log_format waybill '(.*)';/.exec(NGINX)?.[1] ?? '';
    expect(format).toContain('$account_path');
    expect(format).not.toMatch(/\$(?:request|uri|request_uri|args|http_\w+)\b/);
    expect(NGINX).toMatch(/location \/ \{\s+return 404;/);
    expect(NGINX).toContain('proxy_next_upstream error timeout non_idempotent;');
  });
});

describe('every balancer', () => {
  it.each([
    ['deploy/haproxy/haproxy.cfg', ['/in/', '/c/', '/track', '/postback']],
    ['deploy/nginx/waybill.conf', ['(in|c)/', '(track|postback)']],
    ['deploy/terraform/aws/balancer.tf', ['"/in/*"', '"/c/*"', '"/track"', '"/postback"']],
    ['deploy/helm/waybill/values.yaml', ['/in/', '/c/', '/track', '/postback']],
  ])('%s opens the same paths', (file, paths) => {
    expect(paths.filter((path) => !textOf(file).includes(path))).toEqual([]);
  });
});
