import { describe, expect, it } from '@jest/globals';
import type { Target } from '../accounts/index.js';
import {
  delivered,
  refused,
  retry,
  type History,
  type HttpRequest,
  type Outcome,
  type StepAnswer,
  type TargetPlugin,
} from '../contract/index.js';
import type { HttpAnswer, HttpFailureCode, HttpPort } from '../platform/http/http-port.js';
import { sampleEvent } from '../testing/sample-event.js';
import { askedTarget, hookTarget } from '../../test/journey/toys.js';
import { runAttempt, type Exchange } from './exchange.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

const reply = (status: number, body = ''): HttpAnswer => ({
  kind: 'response',
  status,
  headers: {},
  body,
  truncated: false,
  ms: 7,
});

const failure = (code: HttpFailureCode, sent: boolean): HttpAnswer => ({
  kind: 'failure',
  code,
  message: 'partner.example',
  sent,
  ms: 9,
});

/** A port that answers from a list and keeps what it was asked. */
function port(...answers: HttpAnswer[]): HttpPort & { asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  return {
    asked,
    send: (request) => {
      asked.push(request as HttpRequest);
      const answer = answers.shift();
      return answer ? Promise.resolve(answer) : Promise.reject(new Error('asked too often'));
    },
    close: () => Promise.resolve(),
  };
}

const post = (path: string): HttpRequest => ({
  method: 'POST',
  url: `https://partner.example/${path}?key=secret`,
});

const target = (plugin: Partial<TargetPlugin>): Target => ({
  id: 'tap',
  plugin: { ...(hookTarget as unknown as TargetPlugin), ...plugin },
  settings: {},
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
});

interface Setting {
  readonly deliveries?: ReturnType<typeof port>;
  readonly lookups?: ReturnType<typeof port>;
  readonly steps?: readonly StepAnswer[];
  readonly mayHaveArrived?: boolean;
  readonly ours?: boolean;
}

async function attempt(plugin: Partial<TargetPlugin>, setting: Setting = {}) {
  const history: History = { entries: [], steps: setting.steps ?? [], now: NOW, attempt: 2 };
  const exchange: Exchange = {
    target: target(plugin),
    settings: { url: 'https://partner.example/hook' },
    event: sampleEvent(),
    history,
    mayHaveArrived: setting.mayHaveArrived ?? false,
    deliveries: setting.deliveries ?? port(),
    lookups: setting.lookups ?? port(),
  };
  let marked = 0;
  const result = await runAttempt(exchange, () => {
    marked += 1;
    return Promise.resolve(setting.ours ?? true);
  });
  return { result, marked };
}

const TOO_LONG = 'WB_PLUGIN_SHAPE: build gave more than 64 requests';

const single: Partial<TargetPlugin> = { build: () => post('one') };

describe('one request', () => {
  it('gives the outcome of its answer, and what a screen may show', async () => {
    const deliveries = port(reply(200, 'remote-1'));
    const { result, marked } = await attempt(single, { deliveries });
    expect(result).toEqual({
      outcome: delivered('confirmed', { remoteIds: { id: 'remote-1' } }),
      unsure: false,
      ms: 7,
      step: 0,
      status: 200,
      answer: 'remote-1',
      newSteps: [],
      request: 'POST https://partner.example/one',
    });
    expect([deliveries.asked.length, marked]).toEqual([1, 1]);
  });

  it('shows the masked URL where the plugin gives one', async () => {
    const build = () => ({ ...post('one'), shownUrl: 'https://partner.example/one?key=•' });
    const { result } = await attempt({ build }, { deliveries: port(reply(500)) });
    expect(result?.request).toBe('POST https://partner.example/one?key=•');
  });

  it('is not sent when the row is no longer ours', async () => {
    const deliveries = port(reply(200));
    const { result } = await attempt(single, { deliveries, ours: false });
    expect([result, deliveries.asked]).toEqual([undefined, []]);
  });

  it('is marked before it is sent, and not at all when there is nothing to send', async () => {
    const { result, marked } = await attempt({ build: () => ({ skip: 'unmapped' }) });
    expect([result?.outcome, marked]).toEqual([{ kind: 'skipped', reason: 'unmapped' }, 0]);
  });

  it('tells the plugin where it stands', async () => {
    const seen: unknown[] = [];
    const classify: TargetPlugin['classify'] = (_response, _event, _settings, sent) => {
      seen.push([sent.step, sent.attempt, sent.mayHaveArrived]);
      return delivered('confirmed');
    };
    await attempt({ ...single, classify }, { deliveries: port(reply(200)), mayHaveArrived: true });
    expect(seen).toEqual([[0, 2, true]]);
  });
});

describe('failures', () => {
  it.each<[HttpFailureCode, boolean, string]>([
    ['WB_HTTP_TIMEOUT', true, 'retry'],
    ['WB_HTTP_TIMEOUT', false, 'retry'],
    ['WB_HTTP_DNS', false, 'retry'],
    ['WB_HTTP_CONNECT', false, 'retry'],
    ['WB_HTTP_RESET', true, 'retry'],
    ['WB_HTTP_TLS', false, 'retry'],
    ['WB_HTTP_PROTOCOL', true, 'retry'],
    ['WB_HTTP_CLOSED', false, 'retry'],
    ['WB_HTTP_BLOCKED', false, 'misconfigured'],
    ['WB_HTTP_INVALID_REQUEST', false, 'refused'],
  ])('%s (sent: %p) is %s', async (code, sent, kind) => {
    const { result } = await attempt(single, { deliveries: port(failure(code, sent)) });
    expect(result).toMatchObject({ outcome: { kind }, unsure: sent, ms: 9, step: 0 });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('several requests', () => {
  const three: Partial<TargetPlugin> = { build: () => [post('a'), post('b'), post('c')] };
  const paths = (asked: readonly HttpRequest[]) => asked.map(({ url }) => new URL(url).pathname);

  it('run in order; the last answer counts and every step is kept', async () => {
    const deliveries = port(reply(200, 'A'), reply(200, 'B'), reply(200, 'C'));
    const { result, marked } = await attempt(three, { deliveries });
    expect(paths(deliveries.asked)).toEqual(['/a', '/b', '/c']);
    expect(result).toMatchObject({ outcome: { kind: 'delivered' }, step: 2, answer: 'C' });
    expect(result?.newSteps.map((step) => step.remoteIds['id'])).toEqual(['A', 'B', 'C']);
    expect(marked).toBe(3);
  });

  it('stop at the first that does not get through, and resume there', async () => {
    const first = await attempt(three, { deliveries: port(reply(200, 'A'), reply(503)) });
    expect(first.result).toMatchObject({
      outcome: { kind: 'retry' },
      step: 1,
      newSteps: [{ remoteIds: { id: 'A' } }],
    });
    const deliveries = port(reply(200, 'B'), reply(200, 'C'));
    const second = await attempt(three, { deliveries, steps: first.result?.newSteps ?? [] });
    expect(paths(deliveries.asked)).toEqual(['/b', '/c']);
    expect(second.result?.newSteps.map((step) => step.remoteIds['id'])).toEqual(['B', 'C']);
    expect(second.result).toMatchObject({ outcome: { kind: 'delivered' }, step: 2 });
  });

  it('are all behind us when every step got through before', async () => {
    const steps = ['A', 'B', 'C'].map((id) => ({ remoteIds: { id } }));
    const deliveries = port();
    const { result, marked } = await attempt(three, { deliveries, steps });
    expect([result?.outcome.kind, deliveries.asked, marked]).toEqual(['delivered', [], 0]);
  });

  it('may be more than the plugin knew at first: a later one uses what an earlier one learnt', async () => {
    const build: TargetPlugin['build'] = (_event, _settings, history) => {
      const id = history.steps[0]?.remoteIds['id'];
      return id === undefined
        ? [post('find'), post('stand-in')]
        : [post('find'), post(`update/${String(id)}`), post('done')];
    };
    const deliveries = port(reply(200, 'R7'), reply(200), reply(200));
    const { result } = await attempt({ build }, { deliveries });
    expect(paths(deliveries.asked)).toEqual(['/find', '/update/R7', '/done']);
    expect(result).toMatchObject({ outcome: { kind: 'delivered' }, step: 2 });
  });

  it('go on after a duplicate, and keep what it was called', async () => {
    const answers: Outcome[] = [
      { kind: 'duplicate', ours: true, remoteIds: { id: 'old' } },
      delivered('confirmed'),
    ];
    const { result } = await attempt(
      { build: () => [post('a'), post('b')], classify: () => answers.shift() ?? retry() },
      { deliveries: port(reply(409), reply(200)) },
    );
    expect(result?.newSteps[0]?.remoteIds).toEqual({ id: 'old' });
    expect(result?.outcome.kind).toBe('delivered');
  });

  it('end, however many a plugin asks for', async () => {
    const build: TargetPlugin['build'] = (_event, _settings, history) =>
      Array.from({ length: history.steps.length + 2 }, () => post('again'));
    const deliveries = port(...Array.from({ length: 200 }, () => reply(200, 'x')));
    const { result } = await attempt({ build }, { deliveries });
    expect(deliveries.asked.length).toBeLessThanOrEqual(64);
    expect(result?.outcome).toEqual(refused(TOO_LONG));
    expect(result?.newSteps).toHaveLength(deliveries.asked.length);
  });

  it('may be 64, and send nothing when they are more', async () => {
    const plan = (length: number) => ({ build: () => Array.from({ length }, () => post('x')) });
    const all = port(...Array.from({ length: 64 }, () => reply(200, 'x')));
    const { result } = await attempt(plan(64), { deliveries: all });
    expect([result?.outcome.kind, all.asked.length]).toEqual(['delivered', 64]);
    const none = await attempt(plan(65));
    expect([none.result?.outcome, none.marked]).toEqual([refused(TOO_LONG), 0]);
  });

  it.each([undefined, null, 'https://x'])('with %p among them are not sent', async (hole) => {
    const { result, marked } = await attempt({ build: () => [hole as never, post('b')] });
    expect([result?.outcome.kind, marked]).toEqual(['refused', 0]);
  });

  it('that are none at all have told the partner nothing', async () => {
    const { result } = await attempt({ build: () => [] });
    expect(result?.outcome).toEqual(refused('WB_PLUGIN_SHAPE: build gave an empty list'));
  });
});

describe('what is no request', () => {
  it.each([
    ['a promise', Promise.resolve(post('one'))],
    ['an object without a URL', { method: 'POST' }],
    ['an object without a method', { url: 'https://partner.example/' }],
  ])('%s is refused before anything is sent', async (_what, built) => {
    const { result, marked } = await attempt({ build: () => built as never });
    const why = 'WB_PLUGIN_SHAPE: build gave no request';
    expect([result?.outcome, marked]).toEqual([refused(why), 0]);
    const listed = await attempt({ build: () => [built as never] });
    expect([listed.result?.outcome, listed.marked]).toEqual([refused(why), 0]);
  });
});

describe('a look-up', () => {
  const asked = askedTarget as unknown as TargetPlugin;
  const plugin: Partial<TargetPlugin> = asked;

  it('is not made before the first try', async () => {
    const lookups = port();
    await attempt(plugin, { lookups, deliveries: port(reply(200)) });
    expect(lookups.asked).toEqual([]);
  });

  it('that finds it ends the matter without sending', async () => {
    const deliveries = port();
    const lookups = port(reply(200, 'R1'));
    const { result, marked } = await attempt(plugin, { mayHaveArrived: true, lookups, deliveries });
    expect(result).toMatchObject({
      outcome: delivered('read-back', { remoteIds: { id: 'R1' } }),
      step: 0,
      newSteps: [],
    });
    expect([deliveries.asked, marked]).toEqual([[], 0]);
  });

  it('that does not find it sends', async () => {
    const deliveries = port(reply(200, 'R2'));
    const lookups = port(reply(404));
    const { result } = await attempt(plugin, { mayHaveArrived: true, lookups, deliveries });
    expect(result?.outcome).toEqual(delivered('confirmed', { remoteIds: { id: 'R2' } }));
    expect(deliveries.asked).toHaveLength(1);
  });

  it.each([
    ['does not answer', failure('WB_HTTP_TIMEOUT', true)],
    ['was never sent', failure('WB_HTTP_CONNECT', false)],
    ['is answered 503', reply(503)],
  ])('that %s sends nothing and leaves the fate open', async (_name, answer) => {
    const deliveries = port();
    const { result } = await attempt(plugin, {
      mayHaveArrived: true,
      lookups: port(answer),
      deliveries,
    });
    expect(result).toMatchObject({ outcome: { kind: 'retry' }, unsure: true });
    expect(deliveries.asked).toEqual([]);
  });

  it('is not made in the middle of several steps: what is done is known', async () => {
    const lookups = port();
    const deliveries = port(reply(200, 'B'));
    await attempt(
      { ...plugin, build: () => [post('a'), post('b')] },
      { mayHaveArrived: true, steps: [{ remoteIds: {} }], lookups, deliveries },
    );
    expect([lookups.asked.length, deliveries.asked.length]).toEqual([0, 1]);
  });

  it('is left out when the plugin has nothing to ask', async () => {
    const lookup = { build: () => null, found: () => null };
    const deliveries = port(reply(200, 'x'));
    const { result } = await attempt({ ...plugin, lookup }, { mayHaveArrived: true, deliveries });
    expect(result?.outcome.kind).toBe('delivered');
  });

  it.each<[string, Pick<NonNullable<TargetPlugin['lookup']>, 'build' | 'found'>]>([
    ['asking', { build: fall, found: () => null }],
    ['reading', { build: () => ({ method: 'GET', url: 'https://partner.example' }), found: fall }],
  ])('whose plugin throws while %s is an outcome, not an exception', async (_name, lookup) => {
    const deliveries = port(reply(200, 'x'));
    const tried = attempt(
      { ...plugin, lookup },
      { mayHaveArrived: true, lookups: port(reply(200)), deliveries },
    );
    const [settled] = await Promise.allSettled([tried]);
    expect(settled.status).toBe('fulfilled');
    expect(deliveries.asked).toEqual([]);
  });
});

function fall(): never {
  throw new Error('fell over');
}

describe('a plugin that is broken', () => {
  const THREW = /^WB_PLUGIN_THREW: hook (build|classify): fell over/;

  it('throws in build', async () => {
    const { result } = await attempt({ build: fall });
    expect(result?.outcome).toEqual(refused(expect.stringMatching(THREW) as unknown as string));
  });

  it('throws in classify: the answer is kept', async () => {
    const deliveries = port(reply(200, '<html>'));
    const { result } = await attempt({ ...single, classify: fall }, { deliveries });
    const outcome = { kind: 'refused', reason: expect.stringMatching(THREW) };
    expect(result).toMatchObject({ outcome, status: 200, answer: '<html>' });
  });

  it.each([undefined, null, 'https://x', 7, delivered('confirmed')])('builds %p', async (built) => {
    const { result } = await attempt({ build: () => built as never });
    expect(result?.outcome.kind).toBe('refused');
  });

  it('gives no outcome: the status decides', async () => {
    const { result } = await attempt(
      { ...single, classify: () => undefined as never },
      { deliveries: port(reply(503)) },
    );
    expect(result?.outcome.kind).toBe('retry');
  });

  it('keeps no more of an answer than 4 KiB', async () => {
    const deliveries = port(reply(500, 'x'.repeat(60_000)));
    const { result } = await attempt(single, { deliveries });
    expect(result?.answer).toHaveLength(4096);
  });
});
