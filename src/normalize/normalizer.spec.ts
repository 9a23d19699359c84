import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Configuration, type Account, type Route, type Target } from '../accounts/index.js';
import {
  accept,
  notUnderstood,
  type EventDraft,
  type Normalized,
  type SourcePlugin,
  type TargetPlugin,
} from '../contract/index.js';
import type { ReceiptDoc } from '../ledger/documents.js';
import { createLog } from '../platform/log/log.js';
import { ProcessKey } from '../platform/secrets/process-key.js';
import { ConfigVersion } from '../route/config-version.js';
import { Planner } from '../route/planner.js';
import { hookTarget, toySource } from '../../test/journey/toys.js';
import { Normalizer } from './normalizer.js';

const NOW = Date.parse('2026-11-20T10:00:05.000Z');
const AT = new Date('2026-11-20T10:00:00.000Z');

const DRAFT: EventDraft = {
  key: 'SALE:1',
  type: 'SALE',
  nativeType: 'sale',
  test: false,
  occurredAt: null,
  order: { id: 'A' },
};

const target: Target = {
  id: 'one',
  plugin: hookTarget as unknown as TargetPlugin,
  settings: { url: 'https://partner.example' },
  options: { sockets: 1, ratePerSecond: null, test: false, orphanReversals: 'skip' },
};

const route: Route = {
  id: 'r',
  from: '*',
  to: ['one'],
  events: null,
  test: false,
  offers: null,
  affiliates: null,
  settingsFor: new Map(),
  specificity: 0,
};

const configuration = new Configuration({
  accounts: [],
  targets: [target],
  routes: [route],
  offers: [],
  programmes: [],
  plugins: [],
  referenced: [],
  warnings: [],
});

const receipt: ReceiptDoc = {
  _id: 'r1',
  account: 'shop',
  source: 'toy',
  state: 'recorded',
  via: 'network',
  at: AT,
  method: 'POST',
  query: '',
  headers: {},
  raw: Buffer.from('{}'),
  trust: 'signed',
  credential: 'current',
  eventIds: [],
};

describe('the normalizer', () => {
  let logged: string;
  let normalizer: Normalizer;

  beforeEach(() => {
    logged = '';
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString('utf8');
        done();
      },
    });
    const planner = new Planner(configuration, new ConfigVersion());
    const key = new ProcessKey(Buffer.from('k'.repeat(32)));
    normalizer = new Normalizer(planner, key, createLog('debug', sink));
  });

  const commit = (normalize: () => unknown, account: Partial<Account> = {}) => {
    const source = { ...toySource, normalize: normalize as () => Normalized };
    const { payload } = accept({ buyer: 'anna@shop.example' }, 'signed');
    return normalizer.toCommit(
      {
        account: {
          id: 'shop',
          source: source as unknown as SourcePlugin,
          credentials: [],
          settings: {},
          publicUrl: '',
          test: false,
          ...account,
        },
        payload,
        trust: 'signed',
        receipt,
      },
      NOW,
    );
  };

  it('turns a draft into receipt, event and rows that belong together', () => {
    const { receipt: kept, events, rows, links } = commit(() => [DRAFT]);
    expect(kept).toMatchObject({ _id: 'r1', state: 'recorded', eventIds: [events[0]?._id] });
    expect(events[0]).toMatchObject({ receiptId: 'r1', at: AT, plan: [{ target: 'one' }] });
    expect(rows).toMatchObject([{ event: events[0]?._id, state: 'due', at: new Date(NOW) }]);
    expect(links).toEqual([]);
  });

  it('makes no event of an order link, and the same link of the same names', () => {
    const one = commit(() => [{ link: ['pi_1', 'in_1', 'pi_1'] }]);
    const other = commit(() => [{ link: ['in_1', 'pi_1'] }]);
    expect([one.events, one.rows, one.receipt.eventIds]).toEqual([[], [], []]);
    expect(one.links[0]?.refs).toEqual(['shop|in_1', 'shop|pi_1']);
    expect(one.links[0]?._id).toBe(other.links[0]?._id);
  });

  it('makes every event of a test account a test, which no live target gets', () => {
    const { events, rows } = commit(() => [DRAFT], { test: true });
    expect(events[0]?.test).toBe(true);
    expect(rows).toMatchObject([{ state: 'skipped', reason: 'test' }]);
  });

  it('holds the rows of what takes something back', () => {
    const { rows } = commit(() => [{ ...DRAFT, key: 'REFUND:1', type: 'REFUND' }]);
    expect(rows).toMatchObject([{ state: 'held', reason: 'parent' }]);
  });

  it('records nothing, but the receipt, where there is nothing to record', () => {
    expect(commit(() => [])).toMatchObject({
      receipt: { state: 'recorded', eventIds: [] },
      events: [],
      rows: [],
    });
  });

  it('parks what is not understood, in the words of the plugin', () => {
    const parked = commit(() => notUnderstood('unknown type mystery'));
    expect(parked).toMatchObject({
      receipt: { _id: 'r1', state: 'parked', reason: 'unknown type mystery', eventIds: [] },
      events: [],
      rows: [],
      links: [],
    });
  });

  it('parks when the plugin throws, and says so without the payload', () => {
    const parked = commit(() => {
      throw new TypeError('cannot read it');
    });
    expect(parked.receipt).toMatchObject({
      state: 'parked',
      reason: 'WB_PLUGIN_THREW: toy could not read this notification',
    });
    expect(logged).toContain('WB_PLUGIN_THREW');
    expect(logged).not.toContain('anna');
  });

  it('parks the whole notification when one draft breaks an invariant', () => {
    const parked = commit(() => [DRAFT, { ...DRAFT, key: '' }]);
    expect(parked.receipt.reason).toBe('WB_PLUGIN_SHAPE: key is empty or too long');
    expect(parked.events).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 42],
    ['a text', 'sale'],
    ['a draft without a list', DRAFT],
    ['null in the list', [null]],
    ['a text in the list', ['sale']],
    ['an empty draft', [{}]],
    ['a link that is no list', [{ link: 5 }]],
    ['aliases that are no list', [{ ...DRAFT, order: { id: 'A', aliases: 5 } }]],
    ['an order that is a text', [{ ...DRAFT, order: 'A' }]],
    ['an e-mail that is no text', [{ ...DRAFT, customer: { email: 5 } }]],
    ['money null', [{ ...DRAFT, revenue: null }]],
    ['a click id that is a number', [{ ...DRAFT, attribution: { clickId: 5 } }]],
    ['flags that are no list', [{ ...DRAFT, flags: 5 }]],
    ['a key of what it reverses that is no text', [{ ...DRAFT, reversesKey: 5n }]],
    ['a member without JSON that nobody knows', [{ ...DRAFT, more: 5n }]],
    ['a hole in the list', Array.from({ length: 1 })],
    ['a link of one name', [{ link: ['a'] }]],
    ['a link with an empty name', [{ link: ['a', ''] }]],
    ['a reason that is no text', { notUnderstood: 5 }],
    ['a promise', Promise.resolve([DRAFT])],
  ])('never throws: parks %s', (_name, meaning) => {
    const parked = commit(() => meaning);
    expect(parked.receipt.state).toBe('parked');
    expect(parked.receipt.reason).toMatch(/^WB_PLUGIN_/);
    expect([parked.events, parked.rows, parked.links]).toEqual([[], [], []]);
  });
});
