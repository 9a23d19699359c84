/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const at = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

/** Nearest-rank percentiles of the numbers that are there (NaN is left out). */
export function percentiles(values: Iterable<number>): Percentiles {
  const sorted = Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
  return { p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99) };
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Of the rounds of one figure. With an even count the median is the lower middle one: no figure is made up. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    min: sorted[0] ?? Number.NaN,
    median: sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Greatest of the numbers that are there; NaN when none is. */
export function latest(values: Float64Array): number {
  let greatest = Number.NaN;
  for (const value of values) if (!(value <= greatest) && !Number.isNaN(value)) greatest = value;
  return greatest;
}
