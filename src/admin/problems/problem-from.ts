import { HttpException } from '@nestjs/common';
import { Error as MongooseErrors, mongo } from 'mongoose';
import { StoreAwayError } from '../../platform/mongo/mongo-store.js';
import { ChangeError } from '../../accounts/live/change-error.js';
import { SealError } from '../../platform/secrets/envelope.js';
import { PROBLEMS, ProblemError, type ProblemCode } from './problem.js';

const MAX_TIME_EXPIRED = 50;

const slow = (): ProblemError =>
  new ProblemError('WB_QUERY_SLOW', 'MongoDB needed longer than this API lets one question take');
const away = (): ProblemError =>
  new ProblemError('WB_STORE_AWAY', 'the ledger cannot be read or written right now');

/** What the driver and mongoose throw, in our words; undefined for what is no fault of the store. */
function fromStore(error: unknown): ProblemError | undefined {
  if (error instanceof StoreAwayError) return away();
  if (error instanceof mongo.MongoServerError) {
    if (error.code === MAX_TIME_EXPIRED) return slow();
    return error.hasErrorLabel('RetryableWriteError') ||
      error.hasErrorLabel('ResumableChangeStreamError')
      ? away()
      : undefined;
  }
  if (error instanceof mongo.MongoOperationTimeoutError) return slow();
  if (error instanceof mongo.MongoError) return away();
  // Without buffering, mongoose refuses a query before the first connection with its own base class.
  return error instanceof MongooseErrors && error.constructor === MongooseErrors
    ? away()
    : undefined;
}

const BY_STATUS: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['WB_BODY_INVALID', 'the body is not the JSON that its content type promises'],
  404: ['WB_NOT_FOUND', 'there is no such call'],
  413: ['WB_BODY_TOO_LARGE', 'the body is larger than this API accepts'],
  414: ['WB_NOT_FOUND', 'there is no such call'],
  415: ['WB_MEDIA_TYPE', 'the content type is not one that this API reads'],
};

function fromStatus(status: number): ProblemError | undefined {
  const known = BY_STATUS[status];
  if (known) return new ProblemError(...known);
  return status >= 400 && status < 500
    ? new ProblemError('WB_REQUEST_REFUSED', 'the request is not one that this API answers')
    : undefined;
}

const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : 500;
};

const isProblem = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** A refused change of the configuration: its texts are made for the eyes of whoever asked. */
function fromChange(error: unknown): ProblemError | undefined {
  if (error instanceof SealError)
    return new ProblemError(
      'WB_SECRET_KEY',
      'a stored secret does not open with the keys of this process',
    );
  if (!(error instanceof ChangeError) || !isProblem(error.code)) return undefined;
  const faults = error.faults.map(({ path, rule, example }) => ({
    field: path,
    rule: example === undefined ? rule : `${rule} (example: ${example})`,
  }));
  return new ProblemError(error.code, error.detail, faults);
}

/** Any error as a problem. Texts of the driver, of the framework and of plugins never get through. */
export function problemFrom(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  return (
    fromStore(error) ??
    fromChange(error) ??
    fromStatus(statusOf(error)) ??
    new ProblemError('WB_INTERNAL', 'the answer could not be made')
  );
}
