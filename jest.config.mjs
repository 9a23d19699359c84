// Jest in ESM mode: `node --experimental-vm-modules node_modules/jest/bin/jest.js` (tools/test.mjs does this).
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/src',
    '<rootDir>/plugins',
    '<rootDir>/test',
    '<rootDir>/tools',
    '<rootDir>/drills',
  ],
  testMatch: ['**/*.spec.ts', '**/*.spec.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  resolver: '<rootDir>/tools/jest-resolver.cjs',
  setupFilesAfterEnv: ['<rootDir>/tools/jest-setup.mjs'],
  // A bound for what hangs, not a measure: a busy machine must not turn a test red.
  testTimeout: 60000,
};
