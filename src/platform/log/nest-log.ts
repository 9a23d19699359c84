import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own messages through our logger. Its chatter at start-up is debug here; its errors stay errors. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown): void {
    this.target.debug(String(message));
  }

  error(message: unknown): void {
    this.target.error(message instanceof Error ? { err: message.message } : {}, String(message));
  }

  warn(message: unknown): void {
    this.target.warn(String(message));
  }

  debug(message: unknown): void {
    this.target.debug(String(message));
  }

  verbose(message: unknown): void {
    this.target.trace(String(message));
  }

  fatal(message: unknown): void {
    this.target.fatal(String(message));
  }
}
