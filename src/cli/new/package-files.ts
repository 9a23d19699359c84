import type { Wanted } from './arguments.js';
import { json } from './names.js';
import type { Files } from './new-command.js';

const TEST = (
  kind: string,
): string => `// node --test: the contract suite of Waybill over this plugin.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ${kind === 'source' ? 'runSourceSuite' : 'runTargetSuite'} } from 'waybill/testing';
import plugin from './dist/index.js';
${kind === 'source' ? "import * as seal from './dist/fixtures/seal.js';\n" : ''}
const expect = (value) => ({ toEqual: (wanted) => assert.deepEqual(value, wanted) });
const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));

${
  kind === 'source'
    ? 'runSourceSuite(plugin, fixtures, seal, { describe, it, expect });'
    : 'runTargetSuite(plugin, fixtures, { describe, it, expect });'
}
`;

/** What a plugin needs to be a package of its own. */
export function packageFiles({ kind, name }: Wanted): Files {
  return {
    'package.json': json({
      name: `waybill-${kind}-${name}`,
      version: '0.1.0',
      type: 'module',
      keywords: ['waybill-plugin'],
      exports: { '.': './dist/index.js' },
      files: ['dist', 'fixtures', 'README.md'],
      scripts: { build: 'tsc', test: 'tsc && node --test suite.test.mjs' },
      peerDependencies: { waybill: '>=0.1.0' },
      devDependencies: { '@types/node': '^24.0.0', typescript: '~6.0.0' },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        rootDir: '.',
        outDir: 'dist',
        types: ['node'],
        strict: true,
        noUncheckedIndexedAccess: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        declaration: true,
      },
      include: ['*.ts', 'fixtures/seal.ts'],
    }),
    'suite.test.mjs': TEST(kind),
  };
}
