/** Every word that `tools/start.mjs` knows, and the built file that it runs. */
export const PROGRAMS = {
  demo: 'dist/src/cli/demo/main.js',
  bench: 'dist/bench/main.js',
  new: 'dist/src/cli/new/main.js',
  drills: 'dist/drills/main.js',
  backup: 'dist/src/backup.js',
  restore: 'dist/src/restore.js',
};
/** The only program that must fit a small container: flags that keep its memory small are for it alone. */
export const GATEWAY = 'dist/src/main.js';
/** Words that the gateway itself knows as arguments. */
const OF_GATEWAY = ['migrate'];

/** What to run for these arguments; undefined for a word that is not known. */
export function programFor(words) {
  const [word, ...rest] = words;
  if (word === undefined || word.startsWith('-')) return { file: GATEWAY, args: words };
  if (OF_GATEWAY.includes(word)) return { file: GATEWAY, args: [`--${word}`, ...rest] };
  return Object.hasOwn(PROGRAMS, word) ? { file: PROGRAMS[word], args: rest } : undefined;
}

export const USAGE = `usage: node tools/start.mjs [${[...Object.keys(PROGRAMS), ...OF_GATEWAY].join('|')}] [arguments]
Without a word it starts the gateway.`;
