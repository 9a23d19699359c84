/** Failures that one caller may make in a burst, and how many per second it earns back. */
const BURST = 60;
const PER_SECOND = 2;
const MAX_CALLERS = 20_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Counts only callers that failed verification: a verified network is never refused, whatever its address did before.
 * In-process and bounded; a flood through many replicas is the load balancer's business.
 */
export class UnverifiedLimit {
  private readonly buckets = new Map<string, Bucket>();

  /** Records one failure of a caller at `now` (epoch ms). True: it has failed too often, answer 429. */
  fails(caller: string, now: number): boolean {
    const bucket = this.buckets.get(caller) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND);
    if (!this.buckets.has(caller) && this.buckets.size >= MAX_CALLERS) this.forgetOldest();
    this.buckets.set(caller, { tokens: Math.max(0, tokens - 1), at: now });
    return tokens < 1;
  }

  /** The caller has failed so often that its next failure would be answered 429. Records nothing. */
  exhausted(caller: string, now: number): boolean {
    const bucket = this.buckets.get(caller);
    return bucket !== undefined && bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND < 1;
  }

  private forgetOldest(): void {
    const oldest = this.buckets.keys().next().value;
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
