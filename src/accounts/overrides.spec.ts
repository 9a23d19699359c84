import { describe, expect, it } from '@jest/globals';
import { GOOD, faultsOf, linesOf, load } from './toys.spec-kit.js';

describe('overrides from the environment', () => {
  it('change a member by the number or the id of its item', async () => {
    const config = await load(GOOD.replaceAll('tap', 'tap-one'), {
      env: {
        WAYBILL__targets__0__settings__method: 'POST',
        WAYBILL__targets__0__settings__limit: '7',
        WAYBILL__targets__0__settings__paid: 'true',
        WAYBILL__targets__tap_one__sockets: '4',
        WAYBILL__targets__TAP_ONE__test: 'true',
        WAYBILL__routes__0__events: 'SALE',
        WAYBILL__targets__tap_one__ratePerSecond: ' ',
      },
    });
    expect(config.target('track')?.settings).toMatchObject({
      method: 'POST',
      limit: 7,
      paid: true,
    });
    expect(config.target('tap-one')?.options).toMatchObject({
      sockets: 4,
      test: true,
      ratePerSecond: null,
    });
    expect(config.routes[0]?.events).toEqual(['SALE']);
  });

  it('can make a whole configuration without a file, references included', async () => {
    const config = await load('', {
      production: true,
      env: {
        KEY: 'sk_from_env',
        WAYBILL__accounts__0__id: 'main',
        WAYBILL__accounts__0__source: 'shop',
        WAYBILL__accounts__0__credentials__vendor: 'mystore',
        WAYBILL__accounts__0__credentials__secretKey: '${env:KEY}',
        WAYBILL__targets__0__id: 'tap',
        WAYBILL__targets__0__target: 'partner',
        WAYBILL__targets__0__settings__apiKey: 'straight_from_env',
        WAYBILL__routes__0__from: '*',
        WAYBILL__routes__0__to: 'tap',
      },
    });
    expect(config.account('main')?.credentials[0]?.value).toMatchObject({
      secretKey: 'sk_from_env',
    });
    expect(config.target('tap')?.settings).toMatchObject({ apiKey: 'straight_from_env' });
  });

  it('name the variable in the faults they cause', async () => {
    const env = { WAYBILL__targets__track__settings__limit: 'soon' };
    const faults = await faultsOf(GOOD, { env });
    expect(faults[0]).toMatchObject({
      path: 'targets[0].settings.limit',
      where: 'set by WAYBILL__targets__track__settings__limit',
    });
  });

  it.each([
    ['WAYBILL__targets__nobody__sockets', 'finds no item "nobody" in targets'],
    ['WAYBILL__targets__9__sockets', 'finds no item "9" in targets'],
    ['WAYBILL__targets__0__id__x', 'goes below targets[0].id, which is a single value'],
    ['WAYBILL__targets____sockets', 'has an empty part'],
    ['WAYBILL__', 'has an empty part'],
  ])('%s %s', async (name, rule) => {
    expect(await linesOf(GOOD, { env: { [name]: '1' } })).toEqual([
      expect.stringContaining(`${name}: ${rule}`),
    ]);
  });

  it('judge misspelt names like those of the file, and never touch a prototype', async () => {
    const env = {
      WAYBILL__targest__0__id: 'x',
      WAYBILL__targets__0__constructor__prototype__polluted: 'yes',
    };
    const lines = await linesOf(GOOD, { env });
    expect(lines).toContainEqual(
      expect.stringContaining('targest: is not a setting; did you mean "targets"?'),
    );
    expect(lines).toContainEqual(
      expect.stringContaining('targets[0].constructor: is not a setting'),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
