import type { StoredObject } from '../stored-objects.js';
import type { Change, Stored, VersionDoc, Who } from './config-store.js';
import type { Edit } from './edits.js';

/** Who asks for a change, and what he may do. */
export interface Author extends Who {
  /** He may write secrets, and say where they go. */
  readonly secrets: boolean;
}

export interface ChangeRequest {
  readonly action: NonNullable<VersionDoc['action']>;
  readonly edit: Edit;
  readonly author: Author;
  /** The version that the author has seen. Needed wherever something that exists changes. */
  readonly expected: number | undefined;
  readonly revertOf?: number;
  /** Check and compare only. */
  readonly dryRun?: boolean;
}

export interface Changed {
  /** In force now; for a dry run, before. */
  readonly version: number;
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
}

/** An object before and after. */
export interface Difference {
  readonly before: Stored | undefined;
  readonly after: StoredObject | undefined;
}

/** What somebody wrote for `test`, before the check of the whole. */
export const isTest = (data: Readonly<Record<string, unknown>>): boolean =>
  data['test'] === true || data['test'] === 'true';
