/** `NODE_OPTIONS` that loads a module of this folder into a gateway before its own code. */
export const preload = (module: 'skewed-clock' | 'watched-net'): Record<string, string> => ({
  NODE_OPTIONS: `--import=${new URL(`./${module}.js`, import.meta.url).href}`,
});
