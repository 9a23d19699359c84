import { describe, expect, it } from '@jest/globals';
import { credentials, seal } from './fixtures/seal.js';
import plugin from './index.js';

const SECRET = 'a1b2c3d4-e5f6-7890';
const hook = { event_key: 'contact.add', object_type: 'contact', object_keys: [{ id: 1 }] };

const told = (payload: unknown, options: Readonly<Record<string, unknown>>, pathToken?: string) => {
  const request = seal(payload, credentials, 0, options);
  const notification = {
    ...request,
    pathToken: pathToken ?? request.pathToken,
    url: '',
    receivedAt: 0,
  };
  return { notification, verdict: plugin.verify(notification, credentials, []) };
};

const echoed = ({ notification }: ReturnType<typeof told>) =>
  plugin.acknowledge?.(notification, 'nothing', { settings: {} })?.headers?.['x-hook-secret'];

describe('the handshake of a Keap hook', () => {
  it('is answered with the very header, whether or not it has a body', () => {
    const bodies = [
      told({}, { handshake: SECRET, empty: true }),
      told({ key: '12' }, { handshake: SECRET }),
    ];
    for (const one of bodies) {
      expect(one.verdict).toMatchObject({ ok: true, payload: { eventKey: null, objects: [] } });
      expect(echoed(one)).toBe(SECRET);
    }
  });

  it('does not swallow a hook that carries the header as well', () => {
    const one = told(hook, { handshake: SECRET });
    expect(one.verdict).toMatchObject({ ok: true, payload: { eventKey: 'contact.add' } });
    expect(echoed(one)).toBe(SECRET);
  });

  it('mirrors nothing at a wrong path, and no odd characters', () => {
    expect(told({}, { handshake: SECRET, empty: true }, 'wrong').verdict.ok).toBe(false);
    const odd = told(hook, { handshake: 'a b' });
    expect(echoed(odd)).toBeUndefined();
    expect(echoed(told(hook, {}))).toBeUndefined();
  });
});
