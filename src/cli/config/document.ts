import { isRecord, textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { failure } from '../program/exit.js';
import { readDocument } from '../show/read-input.js';
import { routeId } from './route-id.js';

/** Routes of a file need no id, those that are stored do: the same that `route add` would give. */
function withRouteIds(routes: unknown): unknown {
  if (!Array.isArray(routes)) return routes;
  return routes.map((one: unknown) =>
    isRecord(one) && one['id'] === undefined
      ? { id: routeId([one['from']].flat().map(String), [one['to']].flat().map(String)), ...one }
      : one,
  );
}

/** A document of the form of waybill.yaml, from a file or from standard input. */
export async function readConfiguration(call: Call, name: string): Promise<Item> {
  const document = await readDocument(call.io, name);
  if (!isRecord(document))
    throw failure(`${name} holds no sections: accounts, targets, routes, offers, programmes`);
  const { routes, ...rest } = document;
  return routes === undefined ? rest : { ...rest, routes: withRouteIds(routes) };
}

const whole = (call: Call): string | undefined => (call.flag('whole') ? 'true' : undefined);

/** What applying it would change. The answer's version is the one that was looked at. */
export async function dryRun(call: Call, document: Item): Promise<Item> {
  const version = textAt(await call.api.get('config'), 'version');
  const query = { dryRun: 'true', whole: whole(call), version };
  return call.api.json('POST', 'config/apply', { query, body: document });
}

/** Applies it on exactly the version that `dryRun` looked at. */
export function applyOn(call: Call, document: Item, version: string): Promise<Item> {
  const query = { whole: whole(call), version };
  return call.api.json('POST', 'config/apply', { query, body: document });
}
