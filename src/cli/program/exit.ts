/** What the process ends with; scripts rely on these. */
export const EXIT = {
  ok: 0,
  /** The operation failed, or found faults. */
  failed: 1,
  usage: 2,
  /** The gateway cannot be reached, or does not let us in. */
  unreachable: 3,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** One place that is wrong, as the admin API names it. */
export interface Place {
  readonly field: string;
  readonly rule: string;
}

/** An expected failure, told in one sentence and with what to do about it. Its texts hold no secret. */
export class CliFault extends Error {
  constructor(
    readonly exit: Exit,
    readonly code: string,
    message: string,
    readonly fix?: string,
    readonly places: readonly Place[] = [],
  ) {
    super(message);
    this.name = 'CliFault';
  }
}

export const usageFault = (message: string, fix?: string): CliFault =>
  new CliFault(EXIT.usage, 'WB_CLI_USAGE', message, fix);

export const failure = (message: string, fix?: string): CliFault =>
  new CliFault(EXIT.failed, 'WB_CLI_FAILED', message, fix);

/** What is wrong with a thing that was caught, in one line. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
