import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/cli/program/catalogue.js';
import { nameOf } from '../../src/cli/program/command.js';
import { checkWords, findCommand, readArguments } from '../../src/cli/program/read-arguments.js';
import { ORDER_MEMBERS } from '../../src/cli/transfer/csv-orders.js';
import { blocksOf, OWN_PAGES, textOf } from './pages.js';

/** Words of one line of a shell, as far as these pages need it: quotes, comments, pipes. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  const end = words.findIndex((word) => /^(?:#.*|\||<\(?|>|&&)$/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) =>
    word.replace(/^(['"])(.*)\1$/, '$2'),
  );
}

/** Calls of the command in a page; docs/api.md calls a function of the shell by the same name, with paths. */
const calls = OWN_PAGES.flatMap((page) =>
  blocksOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => /^(?:npx )?waybill (?!["/]| *#)(.+)$/.exec(line.trim())?.[1] ?? [])
    .map((line) => [page, line] as const),
);
const examples = COMMANDS.flatMap((command) =>
  command.examples
    .flatMap((line) => /^waybill (.+)$/.exec(line)?.[1] ?? [])
    .map((line) => [`waybill ${nameOf(command)} --help`, line] as const),
);

describe('the command line in pages', () => {
  it.each([...calls, ...examples])('%s: waybill %s', (_page, line) => {
    const { command, rest } = findCommand(wordsOf(line), COMMANDS);
    const given = readArguments(rest, command);
    expect(() => checkWords(command, given)).not.toThrow();
  });

  it('is there, with every command in the table of docs/cli.md', () => {
    expect(calls.length).toBeGreaterThan(20);
    const page = textOf('docs/cli.md');
    expect(COMMANDS.map(nameOf).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/import.md names every member of an order', () => {
    const page = textOf('docs/import.md');
    expect(ORDER_MEMBERS.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
