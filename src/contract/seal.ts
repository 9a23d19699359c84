/** A request as the network would send it, made by a plugin's `seal`. */
export interface SealedRequest {
  readonly method: 'POST' | 'GET' | 'PUT';
  /** Last path segment for secret-path networks; '' when none. */
  readonly pathToken: string;
  /** Without the question mark. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The twin of `verify`, kept in a source's `fixtures/seal.ts` (named exports `credentials`, optional `settings`,
 * and `seal`): makes real, signed traffic for tests, the demo and `waybill trigger`.
 */
export interface SealModule {
  /** Sample credentials as a user would configure them; not real ones. */
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `payload`: what the network means (fixtures' `payload.json`). `sealedAt`: epoch ms of the sender's clock. */
  seal(
    payload: unknown,
    credentials: Readonly<Record<string, unknown>>,
    sealedAt: number,
    options?: Readonly<Record<string, unknown>>,
  ): SealedRequest;
}
