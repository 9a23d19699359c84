import { describe, expect, it } from '@jest/globals';
import {
  factDraft,
  factKey,
  factMoney,
  namedAttribution,
  PATH_TOKEN,
  pathTokenFault,
  stageMove,
  Stages,
  stageType,
  toldOnce,
  type StageMap,
} from './crm.js';
import type { EventDraft } from './draft.js';
import { answerJson, lookedUp, NOT_LOOKED_UP } from './enrich.js';
import type { Notification } from './notification.js';
import { Secret } from './settings.js';
import { checkSettings } from './settings-check.js';

class Sample {
  @Stages({ hint: 'stage → type', example: { won: 'SALE' } })
  stages?: StageMap;
}

const faultsOf = (stages: unknown): readonly string[] => {
  const checked = checkSettings(Sample, { stages }, 'settings');
  return checked.ok ? [] : checked.faults.map(({ rule }) => rule);
};

describe('the stage map', () => {
  it('takes event types and ignore, and nothing else', () => {
    expect(faultsOf({ won: 'SALE', 12: 'QUALIFIED_LEAD', open: 'ignore' })).toEqual([]);
    expect(faultsOf({ won: 'sale' })[0]).toContain('["won"] must be one of LEAD');
    expect(faultsOf({ won: 'REBILL' })).toHaveLength(1);
    expect(faultsOf(['won'])).toEqual(['must be a map from stage to event type']);
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`s${i}`, 'SALE']));
    expect(faultsOf(many)).toEqual(['must have at most 500 stages']);
  });

  const defaults: StageMap = { won: 'SALE', lost: 'REJECTED_LEAD', '7': 'LEAD' };

  it('finds the first known name, the user before the defaults, whatever the case', () => {
    expect(stageType(['WON '], undefined, defaults)).toBe('SALE');
    expect(stageType(['deal:won', 'won'], { 'Deal:Won': 'LEAD' }, defaults)).toBe('LEAD');
    expect(stageType([undefined, '7'], {}, defaults)).toBe('LEAD');
    expect(stageType(['other'], {}, defaults)).toBeUndefined();
  });

  it('lets the user silence a default', () => {
    expect(stageType(['lost'], { lost: 'ignore' }, defaults)).toBeUndefined();
  });

  it('does not reach inherited members', () => {
    expect(stageType(['constructor', '__proto__'], {}, defaults)).toBeUndefined();
  });
});

describe('a move between two stages', () => {
  it.each([
    [undefined, 'SALE', 'SALE'],
    ['SALE', 'SALE', undefined],
    ['SALE', undefined, 'CANCELED'],
    ['SALE', 'QUALIFIED_LEAD', 'CANCELED'],
    ['SALE', 'REJECTED_LEAD', 'CANCELED'],
    ['SALE', 'REFUND', 'REFUND'],
    ['QUALIFIED_LEAD', 'QUALIFIED_LEAD', undefined],
    ['QUALIFIED_LEAD', undefined, undefined],
    ['LEAD', 'REJECTED_LEAD', 'REJECTED_LEAD'],
  ] as const)('%s → %s tells %s', (before, now, told) => {
    expect(stageMove(before, now)).toBe(told);
  });
});

describe('a fact', () => {
  const fact = { object: 'deal', id: '7', nativeType: 'won', test: false, occurredAt: null };

  it('is once per record for leads and once per change for money', () => {
    expect(factKey({ ...fact, type: 'LEAD', change: 'a' })).toBe('deal:7:LEAD');
    expect(factKey({ ...fact, type: 'SALE', change: 'a' })).toBe('deal:7:SALE:a');
    expect(factKey({ ...fact, type: 'SALE' })).toBe('deal:7:SALE');
  });

  it('never outgrows a key', () => {
    const long = 'x'.repeat(600);
    expect(factKey({ object: long, id: long, type: 'SALE', change: long }).length).toBe(473);
  });

  it('carries order and record with the kind, and no member of its own', () => {
    expect(factDraft({ ...fact, type: 'SALE', change: 'a' })).toEqual({
      key: 'deal:7:SALE:a',
      type: 'SALE',
      nativeType: 'won',
      test: false,
      occurredAt: null,
      order: { id: 'deal:7' },
      record: { id: 'deal:7', state: 'SALE' },
    });
  });

  it('told twice in one notification counts once, the first telling', () => {
    const [a, b] = ['x', 'y'].map((nativeType) => factDraft({ ...fact, nativeType, type: 'SALE' }));
    const c = factDraft({ ...fact, type: 'LEAD' });
    expect(toldOnce([a, c, b, a] as EventDraft[])).toEqual([a, c]);
  });
});

describe('attribution by field names', () => {
  const fields: Readonly<Record<string, unknown>> = {
    click_id: '{click}',
    clickid: 'c1',
    ref: 'a9',
  };
  const read = (name: string): unknown => fields[name];

  it('takes the first field that holds an id', () => {
    expect(namedAttribution(read, {})).toEqual({ clickId: 'c1' });
    expect(namedAttribution(read, { clickIdFrom: ['none'], affiliateIdFrom: ['ref'] })).toEqual({
      affiliateId: 'a9',
    });
    expect(namedAttribution(read, { clickIdFrom: ['none'] })).toBeUndefined();
  });
});

describe('the money of a fact', () => {
  it('is read, absent or unreadable, never guessed', () => {
    expect(factMoney('SALE', '49.50', 'usd')).toEqual({ amount: 4950, currency: 'USD' });
    expect(factMoney('REFUND', 1500.5, 'EUR')).toEqual({ amount: 150_050, currency: 'EUR' });
    expect(factMoney('SALE', null, 'USD')).toBeUndefined();
    expect(factMoney('SALE', '1,500', 'USD')).toBe('unreadable');
    expect(factMoney('SALE', '49', undefined)).toBe('unreadable');
    expect(factMoney('SALE', 1e21, 'USD')).toBe('unreadable');
  });

  it('is not the hope of a lead', () => {
    expect(factMoney('QUALIFIED_LEAD', '49.50', 'USD')).toBeUndefined();
    expect(factMoney('CANCELED', 'x', 'USD')).toBeUndefined();
  });
});

describe('the secret path', () => {
  class Token {
    @Secret(PATH_TOKEN)
    pathToken!: string;
  }
  const at = (pathToken: string): Notification => ({
    method: 'POST',
    url: '',
    pathToken,
    query: '',
    headers: {},
    body: Buffer.alloc(0),
    receivedAt: 0,
  });

  it('must be long and URL-safe', () => {
    const ok = (pathToken: string): boolean => checkSettings(Token, { pathToken }, 'c').ok;
    expect([ok('a'.repeat(22)), ok('a'.repeat(21)), ok('a/'.repeat(20))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('opens for the very token', () => {
    expect(pathTokenFault(at('secret-a'), 'secret-a')).toBeUndefined();
    expect(pathTokenFault(at('secret-b'), 'secret-a')).toBe('bad-token');
    expect(pathTokenFault(at(''), 'secret-a')).toBe('bad-token');
  });
});

describe('answers of a look-up', () => {
  const answer = (status: number, body: string) => ({ status, headers: {}, body });

  it('are read only when they are 2xx JSON', () => {
    expect(answerJson(answer(200, '{"id":12345678901234567890}'))).toEqual({
      id: '12345678901234567890',
    });
    expect(answerJson(answer(404, '{"id":1}'))).toBeUndefined();
    expect(answerJson(answer(200, '<html>'))).toBeUndefined();
  });

  it('take the flag away and leave the others', () => {
    const draft = factDraft({
      object: 'deal',
      id: '7',
      type: 'SALE',
      nativeType: 'won',
      test: false,
      occurredAt: null,
      flags: [NOT_LOOKED_UP],
    });
    expect(lookedUp(draft)).not.toHaveProperty('flags');
    expect(lookedUp({ ...draft, flags: [NOT_LOOKED_UP, 'other'] }).flags).toEqual(['other']);
  });
});
