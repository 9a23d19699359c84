/** A measurement at a time. */
export interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  /** Resident memory, MiB. */
  readonly rss: number;
}

/** The line of least squares through samples. */
export interface Line {
  /** MiB per ten minutes. */
  readonly slope: number;
  /** MiB at second 0. */
  readonly begin: number;
}

const TEN_MINUTES_S = 600;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fits a line; NaN with fewer than two moments. */
export function fitLine(samples: readonly Sample[]): Line {
  const at = mean(samples.map((sample) => sample.at));
  const rss = mean(samples.map((sample) => sample.rss));
  let together = 0;
  let spread = 0;
  for (const sample of samples) {
    together += (sample.at - at) * (sample.rss - rss);
    spread += (sample.at - at) ** 2;
  }
  const perSecond = spread > 0 ? together / spread : Number.NaN;
  return { slope: perSecond * TEN_MINUTES_S, begin: rss - perSecond * at };
}
