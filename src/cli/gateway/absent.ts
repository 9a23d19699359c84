import { CliFault, failure, messageOf } from '../program/exit.js';

/** How the gateway says that it has no such call, and not that a thing is missing. */
const NO_CALL = 'there is no such call';

/** Whether the gateway has no such call, or no such thing behind it. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof CliFault && error.code === 'WB_NOT_FOUND';

/** For calls that older gateways do not have: their 404 gets a sentence that says so. */
export async function orTooOld<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAbsent(error) || !messageOf(error).endsWith(NO_CALL)) throw error;
    throw failure(
      `this gateway has no ${what}: it is older than this command`,
      'upgrade the gateway, or use the command of its own version',
    );
  }
}
