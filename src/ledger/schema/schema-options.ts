import os from 'node:os';
import type { ProcessConfig } from '../../platform/config/index.js';
import { VERSION } from '../../platform/version.js';
import type { MigrateOptions } from './migrate.js';
import { schemaOf } from './migrations.js';

/** Who migrates, and to what, for this process. */
export const schemaOptions = ({
  fault,
}: Pick<ProcessConfig, 'fault'>): Pick<MigrateOptions, 'schema' | 'build' | 'holder'> => ({
  schema: schemaOf(fault),
  build: VERSION,
  holder: `${os.hostname()}:${process.pid}`,
});
