import { describe, expect, it } from '@jest/globals';
import { noneAccepted, onlyHonestRefusals } from './outages.js';

const outages = [
  { from: 1000, to: 2000 },
  { from: 5000, to: 6000 },
];
const at = (from: number, ms: number, status: number) => ({ at: from, ms, status });

describe('what the network heard while the store was dead', () => {
  it('is judged by tries that began in that time and were answered in it', () => {
    const fine = [at(900, 200, 200), at(1500, 600, 200), at(1100, 100, 503), at(5100, 800, 0)];
    expect(noneAccepted(fine, outages)).toMatchObject({
      ok: true,
      detail: '3 tries in 2 outages, 0 × 2xx',
    });
    expect(noneAccepted([...fine, at(5100, 900, 200)], outages).ok).toBe(false);
  });

  it('proves nothing when nobody asked', () => {
    expect(noneAccepted([at(3000, 5, 200)], outages).ok).toBe(false);
  });

  it.each([
    [[200, 503, 0], true],
    [[200, 400], false],
    [[302], false],
    [[500], true],
  ])('%j is honest: %p', (statuses, ok) => {
    expect(onlyHonestRefusals(statuses.map((status) => at(0, 1, status))).ok).toBe(ok);
  });
});
