import { d13 } from '../cases/d13-duplicate-storm.js';
import { d14 } from '../cases/d14-late-writer.js';
import { d21 } from '../cases/d21-inner-addresses.js';
import { d32 } from '../cases/d32-restore.js';
import { d36 } from '../cases/d36-bypass-matrix.js';
import type { Drill } from '../rig/drill.js';
import { retryScene, storeAwayScene } from './scenes.js';

/** One place of the built gateway that is written anew. */
export interface Edit {
  /** Below the package's root. */
  readonly file: string;
  /** Must stand there exactly once. */
  readonly find: string;
  readonly put: string;
}

/** The gateway without one of its guards, and the drill that has to notice. */
export interface Mutant {
  readonly id: string;
  /** What is missing. */
  readonly without: string;
  readonly edits: readonly Edit[];
  readonly drill: Drill;
  /** Name of the check that must fail: any other failure proves nothing about this guard. */
  readonly red: RegExp;
}

export const MUTANTS: readonly Mutant[] = [
  {
    id: 'M1',
    without: 'the unique key of an event',
    edits: [
      {
        file: 'dist/src/platform/ids/ids.js',
        find: 'export const eventId = (account, key) => derive([account, key]);',
        put: 'export const eventId = (account, key) => derive([account, key, randomId()]);',
      },
    ],
    drill: d13,
    red: /^one of each id is counted$/,
  },
  {
    id: 'M2',
    without: 'the lease token when an outcome is written',
    edits: [
      {
        file: 'dist/src/settle/settler.js',
        find: "updateOne: { filter: { _id: ids[0] ?? '', token }, update }",
        put: "updateOne: { filter: { _id: ids[0] ?? '' }, update }",
      },
      {
        file: 'dist/src/settle/settler.js',
        find: 'updateMany: { filter: { _id: { $in: ids }, token }, update }',
        put: 'updateMany: { filter: { _id: { $in: ids } }, update }',
      },
    ],
    drill: d14,
    red: /^no late writer changed its row$/,
  },
  {
    id: 'M3',
    without: 'the sweeper',
    edits: [
      {
        file: 'dist/src/deliver/sweeper.js',
        find: 'const targets = this.parts.configuration.targets;',
        put: 'const targets = [];',
      },
    ],
    drill: retryScene,
    red: /^L3 /,
  },
  {
    id: 'M4',
    without: 'waiting for the write before the answer',
    edits: [
      {
        file: 'dist/src/ledger/ledger.js',
        find: 'return this.commits.push(request);',
        put: "this.commits.push(request).catch(() => undefined); return Promise.resolve({ state: 'recorded', receiptId: request.receipt._id, recorded: [] });",
      },
    ],
    drill: storeAwayScene,
    red: /^L1 /,
  },
  {
    id: 'M5',
    without: 'the check of addresses that are written as such',
    edits: [
      {
        file: 'dist/src/platform/http/outbound-guard.js',
        find: 'if (isLiteral && !isPublicAddress(host)) {',
        put: 'if (false) {',
      },
    ],
    drill: d21,
    red: /^0 connections to inner addresses$/,
  },
  {
    id: 'M6',
    without: 'the question for a key',
    edits: [
      {
        file: 'dist/src/admin/access/admin-access.js',
        find: "return new ProblemError('WB_ADMIN_KEY_MISSING', 'the request carries no admin key');",
        put: 'return FIRST;',
      },
    ],
    drill: d36,
    red: /^0 handlers run without a key$/,
  },
  {
    id: 'M7',
    without: 'the mark on deliveries that may have been sent since a backup',
    edits: [
      {
        file: 'dist/src/ledger/backup/after-restore.js',
        find: 'const uncertain = await markUncertain(db, options);',
        put: 'const uncertain = 0;',
      },
    ],
    drill: d32,
    red: /^open deliveries are uncertain$/,
  },
];
