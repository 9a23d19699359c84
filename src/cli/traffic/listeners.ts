import { isRecord, listAt, textAt } from '../../contract/read.js';
import { objectsOf } from '../config/objects.js';
import type { Call } from '../program/call.js';

const isTest = (data: unknown): boolean => isRecord(data) && data['test'] === true;

/** The live targets that the routes of an account lead to: real partners that would be told. */
export async function liveTargets(call: Call, account: string): Promise<readonly string[]> {
  const objects = objectsOf(await call.api.get('config'));
  const of = (section: string) => objects.filter((one) => one['section'] === section);
  const mine = of('routes').filter(({ data }) => {
    const from = [listAt(data, 'from'), textAt(data, 'from') ?? []].flat().map(String);
    return from.includes(account) || from.includes('*');
  });
  const reached = mine.flatMap(({ data }) =>
    [listAt(data, 'to'), textAt(data, 'to') ?? []].flat().map(String),
  );
  const live = of('targets').filter(({ data }) => !isTest(data));
  return live.map((one) => String(one['id'])).filter((id) => reached.includes(id));
}
