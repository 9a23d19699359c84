import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from './catalogue.js';
import { nameOf } from './command.js';
import { waybill } from './terminal.spec-kit.js';

describe('the command line', () => {
  it.each([
    [['evnts'], 'did you mean: waybill events?'],
    [['events', 'lss'], 'did you mean: waybill events ls?'],
    [['events'], 'say what: waybill events ls | show | explain | replay'],
    [['events', 'ls', '--ordr', 'x'], 'did you mean --order?'],
    [['events', 'ls', '--nothing'], 'waybill events ls --help lists its options'],
    [['deliveries', 'ls', '--state', 'deliverd'], 'did you mean delivered?'],
    [['events', 'show'], 'say more: waybill events show <id>'],
    [['events', 'show', 'a', 'b'], 'too many words: b'],
    [['events', 'ls', '--order'], 'argument missing'],
    [['--url', 'http://x', 'events'], 'say a command before --url'],
    [['completion', 'bahs'], 'did you mean bash?'],
  ])('%j ends with 2 and says what was meant', async (argv, says) => {
    const { code, out, err } = await waybill(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  it('tells a fault as one JSON line with --json', async () => {
    const { code, err } = await waybill(['events', 'show', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'WB_CLI_USAGE',
        message: 'say more: waybill events show <id>',
        fix: null,
        places: [],
        exit: 2,
      },
    });
  });

  it('has a version and an overview in which every command stands', async () => {
    expect((await waybill(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, out } = await waybill([]);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toContain(`  ${nameOf(command)}`);
  });

  it.each(COMMANDS.map((command) => [nameOf(command), command] as const))(
    'waybill %s --help shows how it is called, its options and an example',
    async (name, command) => {
      const { code, out } = await waybill([...command.path, '--help']);
      expect([code, out.startsWith(`Usage: waybill ${name}`)]).toEqual([0, true]);
      for (const option of Object.keys(command.options ?? {})) expect(out).toContain(`--${option}`);
      expect(out).toMatch(new RegExp(`Examples?:\n  .*\\b(?:waybill ${name})`));
      const lines = out.split('\n').filter((line) => line.length > 140);
      expect(lines).toEqual([]);
    },
  );

  it('loads the code of every command', async () => {
    const loaded = await Promise.all(COMMANDS.map((command) => command.load()));
    expect(loaded.filter((one) => typeof one.run !== 'function')).toEqual([]);
  });

  it('colours on a terminal, not elsewhere, and never against NO_COLOR', async () => {
    const terminal = { in: false, out: true, err: false };
    const look = async (world: object): Promise<boolean> => {
      const { out } = await waybill(['doctor'], world);
      return out.includes('\u001B[');
    };
    expect(await look({ terminal })).toBe(true);
    expect(await look({})).toBe(false);
    expect(await look({ terminal, env: { NO_COLOR: '1' } })).toBe(false);
  });
});

describe('waybill completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows every command and every option', async (shell) => {
    const { code, out } = await waybill(['completion', shell]);
    expect(code).toBe(0);
    for (const { path, options = {} } of COMMANDS)
      for (const word of [...path, ...Object.keys(options)]) expect(out).toContain(word);
  });
});
