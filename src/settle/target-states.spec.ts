import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';
import { startTestStores, type TestStores } from '../platform/embedded/testing.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MongoStore } from '../platform/mongo/mongo-store.js';
import { fakeClock, type FakeClock } from '../testing/fake-clock.js';
import { TargetStates } from './target-states.js';

describe('states of targets', () => {
  let stores: TestStores;
  let mongo: MongoStore;
  let clock: FakeClock;
  let metrics: Metrics;
  let here: TargetStates;
  let there: TargetStates;

  beforeAll(async () => {
    stores = await startTestStores({ onlyMongo: true });
    mongo = new MongoStore(mongoose.createConnection(), stores.mongodbUri, createLog('silent'));
    await mongo.open();
  }, 60_000);

  afterAll(async () => {
    await mongo?.close();
    await stores?.stop();
  });

  beforeEach(async () => {
    jest.restoreAllMocks();
    await mongo.db.collection('target_states').deleteMany({});
    clock = fakeClock();
    metrics = new Metrics();
    here = new TargetStates(mongo, () => clock.now(), metrics);
    there = new TargetStates(mongo, () => clock.now(), new Metrics());
  });

  it('run until somebody pauses them', () => {
    expect(here.get('tap')).toEqual({ paused: false, who: null, since: null, pausedMs: 0 });
    expect([here.paused('tap'), here.pausedMs('tap')]).toEqual([false, 0]);
  });

  it('are paused here at once and elsewhere with the next tick', async () => {
    const since = clock.now();
    expect(await here.pause('tap', 'operator: API key')).toBe(true);
    expect(here.paused('tap')).toBe(true);
    expect(there.paused('tap')).toBe(false);
    await there.refresh();
    expect(there.get('tap')).toEqual({
      paused: true,
      who: 'operator: API key',
      since,
      pausedMs: 0,
    });
    expect(there.paused('tune')).toBe(false);
    expect(await metrics.registry.metrics()).toContain('waybill_target_paused{target="tap"} 1');
  });

  it('add up the time of every pause, the present one included', async () => {
    await here.pause('tap', 'a');
    clock.advance(60_000);
    expect(here.pausedMs('tap')).toBe(60_000);
    expect(await here.resume('tap')).toBe(true);
    clock.advance(1000);
    expect([here.paused('tap'), here.pausedMs('tap')]).toEqual([false, 60_000]);
    await here.pause('tap', 'b');
    clock.advance(5000);
    expect(here.pausedMs('tap')).toBe(65_000);
    await there.refresh();
    expect(there.pausedMs('tap')).toBe(65_000);
    await there.resume('tap');
    await here.refresh();
    expect(here.get('tap')).toEqual({ paused: false, who: null, since: null, pausedMs: 65_000 });
    expect(await metrics.registry.metrics()).toContain('waybill_target_paused{target="tap"} 0');
  });

  it('keep the first reason and the first moment, whoever pauses again', async () => {
    const since = clock.now();
    await here.pause('tap', 'first');
    clock.advance(5000);
    expect(await here.pause('tap', 'second')).toBe(false);
    expect(await there.pause('tap', 'third')).toBe(false);
    await Promise.all([here.refresh(), there.refresh()]);
    for (const states of [here, there]) {
      expect(states.get('tap')).toMatchObject({ who: 'first', since });
      expect(states.pausedMs('tap')).toBe(5000);
    }
  });

  it('keep the first reason before the next tick, too', async () => {
    await here.pause('tap', 'first');
    await here.pause('tap', 'second');
    expect(here.get('tap').who).toBe('first');
  });

  it('are paused once when everybody pauses at the same moment', async () => {
    const paused = await Promise.all(
      Array.from({ length: 10 }, (_unused, i) => (i % 2 ? here : there).pause('tap', `r${i}`)),
    );
    expect(paused.filter(Boolean)).toHaveLength(1);
    await Promise.all([here.refresh(), there.refresh()]);
    expect(here.get('tap')).toEqual(there.get('tap'));
    expect(await mongo.db.collection('target_states').countDocuments()).toBe(1);
  });

  it('count one pause once when two resume it at the same moment', async () => {
    await here.pause('tap', 'a');
    clock.advance(1000);
    const resumed = await Promise.all([here.resume('tap'), there.resume('tap')]);
    expect(resumed.filter(Boolean)).toHaveLength(1);
    await here.refresh();
    expect(here.pausedMs('tap')).toBe(1000);
    expect(await here.resume('tap')).toBe(false);
    expect(await here.resume('never seen')).toBe(false);
  });

  it('never run backwards when the clock does', async () => {
    await here.pause('tap', 'a');
    clock.advance(-5000);
    expect(here.pausedMs('tap')).toBe(0);
    await here.resume('tap');
    expect(here.pausedMs('tap')).toBe(0);
  });

  it('stay as they were last known while MongoDB is away', async () => {
    await here.pause('tap', 'a');
    jest.spyOn(mongo, 'db', 'get').mockImplementation(() => {
      throw new Error('away');
    });
    await expect(here.refresh()).rejects.toThrow('away');
    expect(here.paused('tap')).toBe(true);
  });
});
