import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runSourceSuite } from '../../src/testing/suite.js';
import * as seal from './fixtures/seal.js';
import plugin from './index.js';
runSourceSuite(
  plugin as never,
  join(import.meta.dirname, 'fixtures'),
  seal as never,
  { describe, it, expect } as never,
);
