import { describe, expect, it } from '@jest/globals';
import type { LedgerStore } from '../ledger/store.js';
import { createLog } from '../platform/log/log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Settler, type Settlement } from './settler.js';

const settlement = (done: () => void): Settlement => ({
  row: { _id: 'd1', target: 't', attempts: 0 },
  token: 'token',
  until: Date.now() + 60_000,
  transition: { set: { state: 'delivered' }, unset: ['token'], attempts: 1, final: true },
  done,
});

describe('a settler that was flushed while it had nothing to write', () => {
  it('still writes what comes afterwards', async () => {
    let writes = 0;
    const store = {
      deliveries: {
        bulkWrite: () => {
          writes += 1;
          return Promise.resolve({});
        },
      },
    } as unknown as LedgerStore;
    const settler = new Settler(store, () => Date.now(), new Metrics(), createLog('silent'));
    await settler.flush();
    await settler.flush();
    await new Promise<void>((resolve) => settler.push(settlement(resolve)));
    expect(writes).toBe(1);
  });
});
