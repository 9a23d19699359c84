import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type Entry = { readonly path: string } | { readonly rule: string };

/** npm's own rule for names, scopes included; so a name can never climb out of node_modules. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The file that an `exports` member gives to ES modules: the first condition that applies, in the author's order. */
function exported(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!isMap(value)) return undefined;
  if ('.' in value) return exported(value['.']);
  for (const [condition, inner] of Object.entries(value)) {
    if (condition === 'import' || condition === 'node' || condition === 'default') {
      const found = exported(inner);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The main file of an installed package, found from a folder upwards as Node finds it for an `import`. Written out
 * because `require.resolve` refuses packages that export to `import` only, and `import.meta.resolve` takes no folder.
 */
export function packageEntry(name: string, from: string): Entry {
  if (!PACKAGE_NAME.test(name)) return { rule: 'is no package name' };
  const folders = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const folder = folders
    .map((one) => join(one, name))
    .find((one) => existsSync(join(one, 'package.json')));
  if (folder === undefined)
    return { rule: `is not installed: no node_modules above ${from} holds it` };
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return { rule: `has a package.json that is no JSON (${folder})` };
  }
  const { exports, main } = isMap(manifest) ? manifest : {};
  const file =
    exports === undefined ? (typeof main === 'string' ? main : 'index.js') : exported(exports);
  if (file === undefined) return { rule: 'exports nothing to import' };
  const path = join(folder, file);
  return existsSync(path)
    ? { path: realpathSync(path) }
    : { rule: `names a main file that is not there: ${path}` };
}
