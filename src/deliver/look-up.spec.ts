import { describe, expect, it } from '@jest/globals';
import {
  byStatus,
  defineTarget,
  delivered,
  retry,
  skip,
  type HttpRequest,
  type Outcome,
  type TargetDefinition,
} from '../contract/index.js';
import type { HttpAnswer, HttpPort } from '../platform/http/http-port.js';
import { sampleEvent } from '../testing/sample-event.js';
import { runAttempt } from './exchange.js';

class Settings {}

const to = (path: string): HttpRequest => ({
  method: 'GET',
  url: `https://partner.example${path}`,
});

/** Answers every request with the status written for its path (200 without one) and keeps what was asked. */
function port(asked: string[], statuses: Readonly<Record<string, number | 'lost'>> = {}): HttpPort {
  return {
    send(request): Promise<HttpAnswer> {
      const path = new URL(request.url).pathname;
      asked.push(path);
      const status = statuses[path] ?? 200;
      return Promise.resolve(
        status === 'lost'
          ? {
              kind: 'failure',
              code: 'WB_HTTP_TIMEOUT',
              message: 'late',
              sent: true,
              ms: 9,
            }
          : {
              kind: 'response',
              status,
              headers: {},
              body: '',
              truncated: false,
              ms: 1,
            },
      );
    },
    close: () => Promise.resolve(),
  };
}

const HIT = delivered('read-back', { remoteIds: { id: '7' } });

interface Try {
  readonly build: TargetDefinition<Settings>['build'];
  readonly found?: Outcome | null;
  readonly statuses?: Readonly<Record<string, number | 'lost'>>;
  readonly steps?: readonly { remoteIds: Record<string, string> }[];
  readonly mayHaveArrived?: boolean;
}

async function attempt({ build, found = HIT, statuses, steps = [], mayHaveArrived = true }: Try) {
  const asked: string[] = [];
  const plugin = defineTarget<Settings>({
    name: 'toy',
    label: 'Toy',
    settings: Settings,
    accepts: ['SALE'],
    build,
    classify: byStatus,
    lookup: {
      build: () => to('/look-up'),
      found: (response) => (response.status === 200 ? found : retry()),
    },
  });
  const both = port(asked, statuses);
  const result = await runAttempt(
    {
      target: {
        id: 't',
        plugin,
        settings: {},
        options: {
          sockets: 1,
          ratePerSecond: null,
          test: false,
          orphanReversals: 'skip',
        },
      },
      settings: {},
      event: sampleEvent(),
      history: { entries: [], steps, now: 0, attempt: 2 },
      mayHaveArrived,
      deliveries: both,
      lookups: both,
    },
    () => Promise.resolve(true),
  );
  return { asked, result };
}

/** Creates, then approves what the first answer named. */
const inSteps: Try['build'] = (_event, _settings, { steps }) => {
  const id = steps[0]?.remoteIds['id'];
  return [to('/create'), ...(typeof id === 'string' ? [to(`/approve/${id}`)] : [])];
};

describe('a look-up', () => {
  it('that finds it stands for the first of several steps', async () => {
    const { asked, result } = await attempt({ build: inSteps });
    expect(asked).toEqual(['/look-up', '/approve/7']);
    expect(result).toMatchObject({
      outcome: { kind: 'delivered', proof: 'accepted' },
      step: 1,
      newSteps: [{ remoteIds: { id: '7' } }, { remoteIds: {} }],
    });
  });

  it('keeps that step when a later one fails', async () => {
    const { result } = await attempt({
      build: inSteps,
      statuses: { '/approve/7': 500 },
    });
    expect(result).toMatchObject({
      outcome: { kind: 'retry' },
      step: 1,
      newSteps: [{ remoteIds: { id: '7' } }],
    });
  });

  it.each<readonly [string, Try['build']]>([
    ['one request', () => to('/create')],
    ['a list of one', () => [to('/create')]],
    ['nothing any more', () => skip('no-attribution')],
    [
      'something broken',
      () => {
        throw new Error('broken');
      },
    ],
  ])('that finds it ends a plan of %s', async (_what, build) => {
    const { asked, result } = await attempt({ build });
    expect(asked).toEqual(['/look-up']);
    expect(result).toMatchObject({ outcome: HIT, step: 0, newSteps: [] });
  });

  it('that finds it ends no plan that is too long', async () => {
    const { asked, result } = await attempt({
      build: () => Array.from({ length: 65 }, () => to('/create')),
    });
    expect(asked).toEqual(['/look-up']);
    expect(result).toMatchObject({
      outcome: { kind: 'refused' },
      newSteps: [{ remoteIds: { id: '7' } }],
    });
  });

  it('that finds nothing lets the first step go out', async () => {
    const { asked } = await attempt({ build: inSteps, found: null });
    expect(asked).toEqual(['/look-up', '/create']);
  });

  it.each([503, 'lost'] as const)(
    'that fails (%s) sends nothing and leaves it unsure',
    async (status) => {
      const { asked, result } = await attempt({
        build: inSteps,
        statuses: { '/look-up': status },
      });
      expect(asked).toEqual(['/look-up']);
      expect(result).toMatchObject({
        outcome: { kind: 'retry' },
        unsure: true,
        newSteps: [],
      });
    },
  );

  it('is not asked once a step is done, nor before the first try', async () => {
    const later = await attempt({
      build: inSteps,
      steps: [{ remoteIds: { id: '7' } }],
    });
    expect(later.asked).toEqual(['/approve/7']);
    const first = await attempt({ build: inSteps, mayHaveArrived: false });
    expect(first.asked).toEqual(['/create']);
  });
});
