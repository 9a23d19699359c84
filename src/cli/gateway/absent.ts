import { CliFault, failure } from '../program/exit.js';

/** Whether the gateway has no such call, or no such thing behind it. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof CliFault && error.code === 'WB_NOT_FOUND';

/** For calls that older gateways do not have: their 404 gets a sentence that says so. */
export async function orTooOld<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw failure(
      `this gateway has no ${what}: it is older than this command`,
      'upgrade the gateway, or use the command of its own version',
    );
  }
}
