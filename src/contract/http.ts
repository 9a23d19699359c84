/** A request that a plugin wants made. The core sends it through the outbound guard. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The same request fit for a screen or a log: secrets in the URL masked. Default: the URL without its query. */
  readonly shownUrl?: string;
}

/** The partner's answer. `body` is at most 64 KiB of text, as received. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
