import type { Timings } from '../loader.js';
import type { Sink } from '../sink.js';
import { percentiles, type Percentiles } from '../stats.js';

/** Events that count: those from place `from` of the batch on, which is event `from + first` at the partners. */
export interface Counted {
  readonly from: number;
  readonly first: number;
  readonly targets: number;
  /** Stands in for the arrival of what never came; without it such an event is left out. */
  readonly otherwise?: number;
}

/** Latencies of a batch; null for the partners when there are none. */
export function latencies(
  sink: Sink,
  { sent, acked }: Timings,
  { from, first, targets, otherwise = Number.NaN }: Counted,
): { readonly ack: Percentiles; readonly partner: Percentiles | null } {
  const since = (times: Float64Array, shift: number): number[] =>
    Array.from(sent.subarray(from), (time, i) => {
      const at = times[shift + from + i] ?? Number.NaN;
      return (Number.isNaN(at) ? otherwise : at) - time;
    });
  const atPartners = Array.from({ length: targets }, (_, target) =>
    since(sink.times(target), first),
  ).flat();
  return {
    ack: percentiles(
      Array.from(sent.subarray(from), (time, i) => (acked[from + i] ?? Number.NaN) - time),
    ),
    partner: atPartners.length > 0 ? percentiles(atPartners) : null,
  };
}
