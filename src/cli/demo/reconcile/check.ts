/** What two books were compared on, and where they differ. */
export interface Comparison {
  readonly between: string;
  /** Entries that were held against each other. */
  readonly compared: number;
  /** One sentence per difference; none: they agree. */
  readonly differences: readonly string[];
}
