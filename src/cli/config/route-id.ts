const part = (words: readonly string[]): string =>
  words.map((word) => (word === '*' ? 'all' : word)).join('-');

/** The id of a route that was given none: `cb-main-to-tap`. */
export const routeId = (from: readonly string[], to: readonly string[]): string =>
  `${part(from)}-to-${part(to)}`.slice(0, 64);
