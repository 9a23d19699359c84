import type { Account, Route, Target } from './model.js';

interface Ends {
  readonly accounts: readonly Account[];
  readonly targets: readonly Target[];
  readonly routes: readonly Route[];
}

/** Accounts and targets that no route joins: allowed while setting up, but worth a line at every start. */
export function looseEnds({ accounts, targets, routes }: Ends): readonly string[] {
  const leaves = (id: string): boolean =>
    routes.some(({ from }) => from === '*' || from.includes(id));
  const reached = (id: string): boolean => routes.some(({ to }) => to.includes(id));
  return [
    ...accounts
      .filter(({ id }) => !leaves(id))
      .map(({ id }) => `account "${id}" has no route: its events are kept but delivered nowhere`),
    ...targets
      .filter(({ id }) => !reached(id))
      .map(({ id }) => `target "${id}" has no route: it gets nothing`),
  ];
}
