/** Claims that ended without an outcome before a delivery is taken out of circulation. */
export const MAX_CRASHES = 3;

/** A last chance comes while another is on its way: it is due again after this (milliseconds). */
export const LATER_MS = 5000;
/** A row that our own code falls over is left alone for this long, and longer each time (milliseconds). */
export const STUMBLE_MS = 30_000;

/** One more crash, and the delivery is dead. */
export const lastChance = (row: { readonly crashes: number }): boolean =>
  row.crashes >= MAX_CRASHES - 1;

/** MongoDB's trouble, not the row's: by name, since an outage comes in many classes. */
export const isStoreFault = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name.startsWith('Mongo') || (error as { code?: unknown }).code === 'WB_STORE_AWAY');

/**
 * Whether a claim that ended without an outcome tells against its row. The first crashes suspect everything that was
 * claimed. Before the last one a row is sent with no other such row at its side, and is marked before: unmarked, it had
 * not begun, and somebody else ended the process.
 */
export const tellsAgainst = (row: {
  readonly crashes: number;
  readonly token?: string;
  readonly begun?: string;
}): boolean => !lastChance(row) || (row.begun !== undefined && row.begun === row.token);

/** Room for one delivery of this process at a time. */
export class Turn {
  private taken = false;

  /** False: somebody has it. */
  take(): boolean {
    if (this.taken) return false;
    this.taken = true;
    return true;
  }

  leave(): void {
    this.taken = false;
  }
}
