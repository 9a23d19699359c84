import { describe, expect, it } from '@jest/globals';
import { BACKFILL_REACH, nextPage, nextStretch, stretchOf } from './backfill.js';
import { answerJson } from './enrich.js';
import { MAX_NAMES } from './json.js';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const LATER = NOW + 300_000;

describe('the stretch of a backfill', () => {
  it('reaches 30 days back at first, also after a cursor that is not ours', () => {
    const first = { since: NOW - BACKFILL_REACH, began: NOW };
    expect(stretchOf(null, NOW)).toEqual(first);
    expect(stretchOf('evt_1', NOW)).toEqual(first);
  });

  it('stays the same over its pages, whatever the network calls them', () => {
    const first = stretchOf(null, NOW);
    const page = 'a b\n{"c":1}';
    expect(stretchOf(nextPage(first, page), LATER)).toEqual({ ...first, page });
  });

  it('is followed by one that begins an hour before it began', () => {
    const second = stretchOf(nextPage(stretchOf(null, NOW), 'p'), LATER);
    const next = NOW + 3_600_000;
    expect(stretchOf(nextStretch(second), next)).toEqual({ since: NOW - 3_600_000, began: next });
  });
});

describe('a page of a list', () => {
  it('may hold more names than a notification', () => {
    const one = Object.fromEntries(Array.from({ length: 100 }, (_none, at) => [`n${at}`, at]));
    const list = Array.from({ length: 250 }, () => one);
    expect(list.length * 100).toBeGreaterThan(MAX_NAMES);
    expect(answerJson({ status: 200, headers: {}, body: JSON.stringify(list) })).toEqual(list);
  });
});
