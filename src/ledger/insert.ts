import { mongo } from 'mongoose';
import { StoreAwayError, type Collection } from '../platform/mongo/mongo-store.js';

/** What one unordered insert came to: positions of the documents whose `_id` was there already. */
export interface Inserted {
  readonly duplicates: ReadonlySet<number>;
}

/** The server refused a document itself (nesting, size): nothing of the group may be taken as stored. */
export class UnstorableError extends Error {
  readonly code = 'WB_STORE_UNSTORABLE';

  constructor(cause: unknown) {
    super('a document cannot be stored', { cause });
  }
}

const DUPLICATE_KEY = 11_000;

/** Codes by which the server says: this document can never be stored. 15 = Overflow (nesting), 10334 = BSONObjectTooLarge. */
const DOCUMENT_FAULTS: ReadonlySet<unknown> = new Set([15, 10_334, 17_280, 17_419, 17_420]);

function fromBulkError(error: mongo.MongoBulkWriteError): Inserted {
  const concern = error.result.getWriteConcernError();
  if (concern) throw new StoreAwayError(error);
  const writeErrors = [error.writeErrors].flat();
  // An error without per-document errors stored nothing: never read an empty list as success. The driver wraps outages
  // (network, step-down, time limits) in the same class; only the server's word on a document makes it a document's fault.
  if (writeErrors.length === 0) {
    throw DOCUMENT_FAULTS.has(error.code) ? new UnstorableError(error) : new StoreAwayError(error);
  }
  if (writeErrors.some((one) => one.code !== DUPLICATE_KEY)) throw new UnstorableError(error);
  return { duplicates: new Set(writeErrors.map((one) => one.index)) };
}

/** True for an error that no waiting mends: the document itself cannot be stored. */
export function isDocumentFault(error: unknown): boolean {
  if (error instanceof mongo.MongoServerError) return DOCUMENT_FAULTS.has(error.code);
  // By name: what Node's own modules throw is of another realm under some runners.
  const name = String((error as { name?: unknown } | undefined)?.name);
  return ['BSONError', 'MongoInvalidArgumentError', 'RangeError'].includes(name);
}

/**
 * `insertMany(ordered: false)` with majority and journal. Resolves only when every document is durably stored or was
 * there before. Throws `UnstorableError` (halve the group) or `StoreAwayError` (nothing may be acknowledged).
 */
export async function insertAll<T extends mongo.Document>(
  collection: () => Collection<T>,
  documents: readonly T[],
): Promise<Inserted> {
  if (documents.length === 0) return { duplicates: new Set() };
  try {
    await collection().insertMany(documents as mongo.OptionalUnlessRequiredId<T>[], {
      ordered: false,
    });
    return { duplicates: new Set() };
  } catch (error) {
    if (error instanceof mongo.MongoBulkWriteError) return fromBulkError(error);
    if (isDocumentFault(error)) throw new UnstorableError(error);
    throw error instanceof StoreAwayError ? error : new StoreAwayError(error);
  }
}
