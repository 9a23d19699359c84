import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { OutboundGuard } from '../../src/platform/http/outbound-guard.js';
import { answer, listen } from '../../src/platform/http/loopback.fixture.js';
import { poolTransport } from '../../src/platform/http/pool-transport.js';
import { noteRequests, peakOf, requestsIn } from './wire-times.js';

it('every delivery of a process is noted when it is written to its socket', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'waybill-wire-'));
  const server = await listen((socket) => socket.write(answer(200, 'OK')));
  const pool = poolTransport(new OutboundGuard({ allowPrivate: ['127.0.0.0/8'] }));
  noteRequests(dir);
  const before = Date.now();
  for (const place of ['/p0/p?a=1', '/p1', '/p0/p'])
    await pool.send({ method: 'GET', url: `${server.origin}${place}` });
  const lines = requestsIn([dir]);
  expect(lines.map(({ partner }) => partner)).toEqual(['p0', 'p1', 'p0']);
  expect(lines.every(({ at }) => at >= before && at <= Date.now())).toBe(true);
  await pool.close();
  await server.close();
  rmSync(dir, { recursive: true });
});

it('the peak is the most within any second, in whatever order they are told', () => {
  const at = (...times: number[]) => times.map((time) => ({ at: time }));
  expect(peakOf([])).toBe(0);
  expect(peakOf(at(1400, 0, 999, 500, 1000))).toBe(4);
  expect(peakOf(at(0, 1000, 2000))).toBe(1);
});
