import { describe, expect, it } from '@jest/globals';
import {
  checkSettings,
  isNotUnderstood,
  type EventDraft,
  type Notification,
} from '../../contract/index.js';
import { CliFault } from '../program/exit.js';
import { chooseSample, wordsOf } from './choose-sample.js';
import { freshPayload } from './fresh-names.js';
import { loadKit, loadSource, playable, type Kit } from './load-kit.js';
import { MARK } from './mark.js';
import { sealed, type Message } from './message.js';
import { setPath } from './set-path.js';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');

/** What the plugin makes of what its twin made of a sample: fresh, sealed with the sample credentials. */
async function drafts(kit: Kit, word: string, order?: string): Promise<readonly EventDraft[]> {
  const sample = chooseSample(kit, word);
  const plugin = await loadSource(kit.network);
  const { payload } = freshPayload(sample, order);
  const url = `https://gateway.example/in/${kit.network}/acme`;
  const message: Message = {
    ...{ name: sample.name, test: false, fresh: true, sealOptions: sample.options.seal },
    next: () => ({ payload, order }),
  };
  const around = { credentials: kit.seal.credentials, now: NOW, url };
  const request = sealed(kit, message, payload, around);
  const notification: Notification = { ...request, url, receivedAt: NOW };
  const credentials = checkSettings(plugin.credentials, kit.seal.credentials, '');
  const settings = checkSettings(plugin.settings, kit.seal.settings ?? {}, '');
  if (!credentials.ok || !settings.ok) throw new Error('the sample credentials do not suit');
  const verdict = plugin.verify(notification, credentials.value, []);
  if (!verdict.ok) throw new Error(verdict.reason);
  const made = plugin.normalize(verdict.payload, { settings: settings.value });
  if (isNotUnderstood(made)) throw new Error(made.notUnderstood);
  return made.filter((one): one is EventDraft => 'key' in one);
}

const kits = await Promise.all(playable().map(loadKit));
const events = kits.flatMap((kit) => wordsOf(kit).map((word) => [kit, word] as const));

describe('what can be triggered', () => {
  it('is there for every network that signs with something a user can have', () => {
    const empty = kits.filter((kit) => wordsOf(kit).length === 0).map(({ network }) => network);
    // PayPal signs with a certificate of its own, CJ is asked and sends nothing.
    expect(empty).toEqual(['cj', 'paypal']);
    expect(events.length).toBeGreaterThan(90);
  });

  it.each(events.map(([kit, word]) => [`${kit.network}.${word}`, kit, word] as const))(
    '%s is accepted by its own plugin, as what it is called',
    async (_name, kit, word) => {
      const [first] = await drafts(kit, word);
      expect([first?.test === true ? 'test' : first?.type]).toEqual([
        word === 'test' ? 'test' : word.toUpperCase().replaceAll('-', '_'),
      ]);
    },
  );

  it('makes every sale another purchase, marked, and all of one order when it is named', async () => {
    const sales = events.filter(([, word]) => word === 'sale');
    const same: string[] = [];
    const marked: string[] = [];
    for (const [kit] of sales) {
      const [one] = await drafts(kit, 'sale');
      const [two] = await drafts(kit, 'sale');
      if (one?.key === two?.key) same.push(kit.network);
      if (one?.order?.id.includes(MARK)) marked.push(kit.network);
      expect(freshPayload(chooseSample(kit, 'sale'), 'deal:123').order).toContain('123');
      const [named] = await drafts(kit, 'sale', '971234567');
      const [again] = await drafts(kit, 'sale', '971234567');
      expect(named?.key).toBe(again?.key);
    }
    expect(same).toEqual([]);
    expect(marked.length).toBeGreaterThan(8);
  });

  it('suggests what was meant', async () => {
    const fixOf = async (work: () => unknown): Promise<string> => {
      try {
        await work();
      } catch (error) {
        return error instanceof CliFault ? (error.fix ?? '') : 'not a fault';
      }
      return 'no fault';
    };
    const clickbank = await loadKit('clickbank');
    expect(await fixOf(() => loadKit('clikbank'))).toBe('did you mean clickbank?');
    expect(await fixOf(() => chooseSample(clickbank, 'sael'))).toBe('did you mean clickbank.sale?');
    expect(await fixOf(() => chooseSample(clickbank, 'qqqq'))).toContain('there are canceled');
  });
});

describe('--set', () => {
  const message = () => ({ receipt: '0123', total: 49.95, items: [{ n: 1 }], paid: true });

  it.each([
    ['receipt', '77', { receipt: '77' }],
    ['total', '12.5', { total: 12.5 }],
    ['items.0.n', '2', { items: [{ n: 2 }] }],
    ['items.1', '{"n":3}', { items: [{ n: 1 }, { n: 3 }] }],
    ['paid', 'false', { paid: false }],
    ['fresh', 'text', { fresh: 'text' }],
  ])('%s=%s', (path, value, wanted) => {
    const payload = message();
    setPath(payload, path, value);
    expect(payload).toMatchObject(wanted);
  });

  it('refuses a place that is not there, and says of a new name what was probably meant', () => {
    expect(() => setPath(message(), 'itms.0.n', '2')).toThrow('no "itms"');
    expect(() => setPath(message(), 'items.5.n', '2')).toThrow('no "5"');
    expect(() => setPath(message(), '__proto__.x', '2')).toThrow('no "__proto__"');
    expect(setPath(message(), 'recipt', 'x')).toBe('receipt');
    expect(setPath(message(), 'receipt', 'x')).toBeUndefined();
  });
});
