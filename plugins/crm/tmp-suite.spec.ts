import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { runSourceSuite } from '../../src/testing/index.js';
import plugin from './index.js';
import * as seal from './fixtures/seal.js';
runSourceSuite(plugin as never, join(import.meta.dirname, 'fixtures'), seal, { describe, it, expect } as never);
