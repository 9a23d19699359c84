import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { within } from './within.js';

describe('within', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what the work gives, and leaves no timer behind', async () => {
    expect(await within(1000, Promise.resolve('done'), () => 'late')).toBe('done');
    expect(jest.getTimerCount()).toBe(0);
    const failing = within(1000, Promise.reject(new Error('broken')), () => 'late');
    await expect(failing).rejects.toThrow('broken');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says that it is late when the time is over, and not before', async () => {
    const said: string[] = [];
    const never = new Promise<string>(() => undefined);
    const asked = within(1000, never, () => 'late').then((word) => said.push(word));
    await jest.advanceTimersByTimeAsync(999);
    expect(said).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await asked;
    expect(said).toEqual(['late']);
  });

  it('may refuse late work, whose own error is then heard by nobody', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const asked = within(10, work, () => {
      throw new Error('too slow');
    });
    await Promise.all([
      expect(asked).rejects.toThrow('too slow'),
      jest.advanceTimersByTimeAsync(10),
    ]);
    fail(new Error('unheard'));
    await jest.advanceTimersByTimeAsync(1);
  });
});
