/** Every word that `tools/start.mjs` knows, and the built file that it runs. */
export const PROGRAMS = {
  demo: 'dist/src/cli/demo/main.js',
  bench: 'dist/bench/main.js',
  new: 'dist/src/cli/new/main.js',
  drills: 'dist/drills/main.js',
};
/** The only program that must fit a small container: flags that keep its memory small are for it alone. */
export const GATEWAY = 'dist/src/main.js';

/** What to run for these arguments; undefined for a word that is not known. */
export function programFor(words) {
  const [word, ...rest] = words;
  if (word === undefined || word.startsWith('-')) return { file: GATEWAY, args: words };
  return Object.hasOwn(PROGRAMS, word) ? { file: PROGRAMS[word], args: rest } : undefined;
}

export const USAGE = `usage: node tools/start.mjs [${Object.keys(PROGRAMS).join('|')}] [arguments]
Without a word it starts the gateway.`;
