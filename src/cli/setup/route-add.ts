import { EVENT_TYPES } from '../../contract/event.js';
import { nearest } from '../../platform/config/nearest.js';
import { routeId } from '../config/route-id.js';
import type { Call } from '../program/call.js';
import { usageFault } from '../program/exit.js';
import { filled, putNew } from './put-object.js';

function eventTypes(call: Call): readonly string[] {
  const types = call.parts('events').map((one) => one.toUpperCase());
  const known: readonly string[] = EVENT_TYPES;
  const wrong = types.find((one) => !known.includes(one));
  if (wrong === undefined) return types;
  const meant = nearest(wrong, known);
  throw usageFault(
    `there is no event type ${wrong}`,
    meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`,
  );
}

export async function run(call: Call): Promise<void> {
  const from = call.parts('from');
  const to = call.parts('to');
  if (from.length === 0 || to.length === 0)
    throw usageFault('say from which account to which target: --from cb-main --to tap');
  const events = eventTypes(call);
  const id = call.text('id') ?? routeId(from, to);
  const body = filled({
    from: from.includes('*') ? '*' : from,
    to,
    events,
    test: call.flag('test') ? true : undefined,
    offers: call.parts('offers'),
    affiliates: call.parts('affiliates'),
  });
  const changed = await putNew(call, 'routes', id, body);
  if (call.json) {
    call.document(changed);
    return;
  }
  const what = events.length === 0 ? 'every event' : events.join(', ');
  call.io.say(
    `${call.paint('green', '✓')} the route ${id} leads ${what} of ${from.join(', ')} to ${to.join(', ')}`,
  );
}
