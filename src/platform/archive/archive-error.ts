/** Why a backup was not made or not loaded. The message begins with the code. */
export class ArchiveError extends Error {
  constructor(
    readonly code:
      'WB_BACKUP_FAILED' | 'WB_BACKUP_PLACE' | 'WB_RESTORE_BROKEN' | 'WB_RESTORE_NOT_EMPTY',
    message: string,
    cause?: unknown,
  ) {
    super(`${code}: ${message}`, { cause });
  }
}
