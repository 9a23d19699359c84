/** Codes of everything that can stop the embedded stores from serving. */
export type StoreErrorCode =
  | 'WB_STORE_NO_BINARY'
  | 'WB_STORE_VERSION'
  | 'WB_STORE_IN_USE'
  | 'WB_STORE_START'
  | 'WB_STORE_DATA';

/** A store could not be started; `fix` says what the operator can do about it. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    readonly fix: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The first line of whatever was thrown, for one-line reasons. */
export function reasonOf(error: unknown): string {
  // Not `instanceof`: errors of Node's own modules may come from another realm (test runners, vm).
  const { message } = Object(error) as { message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return text.trim().split('\n', 1)[0] ?? '';
}
