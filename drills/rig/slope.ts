export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the straight line through the points by least squares, y per x; NaN of fewer than two different x. */
export function slopeOf(points: readonly Point[]): number {
  const n = points.length;
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const over = points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  const under = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  return under === 0 ? Number.NaN : over / under;
}
