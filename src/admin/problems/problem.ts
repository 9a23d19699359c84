/** One row of the catalogue: what went wrong in general, and what the caller can do about it. */
interface Kind {
  readonly status: number;
  readonly title: string;
  readonly fix: string;
}

/** Every error of the admin API. `/api/docs` shows this list; the `type` of a problem points there. */
export const PROBLEMS = {
  WB_ADMIN_KEY_MISSING: {
    status: 401,
    title: 'The admin key is missing',
    fix: 'Send the header "Authorization: Bearer <key>". The key is WAYBILL_ADMIN_KEY, or the content of the file admin-key in the data directory.',
  },
  WB_ADMIN_KEY_WRONG: {
    status: 401,
    title: 'The admin key is wrong',
    fix: 'Compare the key with WAYBILL_ADMIN_KEY or with the file admin-key in the data directory.',
  },
  WB_ADMIN_FLOOD: {
    status: 429,
    title: 'Too many wrong keys',
    fix: 'Wait half a minute. The right key is never refused.',
  },
  WB_ADMIN_SCOPE: {
    status: 403,
    title: 'The key may not do this',
    fix: 'Use a key that has the scope, or make one: POST /api/v1/keys.',
  },
  WB_CONFIG_INVALID: {
    status: 422,
    title: 'The configuration breaks rules',
    fix: 'Correct every place named in "faults", then send it again. Nothing was stored.',
  },
  WB_CONFIG_FILE_OWNED: {
    status: 409,
    title: 'The configuration file holds this object',
    fix: 'Change it in the file and start again; or take it out of the file first, or use another id.',
  },
  WB_CONFIG_EXISTS: {
    status: 409,
    title: 'There is such an object already',
    fix: 'Read it, and send its version along to replace it; or use another id.',
  },
  WB_CONFIG_MISSING: {
    status: 404,
    title: 'There is no such object to change',
    fix: 'GET /api/v1/config lists what exists, and whether the file holds it.',
  },
  WB_CONFIG_STALE: {
    status: 412,
    title: 'Somebody else has changed it since',
    fix: 'Read it again, make the change on what is there now, and send its version along.',
  },
  WB_CONFIG_VERSION_MISSING: {
    status: 428,
    title: 'The request does not say which version it changes',
    fix: 'Send the version that you have read: the header If-Match, or the parameter version.',
  },
  WB_CONFIG_SECRETS: {
    status: 403,
    title: 'The change touches secrets',
    fix: 'Use a key with the scope secrets:write as well.',
  },
  WB_CONFIG_BUSY: {
    status: 503,
    title: 'Others change the configuration all the time',
    fix: 'Try again in a moment.',
  },
  WB_SECRET_KEY: {
    status: 503,
    title: 'Stored secrets cannot be opened',
    fix: 'Give this replica the same WAYBILL_SECRET_KEYS as the others, every key that secrets are stored under.',
  },
  WB_QUERY_INVALID: {
    status: 400,
    title: 'A parameter is not valid',
    fix: 'Correct the fields named in "faults"; /api/docs lists the parameters of every call.',
  },
  WB_BODY_INVALID: {
    status: 400,
    title: 'The request could not be read',
    fix: 'Send a JSON object with the content type application/json, or no body at all.',
  },
  WB_NOT_FOUND: {
    status: 404,
    title: 'There is no such thing',
    fix: 'Check the id; lists give the ids that exist. /api/docs lists the calls.',
  },
  WB_BODY_TOO_LARGE: {
    status: 413,
    title: 'The request is too large',
    fix: 'Send a smaller body; no call of this API needs more than a few lines.',
  },
  WB_MEDIA_TYPE: {
    status: 415,
    title: 'The content type is not understood',
    fix: 'Send application/json.',
  },
  WB_DELIVERY_OPEN: {
    status: 409,
    title: 'The delivery is not finished',
    fix: 'Wait until it is; GET the delivery to see when it is tried next.',
  },
  WB_DELIVERY_DECIDED: {
    status: 409,
    title: 'The delivery does not wait for a person',
    fix: 'Only deliveries in the state uncertain with the reason hold can be decided; GET it to see its state.',
  },
  WB_DELIVERY_TEST: {
    status: 409,
    title: 'A test event never goes to a live target',
    fix: 'Set test: true on the target or on the route, if the partner may see test events; then replay.',
  },
  WB_STREAMS_FULL: {
    status: 429,
    title: 'Enough streams are open',
    fix: 'Close a tail or wait for an export to end, or ask another replica.',
  },
  WB_REPLAY_BUSY: {
    status: 409,
    title: 'Enough bulk replays are running',
    fix: 'Wait until one has ended, or cancel one: GET /api/v1/replays.',
  },
  WB_TARGET_UNKNOWN: {
    status: 409,
    title: 'The target is not configured',
    fix: 'Put the target back into the configuration, then replay.',
  },
  WB_RECEIPT_NOT_PARKED: {
    status: 409,
    title: 'The receipt is not parked',
    fix: 'Only parked receipts are read again. To send an event again, replay its deliveries.',
  },
  WB_RECEIPT_NOT_UNDERSTOOD: {
    status: 422,
    title: 'The receipt is still not understood',
    fix: 'Update the plugin or its settings, restart, and replay again. The receipt stays parked.',
  },
  WB_QUERY_SLOW: {
    status: 503,
    title: 'The question takes too long',
    fix: 'Narrow it: a shorter time range (from, to), an order, a click or an account.',
  },
  WB_STORE_AWAY: {
    status: 503,
    title: 'MongoDB cannot be reached',
    fix: 'Look at GET /api/v1/health and at MongoDB itself, then try again.',
  },
  WB_REQUEST_REFUSED: {
    status: 400,
    title: 'The request was refused',
    fix: 'Compare it with /api/docs.',
  },
  WB_INTERNAL: {
    status: 500,
    title: 'Waybill met an error of its own',
    fix: 'Look for this time and code in the log, and report it.',
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One parameter or member that breaks a rule. */
export interface Fault {
  readonly field: string;
  readonly rule: string;
}

/** Body of every error: RFC 9457 (Problem Details for HTTP APIs) with our code, the fix and the faults. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly fix: string;
  readonly instance?: string;
  readonly faults?: readonly Fault[];
}

/** Thrown by whatever answers the admin API; `ProblemFilter` turns it into the answer. */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly faults: readonly Fault[] = [],
  ) {
    super(`${code}: ${detail}`);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** `path`: of the request, without its query. */
  toProblem(path: string): Problem {
    const { status, title, fix } = PROBLEMS[this.code];
    return {
      type: `/api/docs#${this.code}`,
      title,
      status,
      detail: this.detail,
      code: this.code,
      fix,
      instance: path,
      ...(this.faults.length > 0 ? { faults: this.faults } : {}),
    };
  }
}

/** 404 for an id that the ledger or the configuration does not hold. */
export const notFound = (what: string): ProblemError =>
  new ProblemError('WB_NOT_FOUND', `there is no ${what} with this id`);
