import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';

const ROOT = resolve(import.meta.dirname, '../..');

/** Compiles one TypeScript file to an ES module, types dropped unchecked. */
export function compile(from: string, to: string): void {
  const { code } = transformFileSync(from, {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, code);
}

/** TypeScript files of one folder, specs left out. */
export const sourcesIn = (dir: string): readonly string[] =>
  readdirSync(dir).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));

/**
 * Lays out in `home` what plugins meet of a built gateway: the package with its compiled contract, registry and test
 * suite, as `npm run build` would.
 */
export function buildGateway(home: string): void {
  for (const folder of ['src/contract', 'src/registry', 'src/testing']) {
    for (const file of sourcesIn(join(ROOT, folder))) {
      compile(join(ROOT, folder, file), join(home, 'dist', folder, file.replace(/\.ts$/, '.js')));
    }
  }
  cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
}
