import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
