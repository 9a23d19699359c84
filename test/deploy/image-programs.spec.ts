import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/platform/embedded/free-port.js';
import { ROOT } from './deploy-kit.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'waybill-programs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function ended(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: unknown; text: string }> {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

describe('healthcheck.mjs', () => {
  const file = join(ROOT, 'deploy/image/healthcheck.mjs');
  let server: http.Server;
  let status = 200;
  const asked: (string | undefined)[] = [];
  beforeEach(async () => {
    asked.length = 0;
    server = http.createServer((request, response) => {
      asked.push(request.url);
      response.statusCode = status;
      response.end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
  });
  const port = (): string => String((server.address() as AddressInfo).port);

  it('is content with 200, of life unless told otherwise', async () => {
    status = 200;
    expect(await ended(file, [], { PORT: port() })).toEqual({ code: 0, text: '' });
    expect(await ended(file, ['/readyz'], { PORT: port() })).toEqual({ code: 0, text: '' });
    expect(asked).toEqual(['/livez', '/readyz']);
  });

  it('fails on another answer, and on none', async () => {
    status = 503;
    const said = await ended(file, ['/readyz'], { PORT: port() });
    expect(said).toEqual({ code: 1, text: '/readyz answers 503\n' });
    const none = await ended(file, [], { PORT: String(await freePort()) });
    expect(none).toEqual({ code: 1, text: '/livez does not answer (ECONNREFUSED)\n' });
  });
});

/** Stands in for the built gateway: answers /readyz as `status`, ends with `exit` on SIGTERM, and notes how it ran. */
const gateway = (status: number, exit: number): string => `
import http from 'node:http';
import { writeFileSync } from 'node:fs';
const { PORT, HOST, DRAIN_DELAY } = process.env;
writeFileSync(new URL('../../ran.json', import.meta.url),
  JSON.stringify({ args: process.argv.slice(2), flags: process.execArgv, HOST, DRAIN_DELAY }));
http.createServer((request, response) => { response.statusCode = ${status}; response.end(); }).listen(Number(PORT), HOST);
process.on('SIGTERM', () => process.exit(${exit}));
`;

describe('migrate.mjs', () => {
  const migrate = async (main: string, more: Readonly<Record<string, string>> = {}) => {
    cpSync(join(ROOT, 'deploy/image'), join(home, 'deploy/image'), { recursive: true });
    mkdirSync(join(home, 'dist/src'), { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"type":"module"}');
    writeFileSync(join(home, 'dist/src/main.js'), main);
    const env = { PORT: String(await freePort()), DRAIN_DELAY: '10', ...more };
    return ended(join(home, 'deploy/image/migrate.mjs'), [], env);
  };

  it('starts the gateway without deliveries, waits for it, and ends it', async () => {
    const { code, text } = await migrate(gateway(200, 0));
    expect([code, text]).toEqual([0, 'migrate: ready: the roll-out may begin\n']);
    const ran: unknown = JSON.parse(readFileSync(join(home, 'ran.json'), 'utf8'));
    expect(ran).toMatchObject({ args: ['--role=api'], HOST: '127.0.0.1', DRAIN_DELAY: '0' });
  });

  it('fails when the gateway does not start, and shows what it said', async () => {
    const { code, text } = await migrate("console.error('WB_CONFIG_INVALID'); process.exit(1);");
    expect([code, text]).toEqual([1, 'WB_CONFIG_INVALID\nmigrate: the gateway did not start\n']);
  });

  it('fails when it does not become ready in time, and leaves none behind', async () => {
    const { code, text } = await migrate(gateway(503, 0), { MIGRATE_TIMEOUT: '1' });
    expect([code, text]).toEqual([1, 'migrate: not ready within 1 s\n']);
  });

  it('fails when the gateway ends badly', async () => {
    const { code, text } = await migrate(gateway(200, 3));
    expect([code, text]).toEqual([1, 'migrate: the gateway ended with 3\n']);
  });
});
