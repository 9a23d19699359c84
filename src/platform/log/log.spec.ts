import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLog } from './log.js';
import { NestLog } from './nest-log.js';

type Line = Record<string, unknown>;

function logging(level = 'trace') {
  const lines: Line[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').trim().split('\n'))
        lines.push(JSON.parse(line) as Line);
      done();
    },
  });
  return { log: createLog(level, sink), lines };
}

describe('the log', () => {
  it('writes one JSON object a line: level by name, ISO time, nothing of the machine', () => {
    const { log, lines } = logging();
    log.info({ delivery: 'd1' }, 'attempt');
    expect(lines).toEqual([
      { level: 'info', time: expect.any(String), delivery: 'd1', msg: 'attempt' },
    ]);
    expect(new Date(String(lines[0]?.['time'])).toISOString()).toBe(lines[0]?.['time']);
  });

  it('keeps to its level', () => {
    const { log, lines } = logging('warn');
    log.info('no');
    log.warn('yes');
    expect(lines.map((line) => line['msg'])).toEqual(['yes']);
  });

  it.each<[string, object]>([
    ['token', { token: 's3cret-value' }],
    ['apiKey', { apiKey: 's3cret-value' }],
    ['secret', { secret: 's3cret-value' }],
    ['authorization', { authorization: 's3cret-value' }],
    ['headers', { headers: { authorization: 's3cret-value' } }],
    ['a request', { req: { headers: { authorization: 's3cret-value', cookie: 's3cret-value' } } }],
    ['a signature', { req: { headers: { 'stripe-signature': 's3cret-value' } } }],
    ['a key header', { req: { headers: { 'x-api-key': 's3cret-value' } } }],
  ])('masks %s', (_name, fields) => {
    const { log, lines } = logging();
    log.info(fields, 'x');
    expect(JSON.stringify(lines)).toContain('••••••');
    expect(JSON.stringify(lines)).not.toContain('s3cret-value');
  });
});

describe('what Nest says', () => {
  it('is debug where it chats, and stays an error where it is one', () => {
    const { log, lines } = logging();
    const nest = new NestLog(log);
    nest.log('Mapped {/livez, GET} route');
    nest.warn('careful');
    nest.error(new Error('broken'));
    nest.error('plain');
    nest.debug('d');
    nest.verbose('v');
    nest.fatal('f');
    expect(lines.map((line) => [line['level'], line['err'] ?? line['msg']])).toEqual([
      ['debug', 'Mapped {/livez, GET} route'],
      ['warn', 'careful'],
      ['error', 'broken'],
      ['error', 'plain'],
      ['debug', 'd'],
      ['trace', 'v'],
      ['fatal', 'f'],
    ]);
  });
});
