import { listAt, textAt } from '../../contract/read.js';
import type { Call } from '../program/call.js';
import { EXIT, failure, messageOf, CliFault, type Exit } from '../program/exit.js';
import { counted } from '../show/words.js';

const OPEN: ReadonlySet<string> = new Set(['due', 'held', 'sending', 'retry', 'uncertain']);

interface Row {
  readonly id: string;
  readonly target: string;
  readonly state: string;
}

/** The last delivery to each target: an earlier one that was replayed already is not replayed once more. */
function lastOfEach(rows: readonly Row[], replayed: ReadonlySet<string>): readonly Row[] {
  return rows.filter(({ id }) => !replayed.has(id));
}

async function replayed(call: Call, { id, target }: Row): Promise<Record<string, unknown>> {
  try {
    const answer = await call.api.json('POST', `deliveries/${encodeURIComponent(id)}/replay`);
    return { target, replayed: id, id: textAt(answer, 'id') };
  } catch (error) {
    if (!(error instanceof CliFault) || error.exit !== EXIT.failed) throw error;
    return { target, replayed: id, code: error.code, fault: messageOf(error) };
  }
}

/** Sends an event again to every target that has finished with it, or to one. */
export async function run(call: Call): Promise<Exit> {
  const event = await call.api.get(`events/${encodeURIComponent(call.word(0))}`);
  const wanted = call.text('target');
  const all = listAt(event, 'deliveries');
  const before = new Set(all.flatMap((one) => textAt(one, 'replayOf') ?? []));
  const rows = all
    .map((one) => ({
      id: textAt(one, 'id') ?? '',
      target: textAt(one, 'target') ?? '',
      state: textAt(one, 'state') ?? '',
    }))
    .filter(({ target, state }) => !OPEN.has(state) && (wanted ?? target) === target);
  const last = lastOfEach(rows, before);
  if (last.length === 0)
    throw failure(
      wanted === undefined
        ? 'no finished delivery of this event is there to be replayed'
        : `no finished delivery of this event to ${wanted} is there to be replayed`,
      `waybill events show ${call.word(0)} lists its deliveries`,
    );
  const done = [];
  for (const row of last) done.push(await replayed(call, row));
  const refused = done.filter((one) => 'fault' in one).length;
  if (call.json) call.document({ items: done });
  else {
    for (const one of done)
      call.io.say(
        'fault' in one
          ? `${String(one['target'])}: not replayed: ${String(one['fault'])}`
          : `${String(one['target'])}: sent again as ${String(one['id'])}`,
      );
    call.io.note(`${counted(done.length - refused, 'delivery', 'deliveries')} replayed`);
  }
  return refused > 0 ? EXIT.failed : EXIT.ok;
}
