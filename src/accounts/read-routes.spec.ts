import { describe, expect, it } from '@jest/globals';
import { GOOD, linesOf, load } from './toys.spec-kit.js';

const swap = (from: string, to: string): string => GOOD.replace(from, to);
const withRoute = (text: string): string => `${GOOD}${text}`;

describe('routes', () => {
  it('keep an id made from what they say, wherever they stand', async () => {
    const [alone] = (await load(GOOD)).routes;
    const added = await load(swap('routes:', 'routes:\n  - { from: "*", to: track }'));
    const reordered = await load(swap('to: [track, tap]', 'to: [tap, track]'));
    expect(alone?.id).toMatch(/^r-[0-9a-f]{10}$/);
    expect(added.routes[1]?.id).toBe(alone?.id);
    expect(reordered.routes[0]?.id).toBe(alone?.id);
    expect(added.routes[0]?.id).not.toBe(alone?.id);
  });

  it('are narrower with an offer than with all other filters together', async () => {
    const yaml = withRoute(
      '  - { from: "*", to: track }\n' +
        '  - { from: "*", to: track, offers: [keto] }\n' +
        '  - { from: main, to: track, affiliates: [a1], events: [SALE] }\n',
    );
    const [named, open, offer, affiliate] = (await load(yaml)).routes.map(
      (route) => route.specificity,
    );
    expect([open, named, affiliate, offer]).toEqual([0, 3, 7, 8]);
  });

  it('read "*", single ids, lists and lists with commas', async () => {
    const yaml = withRoute('  - { id: all, from: "*", to: "track, tap", test: true }\n');
    expect((await load(yaml)).routes[1]).toMatchObject({
      id: 'all',
      from: '*',
      to: ['track', 'tap'],
      events: null,
      test: true,
      offers: null,
    });
  });

  it('lay their settings over those of the target, and null takes one away', async () => {
    const yaml = GOOD.replace(
      '"https://tracker.example/p?cid={click_id}"',
      '"https://t.example/?c={click_id}", method: GET, limit: 5',
    ).concat('  - { from: "*", to: track, settings: { method: POST, limit: null } }\n');
    const config = await load(yaml);
    expect(config.routes[1]?.settingsFor.get('track')).toMatchObject({
      url: 'https://t.example/?c={click_id}',
      method: 'POST',
    });
    expect(config.routes[1]?.settingsFor.get('track')).toHaveProperty('limit', undefined);
    expect(config.routes[0]?.settingsFor.get('track')).toBe(config.target('track')?.settings);
  });

  it('warn about a type that no target takes, and about accounts and targets without route', async () => {
    const config = await load(
      swap('events: [SALE, REFUND]', 'events: [SALE, CHARGEBACK]').replace(
        'to: [track, tap]',
        'to: [tap]',
      ),
    );
    expect(config.warnings).toContain('routes[0].events: no target of this route takes CHARGEBACK');
    expect(config.warnings).toContain('target "track" has no route: it gets nothing');
  });

  it.each([
    [
      swap('from: main', 'from: mian'),
      'routes[0].from: names the unknown account "mian"; did you mean "main"?',
    ],
    [swap('from: main', 'from: [main, "*"]'), 'routes[0].from: must be "*" alone'],
    [swap('from: main', 'from: []'), 'routes[0].from: must not be empty'],
    [swap('- from: main', '- form: main'), 'routes[0].from: is required'],
    [
      swap('- from: main', '- form: main'),
      'routes[0].form: is not a setting; did you mean "from"?',
    ],
    [
      swap('to: [track, tap]', 'to: [trak, tap]'),
      'routes[0].to: names the unknown target "trak"; did you mean "track"?',
    ],
    [swap('to: [track, tap]', ''), 'routes[0].to: is required'],
    [swap('[SALE, REFUND]', '[sale]'), 'names the unknown event type "sale"; did you mean SALE?'],
    [
      swap('[SALE, REFUND]', '[LEAD]'),
      'routes[0].events: lead to the target "tap", which takes none of them; partner takes: SALE, REFUND',
    ],
    [swap('[SALE, REFUND]', '[]'), 'routes[0].events: must not be empty'],
    [
      withRoute('  - { from: main, to: [tap, track], events: [REFUND, SALE] }\n'),
      'routes[1]: says the same as routes[0]',
    ],
    [
      withRoute('  - { id: a, from: "*", to: tap }\n  - { id: A, from: "*", to: tap }\n'),
      'routes[2].id: is already the id of routes[1]',
    ],
    [
      withRoute('  - { from: "*", to: [track, tap], settings: { method: POST } }\n'),
      'routes[1].settings.method: is not a setting; known: apiKey, baseUrl, goalIds (target "tap")',
    ],
    [
      withRoute('  - { from: "*", to: track, settings: { url: "http://x.example/{click_id}" } }\n'),
      'routes[1].settings.url: must start with https://',
    ],
    [
      withRoute('  - { from: "*", to: track, settings: { url: "https://x.example/" } }\n'),
      'routes[1].settings: should hold {click_id}, else no click is credited (target "track")',
    ],
    [withRoute('  - { from: "*", to: track, test: 3 }\n'), 'routes[1].test: must be true or false'],
  ])('fault %#', async (yaml, expected) => {
    expect(await linesOf(yaml)).toContainEqual(expect.stringContaining(expected));
  });

  it('do not call an account unknown that only has a fault of its own', async () => {
    const lines = await linesOf(swap('secretKey: sk_main_1', 'secretKey: 1'));
    expect(lines).toEqual([expect.stringContaining('accounts[0].credentials.secretKey')]);
  });
});
