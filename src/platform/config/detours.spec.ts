import { describe, expect, it } from '@jest/globals';
import { detourFaults, readDetours } from './detours.js';

describe('detours', () => {
  it('are read by name and port, addresses of both families', () => {
    const text = 'API.partner.example:443=127.0.0.1:8443, b.example:80=[::1]:9';
    expect(detourFaults(text)).toEqual([]);
    expect([...readDetours(text)]).toEqual([
      ['api.partner.example:443', { address: '127.0.0.1', port: 8443 }],
      ['b.example:80', { address: '::1', port: 9 }],
    ]);
    expect(readDetours('').size).toBe(0);
  });

  it.each([
    'a.example=127.0.0.1:1',
    'a.example:443=127.0.0.1',
    'a.example:443=b.example:443',
    'a.example:443=[127.0.0.1]:443',
    'a.example:443=300.0.0.1:443',
    'a.example:443=127.0.0.1:70000',
    '127.0.0.1',
  ])('refuse %s', (entry) => {
    expect(detourFaults(entry)).toEqual([`"${entry}" is not name:port=address:port`]);
    expect(readDetours(entry).size).toBe(0);
  });
});
