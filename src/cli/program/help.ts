import { nameOf, ownOptions, sharedOptions, type Command, type Options } from './command.js';

const WIDTH = 26;

const left = (name: string, { short, value }: Options[string]): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === true ? '' : ` ${value}`}`;

function row(name: string, option: Options[string]): string {
  const head = left(name, option);
  const values = option.choices ? ` (${option.choices.join(', ')})` : '';
  const text = `${option.help}${values}${option.multiple ? '; may be repeated' : ''}`;
  return head.length > WIDTH
    ? `  ${head}\n  ${' '.repeat(WIDTH)}  ${text}`
    : `  ${head.padEnd(WIDTH)}  ${text}`;
}

const rows = (title: string, options: Options): readonly string[] => {
  const all = Object.entries(options);
  return all.length === 0 ? [] : ['', title, ...all.map(([name, option]) => row(name, option))];
};

/** The help of one command. */
export function commandHelp(command: Command): string {
  const { summary, words, about, examples } = command;
  const usage = `waybill ${nameOf(command)}${words === undefined ? '' : ` ${words}`} [options]`;
  return [
    `Usage: ${usage}`,
    '',
    summary,
    ...(about === undefined ? [] : ['', about]),
    ...rows('Options:', ownOptions(command)),
    ...rows('Of every command:', sharedOptions(command)),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((one) => `  ${one}`),
  ].join('\n');
}

const line = (command: Command): string => {
  const head = `${nameOf(command)}${command.words === undefined ? '' : ` ${command.words}`}`;
  return head.length > 34
    ? `  ${head}\n  ${' '.repeat(34)}  ${command.summary}`
    : `  ${head.padEnd(34)}  ${command.summary}`;
};

/** The commands below one word; undefined when there is no such group. */
export function groupHelp(word: string, commands: readonly Command[]): string | undefined {
  const group = commands.filter(({ path }) => path[0] === word && path.length > 1);
  if (group.length === 0) return undefined;
  const end = `waybill ${word} <command> --help tells more of one.`;
  return [`Usage: waybill ${word} <command>`, '', ...group.map(line), '', end].join('\n');
}

const TITLES: readonly (readonly [title: string, words: readonly string[]])[] = [
  ['Set up', ['init', 'doctor', 'source', 'target', 'route', 'config', 'keys']],
  ['Try', ['trigger', 'listen', 'sign', 'verify']],
  ['Look and act', ['search', 'events', 'deliveries', 'receipts', 'targets', 'replays']],
  ['Take out, bring in', ['export', 'import']],
  ['Build', ['plugin', 'completion']],
];

/** Every command in one page. */
export function overview(commands: readonly Command[]): string {
  const parts = TITLES.flatMap(([title, words]) => [
    '',
    `${title}:`,
    ...words.flatMap((word) => commands.filter(({ path }) => path[0] === word).map(line)),
  ]);
  return [
    'Usage: waybill <command> [options]',
    '',
    'Speaks to a running gateway over its admin API.',
    ...parts,
    '',
    'waybill <command> --help tells more of one, with examples.',
    'Exit codes: 0 done, 1 failed or found faults, 2 wrong usage, 3 not reachable or not let in.',
  ].join('\n');
}
