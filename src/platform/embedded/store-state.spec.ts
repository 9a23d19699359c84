import { describe, expect, it } from '@jest/globals';
import { checkVersion } from './store-state.js';

const check = (name: 'mongod' | 'redis-server', wrote: string | undefined, has: string) => () => {
  const state = wrote === undefined ? {} : { version: wrote };
  checkVersion(name, '/data', state, { path: '/bin/x', version: has });
};

describe('checkVersion', () => {
  it.each([
    ['mongod', undefined, '6.0.5'],
    ['mongod', '6.0.9', '6.0.5'],
    ['mongod', '6.0.5', '7.0.1'],
    ['mongod', '8.0.1', '8.2.6'],
    ['redis-server', '6.2.14', '8.0.0'],
  ] as const)('%s: data of %s is fine for %s', (name, wrote, has) => {
    expect(check(name, wrote, has)).not.toThrow();
  });

  it.each([
    ['mongod', '7.0.1', '6.0.5'],
    ['mongod', '8.2.6', '8.0.1'],
    ['mongod', '10.0.0', '9.0.0'],
    ['redis-server', '7.2.4', '6.2.14'],
    ['redis-server', '7.4.0', '7.2.4'],
  ] as const)('%s: data of %s is refused for the older %s', (name, wrote, has) => {
    expect(check(name, wrote, has)).toThrow(
      expect.objectContaining({
        code: 'WB_STORE_VERSION',
        message: expect.stringContaining(`written by ${name} ${wrote}`),
      }),
    );
  });

  it('refuses an upgrade of mongod that leaves out a major', () => {
    expect(check('mongod', '6.0.5', '8.0.1')).toThrow(
      expect.objectContaining({ code: 'WB_STORE_VERSION', fix: expect.stringContaining('7.0') }),
    );
  });
});
