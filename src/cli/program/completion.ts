import { nearest } from '../../platform/config/nearest.js';
import type { Call } from './call.js';
import { COMMANDS } from './catalogue.js';
import { nameOf, ownOptions, sharedOptions, type Command, type Option } from './command.js';
import { usageFault } from './exit.js';

const optionsOf = (command: Command): readonly (readonly [string, Option])[] =>
  Object.entries({ ...ownOptions(command), ...sharedOptions(command) });

const firstWords = (): readonly string[] => [...new Set(COMMANDS.map(({ path }) => path[0] ?? ''))];

const secondWords = (first: string): readonly string[] =>
  COMMANDS.flatMap(({ path }) => (path[0] === first && path[1] !== undefined ? [path[1]] : []));

/** Words that follow some position word for word, for completion: the choices in the usage of a command. */
const wordsOf = ({ words = '' }: Command): readonly string[] => {
  const [, inner = ''] = /^[<[]([a-z|]+)[>\]]/.exec(words) ?? [];
  return inner.includes('|') ? inner.split('|') : [];
};

/** Per line of a `case`: the command so far, and what may follow. */
function bashCases(): readonly string[] {
  const groups = firstWords().filter((first) => secondWords(first).length > 0);
  return [
    ...groups.map((first) => `    "${first}") words="${secondWords(first).join(' ')}" ;;`),
    ...COMMANDS.map((command) => {
      const options = optionsOf(command).map(([name]) => `--${name}`);
      return `    "${nameOf(command)}") words="${[...wordsOf(command), ...options].join(' ')}" ;;`;
    }),
  ];
}

const bash = (): string => `# bash completion of waybill: source <(waybill completion bash)
_waybill() {
  local current="\${COMP_WORDS[COMP_CWORD]}" first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" command words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...firstWords(), 'help'].join(' ')}"
  else
    command="$first"
    case " ${COMMANDS.filter(({ path }) => path.length > 1)
      .map((one) => one.path.join('/'))
      .join(
        ' ',
      )} " in *" $first/$second "*) [ "$COMP_CWORD" -gt 2 ] && command="$first $second" ;; esac
    case "$command" in
${bashCases().join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _waybill waybill
`;

const zsh = (): string => `#compdef waybill
# zsh completion of waybill: waybill completion zsh > "\${fpath[1]}/_waybill"
autoload -U +X bashcompinit && bashcompinit
${bash()}`;

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;

function fishLines(command: Command): readonly string[] {
  const [first = '', second] = command.path;
  const when =
    second === undefined
      ? `__fish_seen_subcommand_from ${first}`
      : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
  const options = optionsOf(command).map(([name, { value, help, short, choices }]) =>
    [
      `complete -c waybill -n ${quoted(when)} -l ${name}`,
      ...(short === undefined ? [] : [`-s ${short}`]),
      ...(value === true ? [] : ['-r']),
      ...(choices ? [`-x -a ${quoted(choices.join(' '))}`] : []),
      `-d ${quoted(help)}`,
    ].join(' '),
  );
  const words = wordsOf(command);
  return words.length === 0
    ? options
    : [...options, `complete -c waybill -n ${quoted(when)} -f -a ${quoted(words.join(' '))}`];
}

function fish(): string {
  const groups = firstWords().map((first) => {
    const only = COMMANDS.find(({ path }) => path.length === 1 && path[0] === first);
    const help = only?.summary ?? secondWords(first).join(', ');
    return `complete -c waybill -n __fish_use_subcommand -f -a ${first} -d ${quoted(help)}`;
  });
  const seconds = COMMANDS.filter(({ path }) => path.length > 1).map(
    ({ path: [first = '', second = ''], summary }) =>
      `complete -c waybill -n ${quoted(`__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${secondWords(first).join(' ')}`)} -f -a ${second} -d ${quoted(summary)}`,
  );
  const lines = [...groups, ...seconds, ...COMMANDS.flatMap(fishLines)];
  return `# fish completion of waybill\n${lines.join('\n')}\n`;
}

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

export async function run(call: Call): Promise<void> {
  const shell = call.word(0);
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  const meant = nearest(shell, Object.keys(SHELLS));
  if (!script)
    throw usageFault(
      `there is no completion for ${shell}`,
      meant === undefined ? 'there is bash, zsh and fish' : `did you mean ${meant}?`,
    );
  if (call.json) call.document({ shell, script: script() });
  else call.io.say(script().trimEnd());
  await Promise.resolve();
}
