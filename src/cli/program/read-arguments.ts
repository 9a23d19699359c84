import { parseArgs } from 'node:util';
import { nearest } from '../../platform/config/nearest.js';
import { nameOf, ownOptions, sharedOptions, type Command, type Options } from './command.js';
import { messageOf, usageFault } from './exit.js';

export type Values = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

export interface Given {
  readonly words: readonly string[];
  readonly values: Values;
}

/** The command that the first words name, and what follows them. Throws a usage fault for a word that is none. */
export function findCommand(
  argv: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const isPrefix = ({ path }: Command): boolean => path.every((word, at) => argv[at] === word);
  const [found] = commands.filter(isPrefix).sort((a, b) => b.path.length - a.path.length);
  if (found) return { command: found, rest: argv.slice(found.path.length) };
  throw unknownCommand(argv, commands);
}

function unknownCommand(argv: readonly string[], commands: readonly Command[]): Error {
  const [first = '', second] = argv;
  const group = commands.filter(({ path }) => path[0] === first);
  const known =
    group.length > 0
      ? group.map(({ path }) => path[1] ?? '')
      : [...new Set(commands.map(({ path }) => path[0] ?? ''))];
  const wrong = group.length > 0 ? (second ?? '') : first;
  const before = group.length > 0 ? `${first} ` : '';
  if (wrong === '' || wrong.startsWith('-'))
    return usageFault(`say what: waybill ${before}${known.join(' | ')}`);
  const meant = nearest(wrong, known);
  const fix =
    meant === undefined
      ? `waybill ${before === '' ? '' : before}--help lists what there is: ${known.join(', ')}`
      : `did you mean: waybill ${before}${meant}?`;
  return usageFault(`there is no command "${before}${wrong}"`, fix);
}

const ownName = (name: string): string => name.replace(/^-+/, '').split('=')[0] ?? '';

function unknownOption(raw: string, known: Options, command: Command): Error {
  const meant = nearest(ownName(raw), Object.keys(known));
  const fix =
    meant === undefined
      ? `waybill ${nameOf(command)} --help lists its options`
      : `did you mean --${meant}?`;
  return usageFault(`waybill ${nameOf(command)} has no option ${raw.split('=')[0]}`, fix);
}

const parserOptions = (known: Options) =>
  Object.fromEntries(
    Object.entries(known).map(([name, { value, short, multiple }]) => [
      name,
      {
        type: value === true ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(multiple ? { multiple: true } : {}),
      },
    ]),
  );

/** Options and words behind a command. Throws a usage fault that names what is wrong and what was probably meant. */
export function readArguments(rest: readonly string[], command: Command): Given {
  const known = { ...ownOptions(command), ...sharedOptions(command) };
  const options = parserOptions(known);
  const loose = parseArgs({ args: [...rest], options, strict: false, tokens: true });
  for (const token of loose.tokens)
    if (token.kind === 'option' && !Object.hasOwn(known, token.name))
      throw unknownOption(token.rawName, known, command);
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true });
    for (const [name, value] of Object.entries(values)) checkChoice(name, value, known);
    return { words: positionals, values: values as Values };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) throw usageFault(messageOf(error).split('. ')[0] ?? '');
    throw error;
  }
}

function checkChoice(name: string, value: unknown, known: Options): void {
  const { choices } = known[name] ?? {};
  if (!choices) return;
  for (const one of [value].flat().map(String)) {
    if (choices.includes(one)) continue;
    const meant = nearest(one, choices);
    const fix = meant === undefined ? undefined : `did you mean ${meant}?`;
    throw usageFault(`--${name} must be one of ${choices.join(', ')}; not "${one}"`, fix);
  }
}

/** The number of words must suit the command. */
export function checkWords(
  { words: shown = '', count = [0, 0], ...command }: Command,
  given: Given,
): void {
  const [least, most] = count;
  const { length } = given.words;
  const name = command.path.join(' ');
  if (length < least) throw usageFault(`say more: waybill ${name} ${shown}`);
  if (length > most)
    throw usageFault(
      `too many words: ${given.words.slice(most).join(' ')}`,
      `waybill ${name} ${shown}`.trimEnd(),
    );
}
