import { COMMANDS } from './catalogue.js';
import { Call } from './call.js';
import { CliFault, EXIT, messageOf, usageFault, type Exit } from './exit.js';
import { commandHelp, groupHelp, overview } from './help.js';
import type { Io } from './io.js';
import { checkWords, findCommand, readArguments } from './read-arguments.js';
import { packageVersion } from './version.js';

const asksHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  const before = end < 0 ? argv : argv.slice(0, end);
  return before.includes('--help') || before.includes('-h');
};

/** Help and version need no command to be right. True: it was that. */
function toldHelp(argv: readonly string[], io: Io): boolean {
  const [first] = argv;
  const words = first === 'help' ? argv.slice(1) : argv;
  if (first === '--version' || first === 'version') {
    io.say(packageVersion());
    return true;
  }
  if (first !== undefined && first !== 'help' && !asksHelp(argv)) return false;
  const names = words.filter((word) => !word.startsWith('-'));
  if (names.length === 0) {
    io.say(overview(COMMANDS));
    return true;
  }
  const group = groupHelp(names[0] ?? '', COMMANDS);
  if (names.length === 1 && group !== undefined) io.say(group);
  else io.say(commandHelp(findCommand(names, COMMANDS).command));
  return true;
}

async function carriedOut(argv: readonly string[], io: Io): Promise<Exit> {
  if (toldHelp(argv, io)) return EXIT.ok;
  if (argv[0]?.startsWith('-'))
    throw usageFault(`say a command before ${argv[0]}`, 'waybill --help lists all commands');
  const { command, rest } = findCommand(argv, COMMANDS);
  const given = readArguments(rest, command);
  checkWords(command, given);
  const program = await command.load();
  return (await program.run(new Call(command, given, io))) ?? EXIT.ok;
}

function told(error: CliFault, io: Io, json: boolean): Exit {
  const { exit, code, message, fix, places } = error;
  if (json) {
    io.note(JSON.stringify({ error: { code, message, fix: fix ?? null, places, exit } }));
    return exit;
  }
  io.note(`waybill: ${message}`);
  for (const { field, rule } of places) io.note(`  ${field}: ${rule}`);
  if (fix !== undefined) io.note(`  → ${fix}`);
  return exit;
}

/**
 * Runs one command line and gives the exit code: 0 done, 1 failed or found faults, 2 wrong usage, 3 not reachable or
 * not let in, 130 interrupted. Never throws.
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<Exit> {
  const json = argv.includes('--json');
  try {
    return await carriedOut(argv, io);
  } catch (error) {
    if (error instanceof CliFault) return told(error, io, json);
    if (io.around.signal.aborted) return EXIT.interrupted;
    const where = error instanceof Error ? (error.stack ?? '') : '';
    io.note(`waybill: an error of its own: ${messageOf(error)}\n${where}`);
    return EXIT.failed;
  }
}
