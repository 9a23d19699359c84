import { describe, expect, it, afterEach } from '@jest/globals';
import { Settings } from 'luxon';
import { fromEpochMs, fromEpochSeconds, fromIso, fromWallClock, isZone } from './time.js';

describe('fromIso', () => {
  it.each([
    ['2023-07-28T02:07:57+00:00', '2023-07-28T02:07:57.000Z'],
    ['2023-07-28T02:07:57Z', '2023-07-28T02:07:57.000Z'],
    ['20220810T162015-0700', '2022-08-10T23:20:15.000Z'],
    ['2022-08-10 16:20:15.1239-07', '2022-08-10T23:20:15.123Z'],
    ['2022-08-10T16:20:15,5+05:30', '2022-08-10T10:50:15.500Z'],
    ['2022-08-10T16:20Z', '2022-08-10T16:20:00.000Z'],
    [' 2024-02-29T00:00:00Z ', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, at) => {
    expect(fromIso(text)).toBe(at);
  });

  it.each([
    undefined,
    '',
    '2023-07-28T02:07:57',
    '2023-07-28',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-20T25:00:00Z',
    '2026-11-20T10:61:00Z',
    '2026-11-20T10:00:00+99:00',
    '0000-00-00T00:00:00Z',
    '1999-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
    'yesterday',
  ])('refuses %s', (text) => {
    expect(fromIso(text)).toBeUndefined();
  });
});

describe('epoch times', () => {
  it('reads seconds and milliseconds, as text or number', () => {
    expect(fromEpochSeconds('1700000000')).toBe('2023-11-14T22:13:20.000Z');
    expect(fromEpochSeconds(1700000000.5)).toBe('2023-11-14T22:13:20.500Z');
    expect(fromEpochMs(1700000000123)).toBe('2023-11-14T22:13:20.123Z');
  });

  it.each([undefined, '', '0', 0, '-5', '1e9', 'soon', '99999999999999'])('refuses %p', (value) => {
    expect(fromEpochSeconds(value)).toBeUndefined();
  });
});

describe('fromWallClock', () => {
  const usual = Settings.now;
  afterEach(() => {
    Settings.now = usual;
  });

  it.each([
    ['2026-08-18 08:41:48', '2026-08-18T06:41:48.000Z'],
    ['2026-12-18T08:41', '2026-12-18T07:41:00.000Z'],
    ['2026-12-18', '2026-12-17T23:00:00.000Z'],
  ])('reads %s in Berlin', (text, at) => {
    expect(fromWallClock(text, 'Europe/Berlin')).toEqual({ at, ambiguous: false });
  });

  it('flags the hour that does not exist', () => {
    expect(fromWallClock('2026-03-29 02:30:00', 'Europe/Berlin')).toEqual({
      at: '2026-03-29T01:30:00.000Z',
      ambiguous: true,
    });
  });

  it.each(['2026-01-15T00:00:00Z', '2026-07-15T00:00:00Z'])(
    'takes the first of the hour that exists twice, whatever the season is now (%s)',
    (today) => {
      Settings.now = () => Date.parse(today);
      expect(fromWallClock('2026-10-25 02:30:00', 'Europe/Berlin')).toEqual({
        at: '2026-10-25T00:30:00.000Z',
        ambiguous: true,
      });
      expect(fromWallClock('2026-11-01 01:30:00', 'America/New_York')).toEqual({
        at: '2026-11-01T05:30:00.000Z',
        ambiguous: true,
      });
    },
  );

  it.each([
    '0000-00-00 00:00:00',
    '2026-02-30 10:00:00',
    '2026-10-25 25:00:00',
    '',
    undefined,
    '2026-10-25T10:00:00Z',
  ])('refuses %s', (text) => {
    expect(fromWallClock(text, 'Europe/Berlin')).toBeUndefined();
  });

  it('refuses zones that do not exist', () => {
    expect(fromWallClock('2026-08-18 08:41:48', 'Europe/Atlantis')).toBeUndefined();
    expect([isZone('Europe/Berlin'), isZone('CEST+2')]).toEqual([true, false]);
  });
});
